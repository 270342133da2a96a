from __future__ import annotations

import gzip
import html

from hypothesis import given
from hypothesis import strategies as st

from scraper.demo import pages
from scraper.demo.lexicon import PROVINCES


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=300)), max_size=8))
def test_chrome_and_bytes_join_to_one_gzip_stream(pieces):
    parts = [pages.Chrome(text) if fixed else text.encode() for fixed, text in pieces]
    whole = "".join(text for _, text in pieces).encode()
    assert b"".join(pages.plain(parts)) == whole
    assert gzip.decompress(b"".join(pages.gzipped(parts))) == whole


printable = st.characters(
    min_codepoint=32, max_codepoint=0x1EFF, exclude_categories=["Cc"]
)


@given(st.text(printable, max_size=60))
def test_every_way_of_escaping_can_be_undone(text):
    for escape in (pages.entities, pages.attribute, pages.escape, pages.quoted):
        assert html.unescape(escape(text)) == text


def test_bodies_name_letters_and_attributes_number_them():
    assert pages.entities("Đà Nẵng “a”") == "Đ&agrave; Nẵng &ldquo;a&rdquo;"
    assert pages.attribute("Đà Nẵng") == "Đ&#224; Nẵng"


def test_words_are_forgotten_when_they_are_too_many(monkeypatch):
    monkeypatch.setattr(pages, "_WORDS_KEPT", 5)
    monkeypatch.setattr(pages, "_WORDS", pages._Words())
    for name in PROVINCES:
        assert html.unescape(pages.entities(name)) == name
        assert len(pages._WORDS) <= 5 or name == PROVINCES[0]
