from __future__ import annotations

import time
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator

from scraper.errors import UndecodablePage
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_page, strip_unseen
from scraper.items import Article, Kind, Page
from scraper.reading import agreement, read
from scraper.schema import article_schema
from tests.unit.extraction.kit import (
    ADDRESS,
    FETCHED,
    LEAD,
    TITLE,
    VIETNAMESE,
    paragraphs,
    story,
)
from tests.unit.extraction.pages import (
    BYLINE,
    CAPTION,
    PAGES,
    SEED,
    SEED_BODY,
    SEED_TAIL,
    text_of,
)

all_pages = pytest.mark.parametrize("given_page", PAGES.values(), ids=PAGES)


def test_the_fields_of_the_page_are_read():
    article = read(SEED)
    assert (article.kind, article.title, article.lead) == (Kind.ARTICLE, TITLE, LEAD)
    assert (article.byline, article.authors) == (BYLINE, ("Mạnh Tú",))
    assert (article.agency, article.captions) == ("TTXVN", (CAPTION,))
    assert (article.site, article.canonical_url) == ("bao.example", ADDRESS)
    assert article.published_at.isoformat() == "2025-07-11T14:06:23.717000+07:00"
    assert (article.published_source, article.language) == ("url", "vi")
    assert article.images[0].url == "https://bao.example/a.jpg"


@pytest.mark.parametrize(
    ("name", "kind"), [("listing", Kind.LISTING), ("wall", Kind.BLOCKED)]
)
def test_a_page_that_is_no_article_says_so_and_has_no_text(name, kind):
    article = read(PAGES[name])
    assert (article.kind, article.text, article.blocks) == (kind, "", ())
    assert {entry.rule for entry in article.ledger} == {f"page_is_{kind}"}
    assert article.content_fingerprint == ""


def test_a_page_without_text_is_something_else():
    assert read(PAGES["empty"]).kind is Kind.OTHER


def test_a_hidden_copy_is_not_read_twice():
    hidden = f'<div style="display:none">{paragraphs()}</div>'
    article = read(story(paragraphs(), after=hidden))
    assert article.text == text_of(LEAD, *VIETNAMESE)
    assert all(entry.kept for entry in article.ledger)


def test_declared_authors_stand_in_for_a_missing_byline():
    head = '<meta name="author" content="Mạnh Tú">'
    article = read(story(paragraphs(), head=head))
    assert (article.byline, article.authors) == ("", ("Mạnh Tú",))


def test_a_byline_of_an_agency_alone_names_no_author():
    head = '<meta name="author" content="Linh SơnTTXVN">'
    body = f"{paragraphs()}<p>TTXVN/Báo Tin tức</p>"
    article = read(story(body, head=head))
    assert (article.authors, article.agency) == ((), "TTXVN/Báo Tin tức")


def test_a_description_stands_in_for_a_lead_but_not_in_the_text():
    said = "Chiếc xe chở sách lên bản vùng cao sau một mùa đông dài chờ đợi."
    meta = f'<meta name="description" content="{said}">'
    article = read(
        story(paragraphs() + f"<p>{said[:-1]} ở Sơn La.</p>", lead="", head=meta)
    )
    assert (article.lead, article.lead_source) == (said, "meta")
    assert said not in article.text


def test_a_shown_lead_says_so():
    assert read(SEED).lead_source == "page"


def test_text_for_subscribers_only_is_told():
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        '"isAccessibleForFree": false}</script>'
    )
    assert read(story(paragraphs(), head=head)).paywalled
    assert not read(SEED).paywalled


def test_confidence_is_the_probability_that_the_text_is_right():
    assert 0.5 < read(SEED).extraction.confidence <= 1
    assert read(PAGES["listing"]).extraction.confidence == 0


def visible_texts(given_page):
    root = parse_page(given_page)
    strip_unseen(root)
    return [block.text for block in iter_blocks(root) if not block.hidden]


@all_pages
def test_the_ledger_accounts_for_every_visible_block_once(given_page):
    article = read(given_page)
    assert [entry.text for entry in article.ledger] == visible_texts(given_page)
    dropped = Counter(entry.rule for entry in article.ledger if not entry.kept)
    assert article.extraction.dropped == dropped
    assert article.extraction.kept == len(article.ledger) - dropped.total()


@all_pages
def test_what_the_ledger_keeps_is_what_the_article_holds(given_page):
    article = read(given_page)
    kept = Counter(entry.text for entry in article.ledger if entry.kept)
    held = Counter(block.text for block in article.blocks)
    held.update(part for part in (article.lead, article.byline) if part)
    if kept[article.title] > held[article.title]:
        held[article.title] += 1
    assert kept == held


@all_pages
def test_the_same_bytes_give_the_same_article(given_page):
    assert read(given_page) == read(given_page)


@all_pages
def test_no_clock_is_asked(given_page, monkeypatch):
    before = read(given_page)
    monkeypatch.setattr(time, "time", lambda: 4_000_000_000.0)
    assert read(given_page) == before


def test_a_later_fetch_changes_only_its_time():
    later = FETCHED + timedelta(days=400)
    again = read(story(SEED_BODY, after=SEED_TAIL, fetched_at=later))
    assert again.to_dict() | {"fetched_at": ""} == read(SEED).to_dict() | {
        "fetched_at": ""
    }


def in_nfd(given_page):
    body = unicodedata.normalize("NFD", given_page.body.decode()).encode()
    return Page(given_page.url, body, fetched_at=given_page.fetched_at)


@all_pages
def test_a_decomposed_page_gives_the_same_composed_article(given_page):
    composed, decomposed = read(given_page), read(in_nfd(given_page))
    assert decomposed.to_dict() == composed.to_dict()
    whole = str(decomposed.to_dict())
    assert unicodedata.is_normalized("NFC", whole)


@all_pages
def test_every_article_fits_the_schema_and_comes_back(given_page):
    article = read(given_page)
    record = article.to_dict()
    Draft202012Validator(article_schema()).validate(record)
    assert Article.from_dict(record) == replace(article, ledger=())


@pytest.mark.parametrize(
    ("body", "found"),
    [(b"", "empty"), (b"%PDF-1.7", "a PDF"), (b'{"a": 1}', "JSON"), (b"<rss>", "feed")],
)
def test_what_is_no_page_is_refused_by_name(body, found):
    with pytest.raises(UndecodablePage, match=f"{quote(ADDRESS, ':/')}.*{found}"):
        read(Page(ADDRESS, body))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("", "", 1.0),
        ("một hai ba", "một hai ba", 1.0),
        ("một hai ba", "ba hai  một", 1.0),
        ("một hai ba bốn", "một hai", 0.6667),
        ("một một một", "một", 0.5),
        ("một hai", "", 0.0),
        ("một hai", "ba bốn", 0.0),
    ],
)
def test_two_texts_agree_in_the_share_of_their_words(one, other, share) -> None:
    assert agreement(one, other) == agreement(other, one) == share
