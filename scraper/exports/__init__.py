"""Articles out of the house: one format, one file.

:data:`EXPORTERS` maps each format to ``write(articles, out) -> int``: it streams
articles into a binary file in flat memory and returns how many there were;
:func:`exporter` returns one that keeps links and images too. :func:`render` gives one
article as text. :func:`write_chunks` writes the chunks of articles.
"""

from __future__ import annotations

from functools import partial
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
from scraper.exports.extras import PLAIN, Extras

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from scraper.items import Article

    Exporter = Callable[[Iterable[Article], BinaryIO], int]

__all__ = [
    "EXPORTERS",
    "RENDERERS",
    "Extras",
    "check_extras",
    "exporter",
    "render",
    "write_chunks",
]

EXPORTERS: Mapping[str, Exporter] = MappingProxyType(
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

_WITH_EXTRAS: Mapping[str, Callable[..., int]] = MappingProxyType(
    {"jsonl": jsonl.write, "markdown": markdown.write, "html": html.write}
)
"""Those that can hold links and images."""

RENDERERS: Mapping[str, Callable[[Article, Extras], str]] = MappingProxyType(
    {
        "text": text.render,
        "markdown": markdown.render,
        "json": jsonl.render,
        "html": html.render,
    }
)


def exporter(fmt: str, extras: Extras = PLAIN) -> Exporter:
    """Return the exporter of *fmt*, one of :data:`EXPORTERS`, that keeps *extras*.

    Raises ConfigurationError if *fmt* cannot hold them.
    """
    check_extras(fmt, extras)
    return partial(_WITH_EXTRAS[fmt], extras=extras) if any(extras) else EXPORTERS[fmt]


def check_extras(fmt: str, extras: Extras) -> None:
    """Raise ConfigurationError if *fmt* cannot hold *extras*."""
    if any(extras) and fmt not in (*_WITH_EXTRAS, "json"):
        named = " and ".join(f"--{name}" for name, on in extras._asdict().items() if on)
        raise ConfigurationError(
            f"{fmt} holds no {named.replace('--', '')}: use --format markdown, html or"
            f" JSON, or leave out {named}"
        )


def render(article: Article, fmt: str, extras: Extras = PLAIN) -> str:
    """Return *article* with *extras* as one of :data:`RENDERERS`, ending in a line break.

    Raises ConfigurationError for another *fmt*, and for one that cannot hold *extras*.
    """
    if fmt not in RENDERERS:
        known = ", ".join(RENDERERS)
        raise ConfigurationError(f"format {fmt!r} is unknown: use one of {known}")
    check_extras(fmt, extras)
    return RENDERERS[fmt](article, extras)
