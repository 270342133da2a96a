"""Where a store is: from the argument, the environment, or the folder of the user."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from scraper.errors import StorageError
from scraper.options import expanded, home_folder
from scraper.urls import masked

if TYPE_CHECKING:
    import sqlalchemy as sa

_BYTES = "surrogateescape"
_EXAMPLE = (
    "use sqlite:///articles.db, sqlite:////folder/articles.db"
    " or postgresql://user@host/name"
)
_SERVERS = frozenset({"postgresql", "postgresql+psycopg"})

_NO_FILE = re.compile(
    r"(?:postgres(?:ql)?|sqlite)(?:\+\w+)?:"
    r"|(?:\S+\s+)*(?:host|dbname|user|password|service)\s*=",
    re.IGNORECASE,
)
"""What libpq takes (``host=… password=…``), or a URL that lacks a slash."""


@dataclass(frozen=True, slots=True)
class Location:
    """A SQLite file, its path made absolute, or a database of a server: *file* is None.

    *uri* is True if the file is given as file:… .
    """

    url: sa.URL
    file: Path | None = None
    uri: bool = False

    @property
    def name(self) -> str:
        return str(self.file or masked(self.url.render_as_string(hide_password=True)))

    @property
    def is_there(self) -> bool:
        """True if the file exists, and for a database, which must be opened to find out."""
        return self.file is None or self.file.exists()

    @property
    def path(self) -> Path:
        """The file; raises StorageError for a database of a server."""
        if self.file is None:
            raise StorageError(
                f"store {self.name} is not a file: pg_dump and pg_restore copy it,"
                " `tinsach store copy` writes it into a file"
            )
        return self.file

    @property
    def read_only(self) -> sa.URL:
        """The URL under which SQLite writes nothing; raises StorageError without a file.

        Not as ``immutable``: a crawl may write the file meanwhile.
        """
        name = self.url.database if self.uri else f"file:{quote(str(self.path))}"
        url = self.url.set(database=name)
        return url.update_query_dict({"mode": "ro", "uri": "true"})


def locate(url: str | None) -> Location:
    """Return the place that *url* names, or the default place for None.

    The default is TINSACH_STORE, else articles.db in TINSACH_HOME, else in the folder
    tinsach-home here. Raises StorageError for a URL of anything else.
    """
    given = _as_text(_given(url))
    parsed = _parse(given)
    if parsed.drivername in _SERVERS:
        return _on_server(parsed)
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise StorageError(
            f"store {masked(given)}: {parsed.drivername!r} is not a database that this"
            f" version can use; {_EXAMPLE}"
        )
    if parsed.username or parsed.password or parsed.host or not parsed.database:
        raise StorageError(f"store {masked(given)} names no file; {_EXAMPLE}")
    _check_arguments(parsed, masked(given))
    return _at(parsed, parsed.database)


def store_url(given: str | Path | None) -> str | None:
    """Return the SQLAlchemy URL that *given* is, or that of the SQLite file it names.

    None stands for the default place. Raises StorageError for a name that is meant to be a
    server: a job would fill a file that nobody reads.
    """
    if given is None:
        return None
    if "://" in (named := str(given)):
        return named
    if _NO_FILE.match(named):
        raise StorageError(
            "the store is a connection string, or a URL without ://, not a file;"
            f" {_EXAMPLE}"
        )
    return f"sqlite:///{quote(str(expanded(named).absolute()), errors=_BYTES)}"


def is_missing(url: str | None) -> bool:
    """Return True if *url*, or the default place, is a file that does not exist.

    Only the spelling is parsed, since SQLAlchemy takes .4 s to load; False if in doubt.
    """
    scheme, slashes, name = _given(url).partition(":///")
    if scheme != "sqlite" or not slashes or "?" in name or name.startswith("file:"):
        return False
    return not Path(unquote(name, errors=_BYTES)).exists()


def _given(url: str | None) -> str:
    return url or store_url(os.environ.get("TINSACH_STORE") or None) or _default()


def _default() -> str:
    path = home_folder() / "articles.db"
    return f"sqlite:///{quote(str(path), errors=_BYTES)}"


def _as_text(url: str) -> str:
    """Return *url*; raises StorageError if this system cannot write its name."""
    try:
        url.encode()
        os.fsencode(unquote(url, errors="strict"))
    except UnicodeError:
        raise StorageError(
            f"store {masked(url)}: a name that is not UTF-8, or cannot be written in the"
            " locale of this system; choose another name, or set LC_ALL=C.UTF-8"
        ) from None
    return url


def _parse(given: str) -> sa.URL:
    import sqlalchemy as sa
    from sqlalchemy.exc import ArgumentError

    try:
        return sa.make_url(given)
    except (ArgumentError, ValueError):
        raise StorageError(
            f"store {masked(given)} is not a SQLAlchemy URL; {_EXAMPLE}"
        ) from None


def _check_arguments(url: sa.URL, name: str) -> None:
    """Refuse arguments that SQLite's driver ignores or rejects; a file:… takes more."""
    is_uri = (url.database or "").startswith("file:") and "uri" in url.query
    unknown = set() if is_uri else set(url.query) - {"timeout"}
    if unknown:
        raise StorageError(
            f"store {name} has the argument {min(unknown)!r}: only timeout=SECONDS is"
            " known; a ? in the name of a file is written %3F"
        )
    try:
        url.get_dialect()().create_connect_args(url)
    except (TypeError, ValueError) as error:
        raise StorageError(
            f"store {name} has an invalid argument ({error}); use"
            " timeout=SECONDS, and uri=true with file:"
        ) from error


def _on_server(url: sa.URL) -> Location:
    if not url.database:
        raise StorageError(f"store {masked(str(url))} names no database; {_EXAMPLE}")
    return Location(url)


def _at(url: sa.URL, database: str) -> Location:
    if database == ":memory:" or "mode=memory" in str(url):
        raise StorageError(f"a store in memory is lost when it closes; {_EXAMPLE}")
    uri = database.startswith("file:")
    path = Path(database.removeprefix("file:")).absolute()
    prefix = "file:" if uri else ""
    return Location(url.set(database=f"{prefix}{path}"), path, uri)
