"""The frontier: which URLs a job knows, and which of them it visits next.

These functions run inside the caller's transaction, which holds the write lock.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.storage import finding
from scraper.storage.finding import forgotten_among, known_among
from scraper.storage.rows import encodable
from scraper.storage.tables import UNREADABLE, frontier, in_batches
from scraper.storage.visits import (
    LONGEST,
    STATED_AHEAD,
    Address,
    AddressKind,
    Lease,
    Result,
    next_article_visit,
)
from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from scraper.storage.rows import Row


_logger = logging.getLogger(__name__)
_SOURCE_RANK = 2**62
_SEEN_AGAIN = timedelta(days=1)
"""How old *last_seen* may be: writing it at each listing would cost too much."""
_TRIED = 5
_BELIEVED = 0.5
"""Share of the changes a sitemap announced that must have been found, after _TRIED."""
_KINDS = frozenset(kind.value for kind in AddressKind)
_RESULTS = frozenset({"", *(result.value for result in Result)})
_TEXTS = ("section", "reason", "etag", "last_modified", "content_hash")
_UNREAD = {"etag": "", "last_modified": "", "content_hash": ""}
"""Columns of a page that is to be fetched unconditionally."""
_NUMBERS = ("page", "rank", "tries", "changes", "told", "proved")
_TIMES = ("first_seen", "last_seen", "visited_at", "due_at")
_row = frontier.c
_INSERT = sa.insert(frontier)
_UPDATE = sa.update(frontier).where(_row.position == sa.bindparam("there"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which URLs a *run*, which *began* then, leases: at most *limit*, due *at* that time.

    URLs that it already visited are left out. *kinds*, *sections* and the span from
    *first* to *last* narrow the choice; a URL without a time lies in the span.
    """

    run: int
    began: datetime
    at: datetime
    limit: int
    kinds: frozenset[AddressKind] = frozenset(AddressKind)
    sections: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None


def key_of(job: str, url: str) -> int:
    """Return a hash of 64 bits by which *url* is found: an index of URLs would be large."""
    digest = hashlib.sha256(f"{job}\n{encodable(url)}".encode("utf-8", "replace"))
    return int.from_bytes(digest.digest()[:8], signed=True)


def is_sound(row: Row) -> bool:
    """Return True if *row* is plausible: its key is the hash of its job and URL."""
    return (
        isinstance(row["job"], str)
        and isinstance(row["url"], str)
        and row["key"] == key_of(row["job"], row["url"])
        and row["kind"] in _KINDS
        and row["result"] in _RESULTS
        and all(isinstance(row[name], str) for name in _TEXTS)
        and all(isinstance(row[name], int) for name in _NUMBERS)
        and isinstance(row["interval"], int | None)
        and UNREADABLE not in [row[name] for name in _TIMES]
    )


def add(
    connection: sa.Connection,
    job: str,
    addresses: Iterable[Address],
    *,
    at: datetime,
    anew: bool,
    announcer: int | None = None,
) -> list[str]:
    """Add what a source listed *at* that time; return the URLs new to *job*.

    A stored article counts as visited, unless *anew*. Forgotten URLs are not added. A URL
    that was dropped as an article and is now listed as a source is visited as a source. An
    article whose change the sitemap *announcer* announces is due at once, as long as that
    sitemap is believed.
    """
    by_key = {key_of(job, each.url): _believable(each, at) for each in addresses}
    believed = announcer is not None and _is_believed(connection, announcer)
    new: list[str] = []
    for chunk in in_batches(by_key):
        rows = connection.execute(sa.select(frontier).where(_row.key.in_(chunk))).all()
        rows = _sound(connection, rows)
        found = {row.key for row in rows}
        fresh = {key: by_key[key] for key in chunk if key not in found}
        new += _insert(connection, job, fresh, at, anew=anew)
        again = [
            {"there": row.position, **change}
            for row in rows
            if (change := _news_of(row, by_key[row.key], at, announcer, believed))
        ]
        update(connection, again)
    return new


def _believable(address: Address, at: datetime) -> Address:
    """Return *address* without the time of its last change if that lies in the future."""
    changed = address.changed
    if changed is None or changed <= at + STATED_AHEAD:
        return address
    return replace(address, changed=None)


def _is_believed(connection: sa.Connection, announcer: int) -> bool:
    select = sa.select(_row.told, _row.proved).where(_row.position == announcer)
    told, proved = connection.execute(select).one()
    return bool(told < _TRIED or proved >= _BELIEVED * told)


def _insert(
    connection: sa.Connection,
    job: str,
    fresh: dict[int, Address],
    at: datetime,
    *,
    anew: bool,
) -> list[str]:
    out = forgotten_among(connection, [each.url for each in fresh.values()])
    fresh = {key: each for key, each in fresh.items() if each.url not in out}
    if not fresh:
        return []
    articles = [a for a in fresh.values() if a.kind is AddressKind.ARTICLE]
    spelled = {spelling for a in articles for spelling in (a.url, a.alias) if spelling}
    stored = set() if anew else known_among(connection, spelled)
    rows = [
        _new_row(job, key, each, at, is_stored={each.url, each.alias} & stored != set())
        for key, each in fresh.items()
    ]
    connection.execute(_INSERT, rows)
    return [row["url"] for row in rows if row["visited_at"] is None]


