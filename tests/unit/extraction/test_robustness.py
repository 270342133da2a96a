from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scraper.errors import ExtractionError
from scraper.items import BlockKind, Page
from scraper.reading import read
from scraper.schema import article_schema
from tests.unit.extraction.kit import (
    ADDRESS,
    FETCHED,
    paragraphs,
)
from tests.unit.extraction.pages import (
    PAGES,
)


@pytest.mark.parametrize(
    "body",
    [
        b"<div>" * 100_000 + paragraphs().encode(),
        b"<b>" * 50_000 + b"x",
        pytest.param(b"<table><tr><td>" * 2_000, marks=pytest.mark.slow),
        b"<p>" + " ".join(f"w{n}" for n in range(100_000)).encode(),
        b"<a href=x>" * 30_000,
        b"<p>ha ha ha ha ha ha ha ha ha ha ha ha ha</p>" * 300,
        b'<script type="application/ld+json">{"@type": "NewsArticle", "articleBody": "'
        + b"<p" * 300_000
        + b" ha" * 100
        + b'"}</script>',
    ],
    ids=["deep", "bold", "tables", "long", "links", "repeated", "stated"],
)
def test_a_hostile_page_is_read_to_its_end(body):
    assert read(Page(ADDRESS, body)).url == ADDRESS


def outcome(body):
    """Read *body*; anything but an article or an ExtractionError fails the test."""
    try:
        return read(Page(ADDRESS, body, fetched_at=FETCHED))
    except ExtractionError:
        return None


bounded = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@bounded
@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_refused(body):
    outcome(body)


@bounded
@given(st.binary(max_size=600))
def test_any_bytes_in_a_page_are_read(filling):
    outcome(b"<html><body><p>" + filling + b"</p>" + paragraphs().encode())


@bounded
@given(st.sampled_from(sorted(PAGES)), st.integers(0, 2**32))
def test_a_page_with_pieces_lost_moved_and_doubled_is_read(name, seed):
    chance, body = random.Random(seed), PAGES[name].body
    for _ in range(chance.randint(1, 12)):
        start, end = sorted(chance.choices(range(len(body) + 1), k=2))
        piece = body[start : min(end, start + 300)]
        at = chance.randint(0, len(body))
        body = chance.choice(
            (body[:start] + body[start + len(piece) :], body[:at] + piece + body[at:])
        )
    article = outcome(body)
    if article:
        record = article.to_dict()
        Draft202012Validator(article_schema()).validate(record)
        assert len(article.ledger) >= len(article.blocks)
        assert all(b.text and b.kind in BlockKind for b in article.blocks)
