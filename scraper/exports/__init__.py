"""Articles in other formats: files of many articles, and the text of one.

To add a format, add one module to this package that states ``FORMAT``, a
:class:`~scraper.exports.format.Format`. Every module here is searched for one. The
choices of ``--format``, the extensions of ``-o``, the reference of the commands,
:func:`exporter` and :func:`render` all derive from it.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from scraper.errors import ConfigurationError
from scraper.exports.format import PLAIN, Extras, Format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from scraper.items import Article

    Exporter = Callable[[Iterable[Article], BinaryIO], int]

__all__ = [
    "FORMATS",
    "PAGE_FORMATS",
    "Extras",
    "check_extras",
    "exporter",
    "render",
]


def _iter_formats() -> Iterator[Format]:
    for module in iter_modules(__path__):
        found = getattr(import_module(f"{__name__}.{module.name}"), "FORMAT", None)
        if isinstance(found, Format):
            yield found


FORMATS: Mapping[str, Format] = MappingProxyType(
    {each.name: each for each in _iter_formats()}
)
"""The formats of files, by name."""

PAGE_FORMATS: Mapping[str, Format] = MappingProxyType(
    {each.page_name or each.name: each for each in FORMATS.values() if each.render}
)
"""The formats of one article as text, by name."""


def exporter(fmt: str, extras: Extras = PLAIN) -> Exporter:
    """Return the exporter of *fmt*, one of :data:`FORMATS`, that keeps *extras*.

    Raises ConfigurationError if *fmt* cannot hold them.
    """
    check_extras(fmt, extras)
    write = FORMATS[fmt].write
    return partial(write, extras=extras) if any(extras) else write


def check_extras(fmt: str, extras: Extras) -> None:
    """Raise ConfigurationError if *fmt*, of files or one article, cannot hold *extras*."""
    found = FORMATS.get(fmt) or PAGE_FORMATS[fmt]
    if any(extras) and not found.has_extras:
        named = " and ".join(f"--{name}" for name, on in extras._asdict().items() if on)
        raise ConfigurationError(
            f"{fmt} holds no {named.replace('--', '')}: use --format"
            f" {names_with_extras()}, or leave out {named}"
        )


def names_with_extras() -> str:
    """Return the formats that hold links and images, as "html, json or markdown"."""
    *first, last = (name for name, each in PAGE_FORMATS.items() if each.has_extras)
    return f"{', '.join(first)} or {last}"


def render(article: Article, fmt: str, extras: Extras = PLAIN) -> str:
    """Return *article* with *extras* as one of :data:`PAGE_FORMATS`.

    Raises ConfigurationError for another *fmt*, and for one that cannot hold *extras*.
    """
    if fmt not in PAGE_FORMATS or not (rendered := PAGE_FORMATS[fmt].render):
        known = ", ".join(PAGE_FORMATS)
        raise ConfigurationError(f"format {fmt!r} is unknown: use one of {known}")
    check_extras(fmt, extras)
    return rendered(article, extras=extras) if any(extras) else rendered(article)
