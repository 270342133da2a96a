"""Articles in other formats: files of many articles, and the text of one.

To add a format, add one module to this package that states ``FORMAT``, a :class:`Format`.
Every module here is searched for one. The choices of ``--format``, the extensions of
``-o``, the reference of the commands, :func:`exporter` and :func:`render` all derive from
it. A format that can hold links and images takes them as :class:`Extras`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from scraper.body import Block, BlockKind, sound_links
from scraper.errors import ConfigurationError
from scraper.text import harmless
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from scraper.body import Image, Link
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of articles. A module of this package states it as ``FORMAT``.

    *write* streams articles into a binary file, in flat memory, and returns their number.
    *render*, if any, returns one article as text that ends in a line break; *page_name*
    is its name as a file ending, if that is not the first of *extensions*. If the
    format *has_extras*, both functions take ``extras``. *require* raises
    ConfigurationError if a package that *write* needs is not installed.
    """

    name: str
    extensions: tuple[str, ...]
    write: Callable[..., int]
    render: Callable[..., str] | None = None
    page_name: str = ""
    has_extras: bool = False
    is_binary: bool = False
    require: Callable[[], object] | None = None

    @property
    def page_extension(self) -> str:
        return f".{self.page_name}" if self.page_name else self.extensions[0]


def write_parts(parts: Iterable[str], out: BinaryIO, *, between: str = "") -> int:
    """Write *parts*, separated by *between*, as UTF-8; return their number."""
    count = 0
    for part in parts:
        out.write(encoded(between + part if count else part))
        count += 1
    return count


def encoded(text: str) -> bytes:
    """Return *text* as UTF-8, unpaired surrogates as "?", without control characters."""
    return harmless(text).encode("utf-8", "replace")


def metadata(article: Article) -> list[str]:
    """Return the non-empty ones of date, credit, section and URL."""
    date = (
        article.published_at.isoformat(" ", "minutes") if article.published_at else ""
    )
    credit = article.byline or ", ".join((*article.authors, article.agency)).strip(", ")
    return [p for p in (date, credit, article.section, article.url) if p]


class Extras(NamedTuple):
    """What a format keeps beside the words of an article."""

    links: bool = False
    images: bool = False


PLAIN = Extras()


class Run(NamedTuple):
    """A piece of a text, and the URL that it links to, or ""."""

    text: str
    url: str = ""


def runs_of(text: str, links: Iterable[Link], extras: Extras) -> list[Run]:
    """Return *text* in pieces; if *extras* has links, each link is one piece."""
    runs, at = [], 0
    for link in sound_links(text, links) if extras.links else ():
        runs += [Run(text[at : link.start]), Run(link.text, link.url)]
        at = link.end
    runs.append(Run(text[at:]))
    return [run for run in runs if run.text]


class Figure(NamedTuple):
    """An image with the block of its caption; *credit* is "" if the caption has it."""

    url: str
    caption: Block
    credit: str

    def runs(self, extras: Extras) -> list[Run]:
        """Return the caption, followed by the credit in parentheses."""
        runs = runs_of(self.caption.text, self.caption.links, extras)
        if not self.credit:
            return runs
        return [*runs, Run(f" ({self.credit})" if runs else self.credit)]


def rows_of(table: Iterable[Run]) -> list[list[list[Run]]]:
    """Return the cells of a table block, whose text has lines of tab-separated cells.

    A link across two cells becomes a link in each.
    """
    rows: list[list[list[Run]]] = [[[]]]
    for run in table:
        for number, line in enumerate(run.text.split("\n")):
            if number:
                rows.append([[]])
            first, *others = (Run(cell, run.url) for cell in line.split("\t"))
            rows[-1][-1].append(first)
            rows[-1] += [[cell] for cell in others]
    return rows


def parts_of(article: Article, extras: Extras) -> Iterator[Block | Figure]:
    """Yield the non-empty blocks of *article*, and its images if *extras* has them.

    Each image comes once, in its place on the page, together with its caption block.
    """
    images = _by_position(article) if extras.images else {}
    for at, block in enumerate(article.blocks):
        standing = images.get(at, [])
        own = _captioned(standing) if block.kind is BlockKind.CAPTION else None
        yield from (_figure(image) for image in standing if image is not own)
        if own is not None:
            yield _figure(own, block)
        elif block.text.strip():
            yield block
    yield from map(_figure, images.get(len(article.blocks), ()))


def is_list_item(part: Block | Figure) -> bool:
    return isinstance(part, Block) and part.kind is BlockKind.LIST_ITEM


def _by_position(article: Article) -> dict[int, list[Image]]:
    """Return the images with a usable URL, without duplicates, by position."""
    found: dict[int, list[Image]] = defaultdict(list)
    seen: set[str] = set()
    for image in article.images:
        if is_http(image.url) and image.url not in seen:
            seen.add(image.url)
            found[max(0, min(image.position, len(article.blocks)))].append(image)
    return found


def _captioned(images: Sequence[Image]) -> Image | None:
    return next((image for image in images if image.caption), None)


def _figure(image: Image, caption: Block | None = None) -> Figure:
    caption = caption or Block(BlockKind.CAPTION, image.caption)
    credit = "" if image.credit in caption.text else image.credit
    return Figure(image.url, caption, credit)


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
