"""An article of plain paragraphs, as another site would have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.items import Article, Block, BlockKind, Kind
from scraper.text import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SITES = ("baotintuc.example", "diaphuong.example", "nhandan.example")


def make_article(
    words: tuple[str, Sequence[str]], *, site: int, number: int, published_at: datetime
) -> Article:
    """Return the article of *words*, a title and its paragraphs, the lead first."""
    title, (lead, *paragraphs) = words
    url = f"https://{SITES[site]}/tin-{number}.htm"
    return Article(
        url=url,
        canonical_url=url,
        site=SITES[site],
        kind=Kind.ARTICLE,
        title=title,
        lead=lead,
        lead_source="page",
        blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs),
        published_at=published_at,
        content_fingerprint=fingerprint("\n\n".join([lead, *paragraphs])),
        language="vi",
    )
