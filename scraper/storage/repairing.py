"""A damaged store: what can be read of it goes into a new file; the old one stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper import clock
from scraper.errors import StorageError
from scraper.storage import frontier
from scraper.storage.backups import engine_of, refuse_if_used, scratch_beside
from scraper.storage.databases import writing
from scraper.storage.failures import storage_errors
from scraper.storage.finding import known_in
from scraper.storage.location import locate
from scraper.storage.salvaging import Lost, Salvaged, salvage
from scraper.storage.sqlite_file import is_marked
from scraper.storage.tables import frontier as table
from scraper.storage.visits import AddressKind, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SIDE_FILES = ("-wal", "-shm")
_NOTHING_LEFT = (
    "is no database any more: put a copy back with `tinsach store restore`, or begin a new"
    " one and read the archive into it with `tinsach crawl SPIDER --replay ARCHIVE`"
)
_row = table.c


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did: *saved* is in the store, what was damaged in the file *aside*."""

    saved: Salvaged
    aside: Path


def repair(url: str | None) -> Repaired:
    """Put what can be read of the store at *url* into a new one in its place.

    The damaged file gets the time into its name and stays beside it. Of an article that
    is damaged the revision before is stored, if that is sound; its page is due for a new
    fetch. Where nothing can be read the new store is empty; raises StorageError if the
    file does not have the mark of a store either, or nothing can be written; JobHeld if a
    run holds a job of the store.
    """
    location = locate(url)
    path = location.path
    refuse_if_used(location)
    with storage_errors(location.name), scratch_beside(path) as scratch:
        with engine_of(scratch) as engine:
            saved = salvage(path, engine, restores=True)
            if saved is None and is_marked(path):
                saved = Salvaged(lost=[Lost("", is_older=False)])
            if saved is None:
                raise StorageError(f"store {path} {_NOTHING_LEFT}")
            with writing(engine) as connection:
                fetch_lost(connection, saved.lost)
        aside = _set_aside(path)
        scratch.replace(path)
    return Repaired(saved, aside)


def fetch_lost(connection: sa.Connection, articles: Sequence[Lost]) -> None:
    """Let the pages of the *articles* that were lost be fetched at once, and in full."""
    if not articles:
        return
    read = sa.select(_row.url).where(
        _row.kind == AddressKind.ARTICLE.value, _row.result == Result.READ.value
    )
    lost = {article.url for article in articles}
    if "" in lost:
        # Whose address is lost too is one of those that were read and are not stored.
        urls = set(connection.execute(read).scalars())
        lost |= urls - known_in(connection)(urls)
    frontier.fetch_anew(connection, sorted(lost))


def _set_aside(path: Path) -> Path:
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    for side in _SIDE_FILES:
        side_file = path.with_name(path.name + side)
        if side_file.exists():
            side_file.replace(aside.with_name(aside.name + side))
    path.replace(aside)
    return aside
