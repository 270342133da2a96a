from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.archive import Kept
from scraper.errors import ExtractionError
from scraper.items import Article, Block, BlockKind, Kind, Page
from scraper.reextraction import SHOWN, Effect, reextract
from scraper.storage import Address, open_store
from scraper.text import fingerprint

START = datetime(2026, 11, 25, 4, tzinfo=UTC)


class Pool:
    """Gives what is told of each page, as ReaderPool does."""

    def __init__(self, articles: dict[str, Article]) -> None:
        self.articles = articles

    def read_all(self, pages, *, model_of):
        for page in pages:
            assert model_of(page) is None
            found = self.articles.get(page.url)
            if found is not None:
                found = replace(found, fetched_at=page.fetched_at)
            yield page, found or ExtractionError(page.url)


def make(number: int, *texts: str, **fields) -> Article:
    url = f"https://bao.example/tin-{number}.htm"
    texts = texts or (f"Lời văn của bài {number}.",)
    values = {
        "url": url,
        "canonical_url": url,
        "site": "bao.example",
        "kind": Kind.ARTICLE,
        "title": f"Tin số {number}",
        "blocks": tuple(Block(BlockKind.PARAGRAPH, text) for text in texts),
        "content_fingerprint": fingerprint(" ".join(texts)),
        "fetched_at": START,
    }
    return Article(**values | fields)


@pytest.fixture
def store(tmp_path):
    with open_store(f"sqlite:///{tmp_path}/articles.db") as opened:
        yield opened


@pytest.fixture
def again(store):
    """Read pages again: articles as the rules of today find them, by their addresses."""

    def run(*articles, apply=False, hours=0, others=(), **listed):
        moment = START + timedelta(hours=hours)
        urls = [*(article.url for article in articles), *others]
        pages = [
            Kept(f"a#{n}", Page(url, b"", fetched_at=moment), Address(url, **listed))
            for n, url in enumerate(urls)
        ]
        pool = Pool({article.url: article for article in articles})
        return reextract(pages, store, pool, model_of=lambda _: None, apply=apply)

    return run


def effects(tally) -> dict[str, int]:
    return {effect.value: count for effect, count in tally.effects.items()}


def test_what_reads_as_before_is_the_same(store, again):
    store.save([make(1)])
    assert effects(again(make(1))) == {"same": 1}


def test_other_words_and_other_fields_are_told_apart(store, again):
    store.save([make(1), make(2)])
    tally = again(make(1, "Khác hẳn."), make(2, section="Thời sự"))
    assert effects(tally) == {"reworded": 1, "fields": 1}
    assert tally.fields == {"blocks": 1, "section": 1}
    (most,) = tally.most_changed
    assert most.url == make(1).url
    assert [change.after for change in most.changes] == ["", "Khác hẳn."]


def test_a_page_that_gives_no_article_any_more_is_lost(store, again):
    store.save([make(1), make(2)])
    tally = again(make(2, title=""), others=[make(1).url, make(9).url], apply=True)
    assert effects(tally) == {"lost": 2, "none": 1}
    assert tally.lost == [make(2).url, make(1).url]
    assert store.count() == 2


def test_nothing_is_written_unless_asked_for(store, again):
    store.save([make(1)])
    again(make(1, "Khác hẳn."), make(2))
    assert store.count() == 1
    assert store.load(make(1).url).text == make(1).text


def test_what_changed_becomes_a_revision_with_the_reference_of_its_page(store, again):
    store.save([make(1, gone_at=START)])
    tally = again(make(1, "Khác hẳn."), make(2), apply=True, hours=1)
    assert effects(tally) == {"reworded": 1, "new": 1}
    before, after = store.history(make(1).url)
    assert (before.text, after.text) == (make(1).text, "Khác hẳn.")
    assert (after.revision, after.archive) == (2, "a#0")
    assert after.fetched_at == START + timedelta(hours=1)
    assert after.gone_at == START
    assert store.load(make(2).url).archive == "a#1"


def test_more_than_a_batch_is_stored(store, again):
    again(*(make(n) for n in range(120)), apply=True)
    assert store.count() == 120


def test_what_the_store_has_from_a_later_visit_stays(store, again):
    store.save([make(1, fetched_at=START + timedelta(hours=2)), make(2)])
    store.save([make(2, fetched_at=START + timedelta(hours=2), section="Mới")])
    tally = again(make(1, "Cũ."), apply=True, others=[make(2).url])
    assert effects(tally) == {"older": 2}
    assert store.load(make(1).url).text == make(1).text


def test_of_two_pages_of_an_article_the_newer_counts(store, again):
    alias = replace(make(1, "Cũ hơn."), url="https://bao.example/khac.htm")
    tally = again(make(1), alias, apply=True)
    assert effects(tally) == {"new": 1, "older": 1}
    assert store.load(make(1).url).text == make(1).text


def test_the_words_of_another_article_are_not_stored_twice(store, again):
    store.save([make(1)])
    duplicates = [
        replace(make(1), url=url, canonical_url=url)
        for url in ("https://bao.example/a.htm", "https://bao.example/b.htm")
    ]
    assert effects(again(*duplicates, apply=True)) == {"duplicate": 2}
    assert store.count() == 1


def test_two_new_pages_with_the_same_words_are_one_article(store, again):
    one = make(1)
    other = replace(
        one, url="https://bao.example/a.htm", canonical_url="https://x.vn/a"
    )
    assert effects(again(one, other, apply=True)) == {"new": 1, "duplicate": 1}
    assert store.count() == 1


def test_what_was_forgotten_stays_out(store, again):
    store.forget(make(1).url, START)
    mirror = replace(make(1), url="https://bao.example/m.htm")
    tally = again(make(1), mirror, others=[], apply=True)
    assert effects(tally) == {"forgotten": 2}
    assert store.count() == 0


def test_a_forgotten_page_that_cannot_be_read_is_forgotten(store, again):
    store.forget(make(1).url, START)
    assert effects(again(others=[make(1).url])) == {"forgotten": 1}


def test_time_and_section_of_the_listing_are_no_change(store, again):
    listed = {"time": START, "dated": True, "section": "thoi-su"}
    again(make(1), apply=True, **listed)
    stored = store.load(make(1).url)
    assert (stored.published_at, stored.published_source) == (START, "url")
    assert stored.section == "thoi-su"
    assert effects(again(make(1), **listed)) == {"same": 1}


def test_the_largest_changes_are_shown(store, again):
    count = SHOWN + 3
    store.save([make(n) for n in range(count)])
    tally = again(*(make(n, "Chữ " * (n + 9)) for n in range(count)))
    shown = [each.url for each in tally.most_changed]
    assert shown == [make(n).url for n in range(count - 1, 2, -1)]
    assert tally.effects[Effect.REWORDED] == count


def test_a_page_kept_while_the_clock_was_ahead_is_not_the_newest(store, again):
    store.save([make(1, fetched_at=START)])
    tally = again(make(1, "Cũ."), apply=True, hours=24 * 900)
    assert effects(tally) == {"older": 1}
    assert store.load(make(1).url).text == make(1).text
