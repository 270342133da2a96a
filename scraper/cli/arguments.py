"""Arguments that several commands take, and how their text is read."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from scraper import clock
from scraper.crawling import ALLOW_PRIVATE
from scraper.errors import ConfigurationError, StorageError
from scraper.options import MOST_WORKERS
from scraper.urls import VIETNAM, site_of


def _allow_private(given: bool) -> bool:
    if given:
        os.environ[ALLOW_PRIVATE] = "1"
    return given


StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL|FILE",
        help="SQLAlchemy URL or SQLite file; default $TINSACH_STORE, else "
        "articles.db in $TINSACH_HOME, else in ./tinsach-home.",
    ),
]
SinceOption = Annotated[
    str | None, typer.Option(metavar="DAY", help='First day, or "7d", "12h" ago.')
]
UntilOption = Annotated[
    str | None, typer.Option(metavar="DAY", help="Last day, to its end.")
]
SiteOption = Annotated[
    str | None, typer.Option(help="Registrable domain, such as baotintuc.vn.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=MOST_WORKERS, help="Processes that read pages; default one a core."
    ),
]
AllowPrivateOption = Annotated[
    bool,
    typer.Option(
        "--allow-private",
        callback=_allow_private,
        help="Also ask addresses of this machine and its network; "
        "default $TINSACH_ALLOW_PRIVATE, else they are refused.",
    ),
]
"""Its callback does what it says, for this process and its children."""
LinksOption = Annotated[
    bool,
    typer.Option(
        "--links",
        help="Keep links (text and URL); only in Markdown, HTML and JSON.",
    ),
]
ImagesOption = Annotated[
    bool,
    typer.Option(
        "--images",
        help="Keep images with captions where they stand; only in Markdown, HTML and"
        " JSON.",
    ),
]
SAVED_PAGES = (
    "HTML files (.gz too), folders, WARC files, manifests (.jsonl of id, url, path) or -"
    " for one page on standard input."
)
"""The help of an argument that takes what :func:`scraper.saved.iter_saved` reads."""
if TYPE_CHECKING:
    from scraper.exports import Extras
    from scraper.storage import Query, Store

_SPIDER = re.compile(r'(?m)^    name = "(\w+)"')
MOST_NAMED = 10
_SPAN = re.compile(r"(\d{1,5})([hd])")


class PageFormat(StrEnum):
    """What one article can be printed as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"
    HTML = "html"


class Form(NamedTuple):
    """What pages are written as."""

    fmt: PageFormat
    extras: Extras


def complete_spider(incomplete: str) -> list[str]:
    """Return the spiders whose names begin so, by their files: to load them takes 2 s."""
    from scraper.crawling.hinted import spider_sources

    names = sorted(found[1] for found in map(_SPIDER.search, spider_sources()) if found)
    return [name for name in names if name.startswith(incomplete)]


def is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def read_site(text: str) -> str:
    """Return the site that *text* names: its domain, a host or an address of it.

    Raises ConfigurationError where it names none.
    """
    try:
        site = site_of(text if is_url(text) else f"https://{text}")
    except ValueError:
        site = ""
    if not site or " " in site:
        raise ConfigurationError(f"{text!r} is no site; write it like baotintuc.vn")
    return site


def check_site(store: Store, site: str | None) -> None:
    """Raise StorageError, with the nearest, if no article of *site* is stored at all."""
    from scraper.storage import Query

    if site is None or any(store.iter_articles(Query(site=site, limit=1))):
        return
    known = store.sites()
    near = get_close_matches(site, known, 3, 0.8)
    listed = f"is {' or '.join(near)} meant?" if near else f"there are {_few(known)}"
    raise StorageError(f"no article of {site} is stored; {listed}")


def _few(names: list[str]) -> str:
    if not names:
        return "none of any site"
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def parse_since(text: str | None) -> datetime | None:
    """Return the first moment wanted; a day begins at midnight, +07:00."""
    return _parse_moment("--since", text, days_later=0)


def parse_until(text: str | None) -> datetime | None:
    """Return the first moment no longer wanted; a day is wanted to its end."""
    return _parse_moment("--until", text, days_later=1)


def query_of(since: str | None, until: str | None, *, site: str | None = None) -> Query:
    """Return the query for a span of days; raises ConfigurationError where it is none."""
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
            return datetime.combine(day, time(), tzinfo=VIETNAM)
        moment = datetime.fromisoformat(text)
    except (OverflowError, ValueError):
        raise ConfigurationError(
            f"{name} {text}: no time; write 2025-07-11, 2025-07-11T14:06, "
            '"7d" for seven days ago or "12h" for twelve hours ago'
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM).astimezone(UTC)
