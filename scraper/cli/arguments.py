"""Arguments that several commands take, and how their text is read."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, NamedTuple

import typer

from scraper import clock
from scraper.cli import output
from scraper.crawling import ALLOW_PRIVATE
from scraper.errors import ConfigurationError, ScraperError, StorageError
from scraper.exports import (
    FORMATS,
    PAGE_FORMATS,
    Extras,
    check_extras,
    names_with_extras,
)
from scraper.options import MOST_WORKERS
from scraper.urls import VIETNAM, site_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scraper.storage import Query, Store


_NOT_IN_NAMES = re.compile(r"[^\w.,()+-]+")
_LONGEST_NAME = 200
"""Bytes: file systems take 255 with the extension and the name until it is whole."""


def format_of(path: Path | None, *, among: Collection[str]) -> str | None:
    """Return which format of *among* the extension of *path* names.

    None for standard output and for a file without extension. Raises
    ConfigurationError for an extension that names none of them.
    """
    extension = path.suffix.lower() if path else ""
    if not extension:
        return None
    known = {end: name for name in among for end in FORMATS[name].extensions}
    if extension in known:
        return known[extension]
    raise ConfigurationError(
        f"{path}: {extension} is no extension of what this command writes;"
        f" use {', '.join(known)}"
    )


def is_folder(path: str) -> bool:
    """Return True if *path* names a folder: one that exists, or a name that ends with /."""
    return path.endswith(("/", os.sep)) or Path(path).is_dir()


class FileNames:
    """Names of files in *folder*, made where it is missing, with the extension of *fmt*.

    Raises ConfigurationError where the folder cannot be made.
    """

    def __init__(self, folder: Path, fmt: str) -> None:
        self._folder, self._extension = folder, PAGE_FORMATS[fmt].page_extension
        self._taken: dict[str, int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = output.reason_of(error)
            raise ConfigurationError(f"{folder} cannot be made: {reason}") from error

    def of(self, page_id: str, instead: str) -> Path:
        """Return a file for the page *page_id*, *instead* if no file can be called so.

        Pages of the same id are numbered from the second on.
        """
        stem = _NOT_IN_NAMES.sub("_", page_id).strip("._-")
        while len(os.fsencode(stem)) > _LONGEST_NAME:
            stem = stem[:-1]
        stem = name = stem or instead
        key = stem.casefold()
        while name.casefold() in self._taken:
            self._taken[key] += 1
            name = f"{stem}-{self._taken[key]}"
        self._taken.setdefault(name.casefold(), 1)
        return self._folder / f"{name}{self._extension}"


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """Yield a binary stream: standard output for None, else a file that appears whole.

    The file takes its name when the block ends well; else nothing is left. A device or
    a named pipe is written to as it is, a link keeps pointing to the file. Raises
    ConfigurationError where it cannot be made, ScraperError where it cannot be written
    to its end.
    """
    if path is None or str(path) == "-":
        with _named("standard output"):
            try:
                yield output.results()
                output.results().flush()
            except OSError:
                output.discard_results()  # or its buffer fails again at the end
                raise
    elif path.exists() and not path.is_file() and not path.is_dir():
        with _named(str(path)), path.open("wb") as stream:
            yield stream
    else:
        with (
            _named(str(path)),
            _appearing_whole(Path(os.path.realpath(path))) as stream,
        ):
            yield stream


@contextmanager
def _appearing_whole(path: Path) -> Iterator[BinaryIO]:
    scratch = _make_scratch(path)
    try:
        with scratch.open("wb") as stream:
            yield stream
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Raise a failure to write as an error about *name*; a closed pipe stays one."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ScraperError(
            f"{name} could not be written: {output.reason_of(error)}"
        ) from error


def _make_scratch(path: Path) -> Path:
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder; name a file in it")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror or error}"
        ) from error
    os.close(handle)
    scratch = Path(name)
    scratch.chmod(0o666 & ~_umask())
    return scratch


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


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
SAVED_PAGES = (
    "HTML files (.gz too), folders, WARC files, manifests (.jsonl of id, url, path) or -"
    " for one page on standard input."
)
"""The help of an argument that takes what :func:`scraper.saved.iter_saved` reads."""

_SPIDER = re.compile(r'(?m)^    name = "(\w+)"')
MOST_NAMED = 10
_SPAN = re.compile(r"(\d{1,5})([hd])")


PageFormat = StrEnum(  # type: ignore[misc]  # its members are known at run time
    "PageFormat", [(name.upper(), name) for name in PAGE_FORMATS]
)
"""What one article can be printed as."""
PLAIN_TEXT = PageFormat("text")


class Form(NamedTuple):
    """What pages are written as."""

    fmt: PageFormat
    extras: Extras

    @classmethod
    def of(cls, fmt: PageFormat, *, links: bool, images: bool) -> Form:
        """Return the form; raises ConfigurationError if *fmt* cannot hold links or images."""
        form = cls(fmt, Extras(links=links, images=images))
        check_extras(*form)
        return form


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
