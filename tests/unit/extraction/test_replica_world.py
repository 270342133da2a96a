"""A world of the replica portal: what is read off its pages is what is true then."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from scraper.demo.pages import plain
from scraper.items import Page
from scraper.reading import read, study
from scraper.sitemodel import learn
from tests.unit.extraction.test_replica import as_truth
from worlds.living import Kind, Plan, World
from worlds.living.site import WorldSite

pytestmark = pytest.mark.slow

START = datetime.fromisoformat("2026-03-02T00:00:00+07:00")
PLAN = Plan(redesigned=timedelta(days=1, hours=15), outage=None, night=None)


@pytest.fixture(scope="module", params=[0, 5])
def site(request):
    base = "https://baotintuc.example"
    return WorldSite(World(request.param, start=START, days=2, base=base, plan=PLAN))


def page_at(site, n, moment):
    site.set_time(moment)
    url = site.portal.base + site.portal.headline(n).path
    answer = site.answer(url.removeprefix(site.portal.base))
    assert answer.status == 200, url
    body = b"".join(plain(answer.parts))
    return Page(url, body, answer.content_type, fetched_at=moment)


def read_at(site, n, moment):
    return read(page_at(site, n, moment))


def differences(site, n, moment):
    truth, article = site.world.truth(n, moment), read_at(site, n, moment)
    found = as_truth(article) | {
        "modified_at": (article.modified_at or article.published_at).isoformat()
    }
    return [
        f"{moment} {truth.template} {truth.url} {field}: {value!r},"
        f" not {getattr(truth, field)!r}"
        for field, value in found.items()
        if value != getattr(truth, field)
    ]


def assert_true(site, numbers_and_moments):
    found = [d for n, at in numbers_and_moments for d in differences(site, n, at)]
    assert not found, "\n".join(found[:5])


def edits(site):
    return [e for e in site.world.events() if e.kind is Kind.EDIT]


def test_an_edited_article_is_read_as_it_is_after_the_edit(site):
    assert {e.detail for e in edits(site)} == {"paragraph", "number", "name", "note"}
    assert_true(site, [(e.n, e.time) for e in edits(site)])


def test_an_article_is_read_as_it_was_before_its_edit(site):
    assert_true(site, [(e.n, e.time - timedelta(seconds=1)) for e in edits(site)[:30]])


def test_an_article_of_every_template_is_read_as_it_is(site):
    end = site.world.end - timedelta(minutes=1)
    gone = {e.n for e in site.world.events() if e.kind is Kind.TAKEDOWN}
    numbers = [n for n in range(0, len(site.world), 13) if n not in gone]
    assert_true(site, [(n, site.world.times[n]) for n in numbers])
    assert_true(site, [(n, end) for n in numbers])


def test_an_article_that_moved_is_read_in_its_new_section(site):
    moves = [e for e in site.world.events() if e.kind is Kind.MOVE]
    assert moves
    assert_true(site, [(e.n, e.time) for e in moves])


def test_a_correction_note_is_part_of_the_text(site):
    notes = [e for e in edits(site) if e.detail == "note"]
    texts = [read_at(site, e.n, e.time).text for e in notes]
    assert any("Đính chính:" in text for text in texts)


def test_no_counter_and_no_list_beside_it_is_read(site):
    for n in range(0, 60, 2):
        for minutes in (30, 45):
            moment = site.world.times[n] + timedelta(minutes=minutes)
            text = str(read_at(site, n, moment).to_dict())
            assert "lượt xem" not in text
            assert "đọc nhiều trong giờ" not in text


def test_a_model_of_the_old_pages_reads_none_after_the_redesign(site):
    redesign = START + PLAN.redesigned
    before, after = redesign - timedelta(minutes=1), redesign
    count = site.world.count(before)
    gone = {e.n for e in site.world.events() if e.kind is Kind.TAKEDOWN}
    own = [n for n in range(count - 130, count) if n not in gone]
    pages = [page_at(site, n, before) for n in own[:60:2]]
    model = learn("baotintuc.example", [study(page).digest for page in pages])
    # of the twelve, three are of another template and two have a table, which is unknown
    for moment, fewest, most in ((before, 7, 12), (after, 0, 0)):
        articles = [read(page_at(site, n, moment), model) for n in own[-12:]]
        fast = sum(article.extraction.method == "fast" for article in articles)
        assert fewest <= fast <= most
        texts = [article.text for article in articles]
        assert texts == [site.world.truth(n, moment).text for n in own[-12:]]
