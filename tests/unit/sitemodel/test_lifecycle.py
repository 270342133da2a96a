from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import pytest

from scraper.items import Extraction
from scraper.sitemodel import GOOD, lifecycle
from scraper.sitemodel.lifecycle import KnownSite
from scraper.sitemodel.model import YOUNG
from scraper.storage import open_store
from tests.unit.sitemodel.kit import PROMOTION, SITE, digests, model_of, page, pages

PROMOTED = f"<p>{PROMOTION}</p>"


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/articles.db") as store:
        yield store


def fill(site, told):
    """Give *told* to *site* one by one; return after which of them it learned."""

    async def learned(digest):
        return site.add(digest) and await site.learn()

    return [asyncio.run(learned(digest)) for digest in told]


def test_a_site_learns_once_there_are_enough_articles():
    site = KnownSite(SITE)
    assert fill(site, digests(pages(GOOD))) == [False] * (GOOD - 1) + [True]
    assert site.model.pages == GOOD


def test_it_learns_again_once_there_are_twice_as_many():
    site = KnownSite(SITE)
    learned = fill(site, digests(pages(2 * GOOD)))
    assert learned.count(True) == 2
    assert learned[-1]


def test_duplicates_of_one_article_make_no_good_model():
    site = KnownSite(SITE)
    (told,) = {digests(pages(1))[0]}
    duplicates = [
        type(told)(f"{n:016x}", told.title, told.fingerprint, False, told.blocks)
        for n in range(9)
    ]
    assert not any(fill(site, duplicates))


def test_what_was_learned_is_there_for_the_next_crawl(store):
    site = KnownSite(SITE)
    fill(site, digests(pages(GOOD)))
    site.save(store.models)
    again = KnownSite.load(SITE, store.models)
    assert again.model == site.model
    assert list(again.sample) == list(site.sample)
    assert not again.add(digests(pages(GOOD + 1))[-1])


def test_a_sample_too_small_for_a_model_is_kept_too(store):
    first, rest = digests(pages(GOOD))[:2], digests(pages(GOOD))[2:]
    site = KnownSite(SITE)
    fill(site, first)
    site.save(store.models)
    assert store.models.list_models() == []
    assert any(fill(KnownSite.load(SITE, store.models), rest))


def test_a_pinned_model_is_used_and_never_replaced(store):
    pinned = model_of(pages(3, inside=PROMOTED))
    store.models.save_model(SITE, pinned.version, pinned.to_json(), pages=3)
    store.models.pin(SITE, pinned.version)
    site = KnownSite.load(SITE, store.models)
    assert not any(fill(site, digests(pages(4 * GOOD))))
    site.save(store.models)
    assert site.model == pinned
    assert [m.version for m in store.models.list_models()] == [pinned.version]


def test_a_damaged_model_is_reported_and_learned_anew(store, caplog):
    good = model_of(pages(GOOD))
    damaged = good.to_json().replace('"pages": 5', '"pages": 4', 1)
    store.models.save_model(SITE, good.version, damaged, pages=GOOD)
    store.models.pin(SITE, good.version)  # a pin keeps a new one out of use, not away
    with caplog.at_level(logging.WARNING):
        site = KnownSite.load(SITE, store.models)
    assert site.model is None
    assert "a damaged site model" in caplog.text
    assert any(fill(site, digests(pages(GOOD))))


def test_without_a_store_nothing_is_known():
    assert KnownSite.load(SITE, None).model is None


def test_pages_that_come_while_it_learns_do_not_start_it_again():
    told = digests(pages(2 * GOOD))

    async def crawl():
        site = KnownSite(SITE)
        due = [site.add(digest) for digest in told[:GOOD]]
        learning = asyncio.create_task(site.learn())
        await asyncio.sleep(0)
        while_learning = [site.add(digest) for digest in told[GOOD:]]
        return due, while_learning, await learning, site

    due, while_learning, learned, site = asyncio.run(crawl())
    assert due[-1]
    assert not any(while_learning)
    assert learned
    assert site.learned_from == GOOD


def audited(site, agreed, differed, version=""):
    """Let *site* hear of so many audits; return what it answered."""
    version = version or site.model.version
    told = ["agreed"] * agreed + ["differed"] * differed
    return [site.count_audit(Extraction("fast", version, audit=each)) for each in told]


def grown(articles=GOOD):
    """Return a site that has learned from so many articles."""
    site = KnownSite(SITE)
    fill(site, digests(pages(articles)))
    return site


def learn_more(site):
    fill(site, digests(pages(2 * GOOD))[GOOD:])


def test_audits_make_the_next_version_when_a_model_is_saved(store):
    site = grown()
    assert not any(audited(site, 18, 1))
    site.save(store.models)
    known = KnownSite.load(SITE, store.models).model
    assert (known.audited, known.agreed) == (19, 18)
    assert known.version != site.model.version
    assert known.openings == site.model.openings


def test_audits_go_over_to_what_is_learned_next():
    site = grown()
    audited(site, 11, 1)
    learn_more(site)
    assert (site.model.audited, site.model.agreed) == (12, 11)
    audited(site, 2, 0)
    assert site.audits.next_version.audited == 14


def test_an_audit_by_the_version_before_counts_for_the_next_one():
    site = grown()
    before = site.model.version
    learn_more(site)
    audited(site, 1, 0, version=before)
    assert site.audits.next_version.audited == 1


def test_what_is_no_audit_of_the_model_in_use_is_not_counted():
    site = grown()
    assert not any(audited(site, 0, 9, version="another"))
    assert not site.count_audit(Extraction("fast", site.model.version))
    assert not KnownSite(SITE).count_audit(Extraction("fast", "x", audit="differed"))
    assert site.audits.next_version == site.model


