from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.items import Article, Block, BlockKind, Kind
from scraper.storage import open_store
from scraper.text import fingerprint


@pytest.fixture
def make():
    """Return a maker of articles: number, text, and any other field."""

    def article(number=1, text="Nội dung bài viết.", **fields) -> Article:
        url = fields.pop("url", f"https://example.vn/tin-{number}.htm")
        values = {
            "canonical_url": url,
            "site": "example.vn",
            "kind": Kind.ARTICLE,
            "title": f"Tin số {number}",
            "blocks": (Block(BlockKind.PARAGRAPH, text),),
            "published_at": datetime(2025, 7, 1, 8, number % 60, tzinfo=UTC),
            "content_fingerprint": fingerprint(text),
        }
        return Article(url=url, **values | fields)

    return article


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    """The address of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/articles.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request, tmp_path) -> str:
    """The address of a store that is not there yet, in every database that can hold one."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def store(url):
    with open_store(url) as opened:
        yield opened
