"""What holds of any input, for the readers of a page's parts."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from scraper.body import sound_links
from scraper.errors import ScraperError
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.body import Base, article_blocks, group_blocks
from scraper.extraction.dates.locales import Convention
from scraper.extraction.dates.printed import find_printed, parse_iso
from scraper.extraction.document import decode, parse_markup
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.people import parse_byline
from scraper.sitemodel import SiteModel
from scraper.text import clean, find_hidden, harmless
from worlds import VIETNAM

_TAGS = ("<p>", "</p>", "<div hidden>", "</div>", "<a href=x>", "</a>", "<br>", "<td>")
_MARKUP = st.lists(st.sampled_from(_TAGS) | st.text(max_size=20), max_size=40)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(("@type", "@graph", "author", "name", "keywords", "x")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
_NAMES = st.sampled_from(
    ("Mạnh Tú", "TTXVN", "Báo Tin tức", "Ảnh:", "/", "(", ")", " ")
)


@given(
    st.binary(max_size=300), st.sampled_from((None, "utf-8", "utf-7", "cp1258", "uu"))
)
def test_decoded_text_can_stand_in_a_tree(body: bytes, declared: str | None) -> None:
    text = decode(body, declared)
    etree.Element("p").text = "".join(c for c in text if c not in "\ufffe\uffff")
    assert decode(text.encode("utf-8", "replace")) == text or not text.isprintable()


@given(_MARKUP)
def test_a_block_is_clean_and_knows_its_share_of_links(pieces: list[str]) -> None:
    markup = f"<html><body>{''.join(pieces)}</body></html>"
    root = parse_markup(decode(markup.encode("utf-8", "replace")).encode())
    for number, block in enumerate(iter_blocks(root)):
        assert block.index == number
        assert block.text == clean(block.text)
        assert 0 <= block.link_density <= 1


@given(_MARKUP)
def test_a_link_stands_in_the_text_of_its_block(pieces: list[str]) -> None:
    markup = f"<html><body>{''.join(pieces)}</body></html>"
    root = parse_markup(decode(markup.encode("utf-8", "replace")).encode())
    groups = group_blocks(iter_blocks(root))
    for block in article_blocks(groups, Base("", "https://a.example/")):
        assert sound_links(block.text, block.links) == block.links
        assert all(link.url == "https://a.example/x" for link in block.links)


@given(_VALUES)
def test_what_json_ld_says_is_text(value: object) -> None:
    root = parse_markup(b"<html><head></head><body></body></html>")
    script = etree.SubElement(root, "script", type="application/ld+json")
    script.text = json.dumps(value)
    data = extract_structured_data(root)
    for text in (data.headline, data.section, data.body, *data.authors, *data.tags):
        assert text == clean(text)
    assert all(data.authors)


@given(st.text(max_size=40), st.integers(0, 20_000_000))
def test_a_printed_time_is_found_behind_any_text(before: str, minutes: int) -> None:
    moment = datetime(1990, 1, 1, tzinfo=VIETNAM) + timedelta(minutes=minutes)
    convention = Convention("vi", zone=VIETNAM)
    text = f"{moment:%d/%m/%Y %H:%M}"
    for each in find_printed(f"{before}. {text}", convention):
        assert each.at(VIETNAM).tzinfo is not None
    assert [p.at(VIETNAM) for p in find_printed(text, convention)] == [moment]


@given(st.text(max_size=60))
def test_a_stated_time_has_a_zone(text: str) -> None:
    found = parse_iso(text, UTC)
    assert found is None or found.utcoffset() is not None


@given(st.lists(_NAMES | st.text(max_size=8), max_size=8).map(" ".join))
def test_who_is_named_is_printed_in_the_byline(printed: str) -> None:
    byline = parse_byline(printed)
    letters = unicodedata.normalize("NFC", "".join(printed.split()))
    for name in byline.authors:
        assert name == clean(name)
        assert all(word in clean(letters) for word in name.split())


@given(_VALUES)
def test_a_model_is_read_or_refused(value: object) -> None:
    with suppress(ScraperError):
        SiteModel.from_json(json.dumps(value))


@given(st.text())
def test_what_is_clean_hides_nothing(text: str) -> None:
    assert not find_hidden(clean(text))
    assert harmless(clean(text)) == clean(text)
    assert harmless(harmless(text)) == harmless(text)


@pytest.mark.parametrize("turn", "\u202e\u2066\u200b\x1b\x07\x9b")
def test_no_turn_of_direction_or_escape_is_printed(turn: str) -> None:
    assert turn not in clean(f"a{turn}b")
