"""What several formats share: the metadata of an article, lines into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article


def write_parts(parts: Iterable[str], out: BinaryIO, *, between: str = "") -> int:
    """Write *parts* with *between* them, as UTF-8; return their number."""
    count = 0
    for part in parts:
        out.write(encoded(between + part if count else part))
        count += 1
    return count


def encoded(text: str) -> bytes:
    """Return *text* as UTF-8, half a surrogate pair as "?", without control characters."""
    return harmless(text).encode("utf-8", "replace")


def metadata(article: Article) -> list[str]:
    """Return what is known of date, credit, section and address, in this order."""
    date = (
        article.published_at.isoformat(" ", "minutes") if article.published_at else ""
    )
    credit = article.byline or ", ".join((*article.authors, article.agency)).strip(", ")
    return [p for p in (date, credit, article.section, article.url) if p]
