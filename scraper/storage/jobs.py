"""Jobs: their frontier and their runs, of which one at a time holds the job."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.errors import JobHeld
from scraper.storage import frontier, settling
from scraper.storage.checksums import RUN, checksum, is_sound
from scraper.storage.failures import patient
from scraper.storage.rows import encodable
from scraper.storage.tables import frontier as table
from scraper.storage.tables import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from scraper.storage.frontier import Known, Wanted
    from scraper.storage.visits import Address, AddressKind, Lease, Settled, Visit

    Transaction = Callable[..., AbstractContextManager[sa.Connection]]

FRESH = timedelta(minutes=10)
"""How long a run that shows no sign of life is believed to go on, on another machine."""

LOOKED_BACK = 15_000
"""Runs of all jobs among which those of some hours are looked for: seven weeks of two."""

_row = runs.c


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run of a job; *ended_at* is None while it goes on, or where it was killed.

    *record* is its report as JSON, "" where it left none.
    """

    position: int
    job: str
    owner: str
    started_at: datetime
    ended_at: datetime | None
    record: str


@patient
class Jobs:
    """The jobs of a store; made by it, see :attr:`Store.jobs`.

    Raises StorageError only.
    """

    def __init__(
        self, transaction: Transaction, known: Callable[[sa.Connection], Known]
    ) -> None:
        self._transaction = transaction
        self._known = known

    def begin(
        self, job: str, at: datetime, *, host: str = "", owner: str | None = None
    ) -> int:
        """Begin a run of *job*, which asks *host* if any, and return its number.

        *owner* is "machine:process", by default this one. Raises JobHeld where
        another run holds the job, or the host: one that has not ended, whose process is
        alive or was so within FRESH.
        """
        owner = owner or this_process()
        with self._transaction(writes=True) as connection:
            same = sa.or_(_row.job == job, _row.host == host if host else sa.false())
            open_runs = sa.and_(same, _row.ended_at.is_(None))
            held = connection.execute(sa.select(runs).where(open_runs)).all()
            for row in held:
                if (row.job, row.owner, row.started_at) == (job, owner, at):
                    return int(row.position)  # begun, and the answer was lost
                if is_sound(row._mapping, RUN) and _holds(row, at):
                    raise JobHeld(_held(row, at))
            for row in held:
                _write(connection, row, ended_at=row.seen_at)
            values = {"job": encodable(job), "owner": encodable(owner), "host": host}
            times = {"started_at": at, "seen_at": at, "ended_at": None}
            new: dict[str, Any] = {**values, **times, "record": ""}
            new["checksum"] = checksum(new, RUN)
            begun = connection.execute(sa.insert(runs).values(**new))
            return int(begun.inserted_primary_key[0])  # type: ignore[index]

    def end(self, run: int, at: datetime, record: str) -> None:
        """End the *run*; *record* is its report as JSON."""
        values = {"ended_at": at, "seen_at": at, "record": encodable(record)}
        with self._transaction(writes=True) as connection:
            select = sa.select(runs).where(_of(run))
            for row in connection.execute(select).all():
                _write(connection, row, **values)

    def list_runs(self, job: str | None = None, *, limit: int = 20) -> list[StoredRun]:
        """Return the newest runs, of *job* or of all jobs, the newest first."""
        select = sa.select(runs).order_by(_row.position.desc()).limit(limit)
        if job is not None:
            select = select.where(_row.job == job)
        with self._transaction() as connection:
            return [_stored(row) for row in connection.execute(select)]

    def latest(self) -> dict[str, datetime]:
        """Return when the latest run of each job began."""
        began = sa.func.max(_row.started_at, type_=_row.started_at.type)
        with self._transaction() as connection:
            rows = connection.execute(sa.select(_row.job, began).group_by(_row.job))
            return {row.job: row[1] for row in rows}

    def list_within(
        self, job: str, spans: Sequence[tuple[datetime, datetime]]
    ) -> list[StoredRun]:
        """Return the runs of *job* that began in one of *spans*, the newest first.

        Of the LOOKED_BACK newest runs of the store: it is asked at the end of every run.
        """
        newest = sa.select(sa.func.max(_row.position)).scalar_subquery()
        began = [
            sa.and_(_row.started_at >= first, _row.started_at < last)
            for first, last in spans
        ]
        select = sa.select(runs).where(
            _row.job == job, _row.position > newest - LOOKED_BACK, sa.or_(*began)
        )
        with self._transaction() as connection:
            rows = connection.execute(select.order_by(_row.position.desc()))
            return [_stored(row) for row in rows]

    def load_run(self, run: int) -> StoredRun | None:
        with self._transaction() as connection:
            row = connection.execute(sa.select(runs).where(_of(run))).one_or_none()
        return _stored(row) if row is not None else None

    def add(
        self,
        job: str,
        addresses: Iterable[Address],
        *,
        at: datetime,
        anew: bool = False,
    ) -> list[str]:
        """Note *addresses* beside any visit; return those that are new.

        *anew*: also where an article is stored.
        """
        with self._transaction(writes=True) as connection:
            known = self._known_in(connection, anew=anew)
            return frontier.add(connection, job, addresses, at=at, known=known)

    def lease(self, job: str, wanted: Wanted) -> list[Lease]:
        """Lease the next addresses of *job*: sources first, then the newest articles."""
        with self._transaction(writes=True) as connection:
            _show_life(connection, wanted.run, wanted.at)
            return frontier.lease(connection, job, wanted)

    def release(self, run: int, positions: Sequence[int]) -> None:
        """Give back the leases of *run* at *positions*, which were not settled."""
        with self._transaction(writes=True) as connection:
            frontier.release(connection, run, positions)

    def settle(
        self,
        job: str,
        visits: Sequence[Visit],
        *,
        run: int,
        at: datetime,
        anew: bool = False,
    ) -> list[Settled]:
        """Store what came of *visits* in one transaction; say what each did, in order.

        *anew* as for add().
        """
        with self._transaction(writes=True) as connection:
            _show_life(connection, run, at)
            known = self._known_in(connection, anew=anew)
            return settling.settle(connection, job, visits, known)

    def list_outcomes(
        self, job: str, limit: int
    ) -> list[tuple[str, AddressKind, bool]]:
        """Return visited addresses of *job*, what they were taken for, and if rightly."""
        with self._transaction() as connection:
            return frontier.list_outcomes(connection, job, limit)

    def forget(self, job: str) -> None:
        """Forget the frontier of *job*; its runs stay."""
        with self._transaction(writes=True) as connection:
            connection.execute(sa.delete(table).where(table.c.job == job))

    def _known_in(self, connection: sa.Connection, *, anew: bool) -> Known:
        return (lambda _: set()) if anew else self._known(connection)