def _new_row(
    job: str, key: int, address: Address, at: datetime, *, is_stored: bool
) -> dict[str, Any]:
    published = first_believed(at, address.time, address.changed)
    is_first = address.kind is not AddressKind.ARTICLE and address.page == 1
    again = next_article_visit(published, at, changed=False, key=key)
    return {
        "job": job,
        "key": key,
        "url": encodable(address.url),
        "kind": address.kind.value,
        "section": encodable(address.section),
        "page": address.page,
        "listed_at": address.time,
        "dated": address.dated,
        "changed_at": address.changed,
        "announcer": None,
        "rank": _SOURCE_RANK + address.lists_all
        if is_first
        else int(published.timestamp()),
        "first_seen": at,
        "last_seen": at,
        "visited_at": at if is_stored else None,
        "due_at": again if is_stored else at,
        "lessee": None,
        "interval": None,
        "tries": 0,
        "changes": 0,
        "result": Result.READ.value if is_stored else "",
        "reason": "",
        **_UNREAD,
        **dict.fromkeys(("told", "proved"), 0),
    }


def fetch_anew(connection: sa.Connection, urls: Sequence[str]) -> None:
    """Make those of *urls* that were visited due at once, for an unconditional fetch."""
    visited = sa.update(frontier).where(_row.visited_at.is_not(None))
    again = visited.values(due_at=clock.now(), tries=0, **_UNREAD)
    for chunk in in_batches(urls):
        connection.execute(again.where(_row.url.in_(chunk)))


def _news_of(
    row: sa.Row[Any],
    address: Address,
    at: datetime,
    announcer: int | None,
    believed: bool,
) -> dict[str, Any]:
    """Return the columns that change in *row* since a source lists its URL again."""
    if _is_mistaken(row, address):
        return _as_source(address, at)
    news: dict[str, Any] = {}
    if at - row.last_seen >= _SEEN_AGAIN or clock.is_ahead(row.last_seen, at):
        news["last_seen"] = at
    if address.changed and _is_later(address.changed, row.changed_at, at):
        news["changed_at"] = address.changed
        is_visited = row.visited_at is not None
        if is_visited and announcer and _is_later(address.changed, row.visited_at, at):
            news["announcer"] = announcer
            if believed:
                news["due_at"] = at
    is_later = address.kind is not AddressKind.ARTICLE and address.page > 1
    if is_later and row.visited_at and ("changed_at" in news or not address.changed):
        news["due_at"] = at  # pagination reached this page again, or it has changed
    return news


def _is_later(moment: datetime, known: datetime | None, at: datetime) -> bool:
    """Return True if *moment* is later than what is *known*, or that is implausible."""
    return known is None or moment > known or known > at + STATED_AHEAD


def first_believed(at: datetime, *times: datetime | None) -> datetime:
    """Return the first of *times* that does not lie in the future, else *at*."""
    known = (each for each in times if each is not None)
    return next((each for each in known if each <= at + STATED_AHEAD), at)


def _is_mistaken(row: sa.Row[Any], address: Address) -> bool:
    """Return True if *row* was dropped as an article and *address* is a source."""
    was_article = bool(row.kind == AddressKind.ARTICLE and row.result == Result.DROPPED)
    return was_article and address.kind is not AddressKind.ARTICLE


def _as_source(address: Address, at: datetime) -> dict[str, Any]:
    return {
        "kind": address.kind.value,
        "section": encodable(address.section),
        "listed_at": address.time,
        "dated": address.dated,
        "rank": _SOURCE_RANK + address.lists_all,
        "visited_at": None,
        "due_at": at,
        "result": "",
        "content_hash": "",
    }