def test_below_the_bound_model_and_sample_are_forgotten_and_it_is_told(caplog):
    site = grown()
    with caplog.at_level(logging.WARNING):
        assert audited(site, 4, 2) == [False] * 5 + [True]
    assert site.model is None
    assert len(site.sample) == 0
    assert "4 of 6 audits agreed: its template has changed" in caplog.text


def test_a_young_model_is_grown_after_twenty_audits():
    site = grown()
    young = site.model
    audited(site, YOUNG - 1, 0)
    assert site.model is young
    audited(site, 0, 1)
    assert (site.model.audited, site.model.agreed) == (YOUNG, YOUNG - 1)
    assert site.model.openings == young.openings
    audited(site, 1, 0, version=young.version)
    assert site.audits.next_version.audited == YOUNG + 1


def test_a_site_that_forgot_learns_anew_from_what_comes():
    site = grown()
    audited(site, 0, 5)
    told = digests(pages(3 * GOOD, tag="section class='new'"))
    assert fill(site, told[:GOOD]) == [False] * (GOOD - 1) + [True]
    assert (site.model.audited, site.model.pages) == (0, GOOD)
    assert {template.body for template in site.model.templates} == {
        "main > section.new > p"
    }


def test_what_was_forgotten_is_not_there_for_the_next_crawl(store):
    grown().save(store.models)
    site = KnownSite.load(SITE, store.models)
    audited(site, 0, 5)
    fill(site, digests(pages(2, tag="section class='new'")))
    site.save(store.models)
    again = KnownSite.load(SITE, store.models)
    assert again.model is None
    assert len(again.sample) == 2
    learned = fill(again, digests(pages(GOOD, tag="section class='new'"))[2:])
    assert learned[-1]


def test_a_model_that_is_not_trusted_is_kept_so_that_nobody_trusts_it(store):
    site = grown()
    version = site.model.version
    site.save(store.models)
    audited(site, 0, 5)
    site.save(store.models)
    newest = store.models.list_models()[0]
    assert newest.current
    assert newest.version != version


def test_a_pinned_model_that_erred_stays_and_it_is_told_once(store, caplog):
    pinned = model_of(pages(GOOD))
    store.models.save_model(SITE, pinned.version, pinned.to_json(), pages=GOOD)
    store.models.pin(SITE, pinned.version)
    site = KnownSite.load(SITE, store.models)
    with caplog.at_level(logging.WARNING):
        assert not any(audited(site, 0, 9))
    assert site.model == pinned
    assert caplog.text.count("its model is pinned") == 1
    site.save(store.models)
    assert KnownSite.load(SITE, store.models).model == pinned


def test_a_pinned_model_that_nobody_trusts_is_used_all_the_same(store):
    pinned = replace(model_of(pages(GOOD)), audited=9, agreed=0)
    store.models.save_model(SITE, pinned.version, pinned.to_json(), pages=GOOD)
    assert KnownSite.load(SITE, store.models).model is None
    store.models.pin(SITE, pinned.version)
    assert KnownSite.load(SITE, store.models).model == pinned


def test_audits_that_come_while_it_learns_are_heeded_when_it_has():
    told = digests(pages(2 * GOOD))

    async def crawl():
        site = KnownSite(SITE)
        for digest in told[:GOOD]:
            site.add(digest)
        await site.learn()
        learning = asyncio.create_task(site.learn())
        await asyncio.sleep(0)
        heard = audited(site, 0, 5)
        return heard, await learning, site

    heard, learned, site = asyncio.run(crawl())
    assert not any(heard)
    assert not learned
    assert site.model is None


def test_a_young_site_learns_from_whatever_comes():
    site = grown(GOOD)
    site.expected.offer("f" * 16)
    assert site.wants("0" * 16)


def test_a_grown_site_learns_from_the_pages_drawn_alone():
    site = grown(20)
    site.expected.offer("1" * 16)
    assert site.wants("1" * 16)
    assert not site.wants("0" * 16)


def test_a_grown_site_that_was_told_of_no_page_fills_its_sample():
    assert grown(20).wants("0" * 16)


def strangers(count):
    told = [page(n, tag="section class='new'") for n in range(70, 70 + count)]
    return digests(told)


def body_paths(site):
    return {template.body for template in site.model.templates}


def test_a_template_that_begins_late_is_learned_from_a_few_pages():
    site = grown(20)
    known = body_paths(site)
    due = [site.add_unknown(digest) for digest in strangers(GOOD)]
    assert due == [False] * (GOOD - 1) + [True]
    assert asyncio.run(site.learn())
    assert body_paths(site) > known
    assert not site.add_unknown(strangers(GOOD + 1)[-1])


def test_a_run_studies_a_bounded_number_of_pages():
    site = grown(GOOD)
    assert site.studies_unknown
    (digest,) = strangers(1)
    for _ in range(lifecycle._UNKNOWN_STUDIED):
        site.add_unknown(digest)
    assert not site.studies_unknown


def test_without_a_model_or_with_a_pinned_one_no_page_is_a_stranger():
    assert not KnownSite(SITE).studies_unknown
    site = grown(GOOD)
    site.pinned = True
    assert not site.studies_unknown


def test_a_model_with_more_audits_takes_the_place_of_the_one_before(store):
    grown().save(store.models)
    for _ in range(9):
        site = KnownSite.load(SITE, store.models)
        audited(site, 3, 0)
        site.save(store.models)
    (model,) = store.models.list_models(SITE)
    assert KnownSite.load(SITE, store.models).model.audited == 27
    site = KnownSite.load(SITE, store.models)
    learn_more(site)
    site.save(store.models)
    assert [m.version for m in store.models.list_models(SITE)][1:] == [model.version]
