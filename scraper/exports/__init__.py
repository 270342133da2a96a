"""Articles out of the house: one format, one file.

:data:`EXPORTERS` maps each format to ``write(articles, out) -> int``: it streams
articles into a binary file in flat memory and returns how many there were.
:func:`render` gives one article as text. :func:`write_chunks` writes the chunks of
articles.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from scraper.errors import ConfigurationError
from scraper.exports import (
    csv_table,
    html,
    jsonl,
    markdown,
    parquet,
    sqlite_table,
    text,
)
from scraper.exports.chunks import write as write_chunks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scraper.items import Article

__all__ = ["EXPORTERS", "RENDERERS", "render", "write_chunks"]

EXPORTERS: Mapping[str, Callable[[Iterable[Article], BinaryIO], int]] = (
    MappingProxyType(
        {
            "jsonl": jsonl.write,
            "csv": csv_table.write,
            "markdown": markdown.write,
            "text": text.write,
            "html": html.write,
            "parquet": parquet.write,
            "sqlite": sqlite_table.write,
        }
    )
)

RENDERERS: Mapping[str, Callable[[Article], str]] = MappingProxyType(
    {
        "text": text.render,
        "markdown": markdown.render,
        "json": jsonl.render,
        "html": html.render,
    }
)


def render(article: Article, fmt: str) -> str:
    """Return *article* as one of :data:`RENDERERS`, ending in a line break.

    Raises ConfigurationError for another *fmt*.
    """
    if fmt not in RENDERERS:
        known = ", ".join(RENDERERS)
        raise ConfigurationError(f"format {fmt!r} is unknown: use one of {known}")
    return RENDERERS[fmt](article)
