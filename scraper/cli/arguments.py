"""Options and arguments that several commands share, and the parsing of their values."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from scraper import clock
from scraper.cli import output
from scraper.crawling import ALLOW_PRIVATE
from scraper.errors import ConfigurationError, StorageError
from scraper.exports import PAGE_FORMATS, Extras, check_extras, names_with_extras
from scraper.options import MOST_WORKERS
from scraper.storage.location import store_url
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from scraper.items import Page
    from scraper.sitemodel import SiteModel
    from scraper.storage import Query, Store

    ModelOf = Callable[[Page], SiteModel | None]


def _allow_private(given: bool) -> bool:
    if given:
        os.environ[ALLOW_PRIVATE] = "1"
    return given


class Engine(StrEnum):
    """Where several sites are crawled, or several files read."""

    HERE = "here"
    RAY = "ray"


StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL|FILE",
        help="SQLAlchemy URL or SQLite file. Default: $TINSACH_STORE, else "
        "articles.db in $TINSACH_HOME, else in ./tinsach-home.",
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(metavar="DAY", help='First day, or "7d" or "12h" for a time ago.'),
]
UntilOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Last day, inclusive.")
]
SiteOption = Annotated[
    str | None, typer.Option(help="Registrable domain, such as baotintuc.vn.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST_WORKERS,
        help="Processes that read pages. Default: one per core.",
    ),
]
AddressOption = Annotated[
    str | None,
    typer.Option(
        help="Address of a Ray cluster, such as auto. Default: a cluster of its own."
    ),
]
AllowPrivateOption = Annotated[
    bool,
    typer.Option(
        "--allow-private",
        callback=_allow_private,
        help="Also fetch from this machine and private networks. "
        "Default: $TINSACH_ALLOW_PRIVATE, else such addresses are refused.",
    ),
]
"""Its callback applies the option to this process and its children."""
_NEEDED = f"needs format {names_with_extras()}"
LinksOption = Annotated[
    bool, typer.Option("--links", help=f"Keep links (text and URL); {_NEEDED}.")
]
ImagesOption = Annotated[
    bool,
    typer.Option(
        "--images", help=f"Keep images and captions in their places; {_NEEDED}."
    ),
]
JsonLinesOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object per line.")
]
JsonObjectOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object, indented.")
]
ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="auto|none|stored|FILE",
        help="Site models: auto learns them from the given pages (which are then read"
        " twice), none reads each page alone, stored takes them from the store, FILE is"
        " one model.",
    ),
]
OneModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="stored|none|FILE",
        help="Site model: the stored one of the site, none, or a file.",
    ),
]
SAVED_PAGES = (
    "HTML files (also .gz), folders, WARC files, manifests (.jsonl with id, url, path),"
    " or - for one page on standard input."
)
"""The help of an argument that takes what :func:`scraper.archive.iter_saved` reads."""

_SPIDER = re.compile(r'(?m)^    name = "(\w+)"')
SITES_NAMED = 10
"""Stored sites that an error message lists."""
_SPAN = re.compile(r"(\d{1,5})([hd])")

PageFormat = StrEnum(  # type: ignore[misc]  # its members are known at run time
    "PageFormat", [(name.upper(), name) for name in PAGE_FORMATS]
)
"""What one article can be printed as."""
PLAIN_TEXT = PageFormat("text")


class Form(NamedTuple):
    """The format that pages are written in, and what it keeps of them."""

    fmt: PageFormat
    extras: Extras

    @classmethod
    def of(cls, fmt: PageFormat, *, links: bool, images: bool) -> Form:
        """Return the form; raises ConfigurationError if *fmt* cannot hold the extras."""
        form = cls(fmt, Extras(links=links, images=images))
        check_extras(*form)
        return form


def complete_spider(incomplete: str) -> list[str]:
    """Return the spiders that start with *incomplete*.

    The names are searched in the source files, since loading spiders takes two seconds.
    """
    from scraper.crawling.spiders import spider_sources

    names = sorted(found[1] for found in map(_SPIDER.search, spider_sources()) if found)
    return [name for name in names if name.startswith(incomplete)]


def is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def check_engine(engine: Engine, address: str | None) -> None:
    """Raise ConfigurationError if *address* is given without the engine Ray."""
    if address and engine is not Engine.RAY:
        raise ConfigurationError("--address names a Ray cluster: add --engine ray")


def read_site(text: str) -> str:
    """Return the site that *text* names: a domain, a host or a URL.

    Raises ConfigurationError if it names none.
    """
    try:
        site = site_of(text if is_url(text) else f"https://{text}")
    except ValueError:
        site = ""
    if not site or " " in site:
        raise ConfigurationError(f"{text!r} is not a site; write it like baotintuc.vn")
    return site


def check_site(store: Store, site: str | None) -> None:
    """Raise StorageError, with the nearest sites, if no article of *site* is stored."""
    from scraper.storage import Query

    if site is None or any(store.iter_articles(Query(site=site, limit=1))):
        return
    known = store.sites()
    near = get_close_matches(site, known, 3, 0.8)
    listed = f"did you mean {' or '.join(near)}?" if near else _listed(known)
    raise StorageError(f"no article of {site} is stored; {listed}")


def _listed(sites: list[str]) -> str:
    if not sites:
        return "the store is empty"
    more = len(sites) - SITES_NAMED
    others = f" and {more} more" if more > 0 else ""
    return f"the stored sites are {', '.join(sites[:SITES_NAMED])}{others}"


def parse_since(text: str | None) -> datetime | None:
    """Return the start of the range; a day starts at midnight of TINSACH_ZONE."""
    return _parse_moment("--since", text, days_later=0)


def parse_until(text: str | None) -> datetime | None:
    """Return the exclusive end of the range; a day is included to its end."""
    return _parse_moment("--until", text, days_later=1)


def query_of(since: str | None, until: str | None, *, site: str | None = None) -> Query:
    """Return the query for a range of days; raises ConfigurationError if it is invalid."""
    from scraper.storage import Query

    start, end = parse_since(since), parse_until(until)
    if start and end and start >= end:
        raise ConfigurationError(
            f"--since {since} is later than --until {until}; swap them"
        )
    return Query(site=site, since=start, until=end)


def _parse_moment(name: str, text: str | None, *, days_later: int) -> datetime | None:
    if text is None:
        return None
    try:
        if span := _SPAN.fullmatch(text):
            unit = timedelta(days=1) if span[2] == "d" else timedelta(hours=1)
            return clock.now() - int(span[1]) * unit
        if len(text) == len("2025-07-11"):
            day = date.fromisoformat(text) + timedelta(days=days_later)
            return datetime.combine(day, time(), tzinfo=clock.zone())
        moment = datetime.fromisoformat(text)
    except (OverflowError, ValueError):
        raise ConfigurationError(
            f"{name} {text} is not a time; write 2025-07-11, 2025-07-11T14:06, "
            '"7d" for seven days ago or "12h" for twelve hours ago'
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=clock.zone()).astimezone(UTC)
    return moment


def existing_store(given: str | None) -> AbstractContextManager[Store]:
    """Open the store of ``--store``; raises StorageError if it does not exist."""
    from scraper.storage import open_store

    return open_store(store_url(given), create=False)


@contextmanager
def reading(given: str | None) -> Iterator[Store]:
    """Open the store of ``--store``; exit with 1 if damaged rows were skipped.

    By then each of them has been reported, and all other rows were delivered.
    """
    with existing_store(given) as store:
        yield store
        damaged = store.damaged
    if damaged:
        raise typer.Exit(1)


def model_chooser(
    choice: str,
    *,
    inputs: Sequence[Path] = (),
    store: str | None = None,
    workers: int | None = None,
) -> ModelOf:
    """Return a function from a page to the model that it is read with, or None.

    *choice* is the value of ``--model``. Raises ConfigurationError if it is neither a
    choice nor the file of a model.
    """
    match choice:
        case "none":
            return lambda _: None
        case "auto" if inputs:
            return _learn(inputs, workers)
        case "stored":
            from scraper.workers.reader import stored_models

            return stored_models(store_url(store))
        case _:
            return _load(Path(choice))


def _learn(inputs: Sequence[Path], workers: int | None) -> ModelOf:
    pages = _iter_pages(path for path in inputs if _can_be_read_twice(path))
    first = list(islice(pages, 2))
    if len(first) < 2:  # noqa: PLR2004  a single page shares nothing with others
        return lambda _: None
    from scraper.workers import learn_sites

    with output.show_progress("learn") as report:
        read = chain(first, pages)
        return learn_sites(read, workers=workers, progress=report).model_of


def _can_be_read_twice(path: Path) -> bool:
    return str(path) != "-" and (path.is_file() or path.is_dir())


def _iter_pages(paths: Iterable[Path]) -> Iterator[Page]:
    from scraper.archive import iter_saved

    for path in paths:
        for saved in iter_saved(path):
            if saved.page is not None and saved.is_asked_for:
                yield saved.page


def _load(path: Path) -> ModelOf:
    from scraper.sitemodel import SiteModel

    try:
        model = SiteModel.from_json(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"--model {path}: neither none nor stored, and not a readable file"
            f" ({error.strerror or error})"
        ) from error
    except ConfigurationError as error:
        raise ConfigurationError(f"--model {path}: {error}") from error
    return lambda page: model if model.covers(page.url) else None