def this_process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _of(run: int) -> sa.ColumnElement[bool]:
    return _row.position == run


def _show_life(connection: sa.Connection, run: int, at: datetime) -> None:
    connection.execute(sa.update(runs).where(_of(run)).values(seen_at=at))


def _holds(row: sa.Row[tuple[object, ...]], at: datetime) -> bool:
    host, _, process = row.owner.rpartition(":")
    if host == socket.gethostname() and process.isdigit() and not _lives(int(process)):
        return False
    return bool(at - row.seen_at < FRESH)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(process)


def _is_zombie(process: int) -> bool:
    """Return True if *process* has ended and its parent, often a container's, never asked."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] == "Z"


def _held(row: sa.Row[tuple[object, ...]], at: datetime) -> str:
    age = int((at - row.started_at).total_seconds())
    return (
        f"job {row.job} is held by {row.owner}, which began {age} s ago: wait until it"
        " has ended, or stop it"
    )


def _write(
    connection: sa.Connection, row: sa.Row[tuple[object, ...]], **values: object
) -> None:
    """Write *values* into the run *row*, and the checksum of what comes of it."""
    values["checksum"] = checksum(dict(row._mapping) | values, RUN)
    connection.execute(sa.update(runs).where(_of(row.position)).values(**values))


def _stored(row: sa.Row[tuple[object, ...]]) -> StoredRun:
    """Return the run of *row*; the record of a damaged one is not believed."""
    times = row.started_at, row.ended_at
    record = row.record if is_sound(row._mapping, RUN) else ""
    return StoredRun(row.position, str(row.job), str(row.owner), *times, record)
