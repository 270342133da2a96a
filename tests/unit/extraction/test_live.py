from __future__ import annotations

import pytest

from scraper.extraction.kind import entry_times, is_built_live
from scraper.items import BlockKind, Kind
from scraper.reading import read
from tests.unit.extraction.kit import VIETNAMESE, blocks_of, paragraphs, story

CLOCKS = ("08:15", "09:40", "11:05", "13:30")
LIVE = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'


def entries(times=CLOCKS, tag="div class='at'"):
    name = tag.split()[0]
    return "".join(
        f"<div class='entry'><{tag}>{time}</{name}><p>{text}</p><p>Lúc {time}: {text}</p></div>"
        for time, text in zip(times, VIETNAMESE, strict=True)
    )


def test_a_live_page_is_entries_with_their_times():
    article = read(story(entries(), head=LIVE))
    assert article.kind is Kind.LIVE
    assert [(b.kind, b.time) for b in article.blocks] == [
        (BlockKind.ENTRY, time) for time in CLOCKS
    ]
    assert f"08:15 {VIETNAMESE[0]}\nLúc 08:15: {VIETNAMESE[0]}" in article.text


def test_the_ledger_keeps_the_times_of_entries():
    ledger = read(story(entries(), head=LIVE)).ledger
    assert [e.text for e in ledger if e.rule == "entry_time" and e.kept] == list(CLOCKS)


def test_a_page_built_of_time_elements_and_text_is_live():
    article = read(story(entries(tag="time")))
    assert article.kind is Kind.LIVE
    assert len([b for b in article.blocks if b.kind is BlockKind.ENTRY]) == len(CLOCKS)


def test_clocks_alone_do_not_make_a_page_live():
    article = read(story(entries()))
    assert article.kind is Kind.ARTICLE
    assert BlockKind.ENTRY not in {b.kind for b in article.blocks}


def test_a_live_page_with_one_time_has_no_entries():
    article = read(story("<div>08:15</div>" + paragraphs(), head=LIVE))
    assert article.kind is Kind.LIVE
    assert {b.kind for b in article.blocks} == {BlockKind.PARAGRAPH}


@pytest.mark.parametrize(
    "text",
    [
        *("08:15", "8h15", "8.15am", "10:05 p.m.", "2h ago"),
        *("15 phút trước", "7:58 AM UTC", "2d ago / 7:58 AM UTC"),
    ],
)
def test_a_line_that_prints_a_clock_heads_an_entry(text):
    assert entry_times(blocks_of(f"<p>{text}</p>"), range(1)) == {0: text}


@pytest.mark.parametrize(
    "text", ["Lúc 08:15, chuyến xe đã lăn bánh.", "15 người", "2-1", "12/07/2025"]
)
def test_other_lines_do_not(text):
    assert entry_times(blocks_of(f"<p>{text}</p>"), range(1)) == {}


def test_times_without_text_make_no_live_page():
    blocks = blocks_of("<time>08:15</time>" * 6)
    assert not is_built_live(blocks, range(len(blocks)), frozenset())
