from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.items import Article, Block, BlockKind, Extraction, Image, Kind
from worlds import VIETNAM


@pytest.fixture
def make():
    """Return a maker of articles from texts, blocks or any other field."""

    def article(*blocks, **fields) -> Article:
        shaped = (
            block if isinstance(block, Block) else Block(BlockKind.PARAGRAPH, block)
            for block in blocks
        )
        values = {
            "url": "https://example.vn/tin.htm",
            "canonical_url": "https://example.vn/tin.htm",
            "site": "example.vn",
            "kind": Kind.ARTICLE,
            "title": "Tin sạch",
            "blocks": tuple(shaped),
        }
        return Article(**values | fields)

    return article


@pytest.fixture
def full(make) -> Article:
    """An article with a block of every kind and every field set."""
    blocks = (
        Block(BlockKind.PARAGRAPH, "Đoạn một."),
        Block(BlockKind.HEADING, "Mục lớn"),
        Block(BlockKind.CAPTION, "Cầu mới. Ảnh: An"),
        Block(BlockKind.QUOTE, "Câu trích"),
        Block(BlockKind.LIST_ITEM, "gạo"),
        Block(BlockKind.LIST_ITEM, "muối"),
        Block(BlockKind.TABLE, "Tỉnh\tSố\nHuế\t3\nHà Nội"),
        Block(BlockKind.QUESTION, "Vì sao?"),
        Block(BlockKind.ANSWER, "Vì vậy."),
        Block(BlockKind.ENTRY, "Bão vào bờ", time="10:15"),
        Block(BlockKind.EMBED, "Phim ngắn"),
    )
    return make(
        *blocks,
        lead="Sapo.",
        images=(Image("https://example.vn/a.jpg", "Cầu mới.", "Ảnh: An"),),
        byline="Tin: An (TTXVN)",
        authors=("An", "Bình"),
        agency="TTXVN",
        published_at=datetime(2025, 7, 11, 14, 6, 23, tzinfo=VIETNAM),
        published_source="json_ld",
        section="Thời sự",
        breadcrumbs=("Trang chủ", "Thời sự"),
        tags=("cầu", "Huế"),
        language="vi",
        content_fingerprint="0123456789abcdef",
        extraction=Extraction(confidence=0.5, kept=11, dropped={"related": 2}),
        fetched_at=datetime(2025, 7, 12, tzinfo=UTC),
        archive="a.warc.gz#1",
    )