def update(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write each of *rows*, those that set the same columns in one statement."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(sorted(row)), []).append(row)
    for columns, alike in by_columns.items():
        given = [
            {("there" if n == "there" else f"new_{n}"): row[n] for n in columns}
            for row in alike
        ]
        connection.execute(_update_of(columns), given)


@cache
def _update_of(columns: tuple[str, ...]) -> sa.Update:
    """Return the statement that sets *columns* of the row ``there``; few sets occur."""
    new = [name for name in columns if name != "there"]
    return _UPDATE.values({name: sa.bindparam(f"new_{name}") for name in new})


def lease(connection: sa.Connection, job: str, wanted: Wanted) -> list[Lease]:
    """Lease the next URLs of *job*: sources first, then the newest articles.

    Sources that list all sections come first. Nothing follows a part of a sitemap in one
    batch: that part may list newer articles. Only one run holds a job at a time, so leases
    that another run never settled are free. The page of a damaged article is fetched
    unconditionally.
    """
    due = _sound(connection, _due(connection, job, wanted))
    rows = sorted(due, key=lambda row: (-row.rank, row.position))
    taken = _up_to_a_part(rows[: wanted.limit])
    update(connection, [{"there": row.position, "lessee": wanted.run} for row in taken])
    leases = [_lease_of(row) for row in taken]
    known = [each.address.url for each in leases if each.visited_at]
    damaged = finding.damaged_among(connection, known) if known else ()
    return [_in_full(e) if e.address.url in damaged else e for e in leases]


def set_due(connection: sa.Connection, job: str, at: datetime) -> int:
    """Make URLs with implausible times due *at* once; return their number.

    A clock that was ahead put their last and next visits into the future.
    """
    beyond = sa.update(frontier).where(_row.job == job, *_is_beyond(at))
    return connection.execute(beyond.values(due_at=at)).rowcount


def count_beyond(connection: sa.Connection, at: datetime) -> int:
    """Return how many URLs of all jobs set_due() would make due."""
    count = sa.select(sa.func.count()).select_from(frontier)
    return int(connection.execute(count.where(*_is_beyond(at))).scalar_one())


def _is_beyond(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of a row with an implausible time, which an index serves."""
    past = clock.believed_until(at)
    beyond = sa.or_(_row.visited_at > past, _row.due_at > past + LONGEST)
    return _row.visited_at.is_not(None), _row.due_at > past, beyond


def release(connection: sa.Connection, run: int, positions: Sequence[int]) -> None:
    """Free the leases of *run* at *positions*."""
    held = sa.update(frontier).where(_row.lessee == run)
    for chunk in in_batches(positions):
        connection.execute(held.where(_row.position.in_(chunk)).values(lessee=None))


def list_outcomes(
    connection: sa.Connection, job: str, limit: int
) -> list[tuple[str, AddressKind, bool]]:
    """Return the newest articles and sections visited, and True for those that were read."""
    visited = (Result.READ.value, Result.DROPPED.value)
    found: list[tuple[str, AddressKind, bool]] = []
    for kind in (AddressKind.ARTICLE, AddressKind.SECTION):
        alike = (_row.job == job, _row.kind == kind.value, _row.result.in_(visited))
        select = sa.select(_row.url, _row.result).where(*alike)
        newest = select.order_by(_row.rank.desc()).limit(limit)
        rows = connection.execute(newest)
        found += [(row.url, kind, row.result == Result.READ.value) for row in rows]
    return found


def _sound(connection: sa.Connection, rows: Iterable[sa.Row[Any]]) -> list[sa.Row[Any]]:
    """Return the sound ones of *rows*; delete the others, which sources list again."""
    each = list(rows)
    sound = [row for row in each if is_sound(row._mapping)]
    damaged = [row for row in each if not is_sound(row._mapping)]
    if damaged:
        gone = _row.position.in_([row.position for row in damaged])
        connection.execute(sa.delete(frontier).where(gone))
        _logger.warning(
            "%d addresses of the frontier were damaged and are removed: the first is %s",
            len(damaged),
            harmless(str(damaged[0].url)),
        )
    return sound


def _up_to_a_part(rows: list[sa.Row[Any]]) -> list[sa.Row[Any]]:
    parts = (n for n, row in enumerate(rows, 1) if row.kind == AddressKind.SITEMAP)
    return rows[: next((n for n in parts if rows[n - 1].page > 1), len(rows))]


def _due(connection: sa.Connection, job: str, wanted: Wanted) -> Iterator[sa.Row[Any]]:
    """Yield the first due rows of both indexes: those never visited, and the others.

    A URL that was never visited is due whatever the clock says.
    """
    free = sa.or_(_row.lessee.is_(None), _row.lessee != wanted.run)
    alike = [_row.job == job, free, *_within(wanted)]
    never = sa.and_(_row.visited_at.is_(None), _row.due_at.is_not(None))
    ahead = clock.believed_until(wanted.at)
    before = sa.or_(_row.visited_at < wanted.began, _row.visited_at > ahead)
    again = sa.and_(_row.visited_at.is_not(None), _row.due_at <= wanted.at, before)
    for which in (never, again):
        select = sa.select(frontier).where(which, *alike)
        select = select.order_by(_row.rank.desc(), _row.position)
        yield from connection.execute(select.limit(wanted.limit)).all()


def _within(wanted: Wanted) -> Iterator[sa.ColumnElement[bool]]:
    if len(wanted.kinds) < len(AddressKind):
        yield _row.kind.in_(sorted(wanted.kinds))
    if wanted.sections:
        yield _row.section.in_(wanted.sections)
    if wanted.first:
        yield sa.or_(_row.listed_at.is_(None), _row.listed_at >= wanted.first)
    if wanted.last:
        yield sa.or_(_row.listed_at.is_(None), _row.listed_at < wanted.last)


def _in_full(lease: Lease) -> Lease:
    """Return *lease* without the validators of a conditional request."""
    return replace(lease, etag="", last_modified="", content_hash="")


def _lease_of(row: sa.Row[Any]) -> Lease:
    address = Address(
        url=row.url,
        kind=AddressKind(row.kind),
        section=row.section,
        page=row.page,
        time=row.listed_at,
        dated=row.dated,
        changed=row.changed_at,
    )
    return Lease(
        row.position,
        address,
        row.visited_at,
        row.etag,
        row.last_modified,
        row.content_hash,
    )
