"""An article of plain paragraphs, at one of a few invented sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.items import Article, Block, BlockKind, Kind
from scraper.text import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SITES = ("baotintuc.example", "diaphuong.example", "nhandan.example")


def make_article(
    paragraphs: Sequence[str], *, site: int, number: int, published_at: datetime
) -> Article:
    """Return the article of *paragraphs*, the lead first, at the site of that number."""
    lead, *rest = paragraphs
    url = f"https://{SITES[site]}/ban-tin-{number}.htm"
    return Article(
        url=url,
        canonical_url=url,
        site=SITES[site],
        kind=Kind.ARTICLE,
        title=f"Bản tin số {number}",
        lead=lead,
        lead_source="page",
        blocks=tuple(Block(BlockKind.PARAGRAPH, text) for text in rest),
        published_at=published_at,
        content_fingerprint=fingerprint("\n\n".join(paragraphs)),
        language="vi",
    )
