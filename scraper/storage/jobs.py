"""Jobs: their frontier and their runs, of which one at a time holds the job."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper import clock
from scraper.errors import JobHeld
from scraper.storage import frontier, pruning, settling
from scraper.storage.failures import patient
from scraper.storage.rows import encodable
from scraper.storage.tables import frontier as table
from scraper.storage.tables import runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from scraper.storage.frontier import Known, Wanted
    from scraper.storage.pruning import Pruned
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
            for row in connection.execute(sa.select(runs).where(open_runs)):
                if (row.job, row.owner, row.started_at) == (job, owner, at):
                    return int(row.position)  # begun, and the answer was lost
                if _holds(row, at):
                    raise JobHeld(_held(row, at))
            lost = sa.update(runs).where(open_runs)
            connection.execute(lost.values(ended_at=_row.seen_at))
            values = {"job": encodable(job), "owner": encodable(owner), "host": host}
            times = {"started_at": at, "seen_at": at, "ended_at": None}
            begun = connection.execute(
                sa.insert(runs).values(**values, **times, record="")
            )
            return int(begun.inserted_primary_key[0])  # type: ignore[index]

    def end(
        self,
        run: int,
        at: datetime,
        record: str,
        *,
        outdated: tuple[int, str] | None = None,
    ) -> None:
        """End the *run*; *record* is its report as JSON.

        *outdated* is the number of another run, and its record as it is from now on.
        """
        values = {"ended_at": at, "seen_at": at, "record": encodable(record)}
        with self._transaction(writes=True) as connection:
            connection.execute(sa.update(runs).where(_of(run)).values(**values))
            if outdated:
                former = sa.update(runs).where(_of(outdated[0]))
                connection.execute(former.values(record=encodable(outdated[1])))

    def list_runs(self, job: str | None = None, *, limit: int = 20) -> list[StoredRun]:
        """Return the newest runs, of *job* or of all jobs, the newest first."""
        select = sa.select(runs).order_by(_row.position.desc()).limit(limit)
        if job is not None:
            select = select.where(_row.job == job)
        with self._transaction() as connection:
            return [_stored(row) for row in connection.execute(select)]

    def latest(self) -> dict[str, datetime]:
        """Return when the latest run of each job began.

        By number, not by time: a clock may have been ahead.
        """
        newest = sa.select(sa.func.max(_row.position)).group_by(_row.job)
        select = sa.select(_row.job, _row.started_at).where(_row.position.in_(newest))
        with self._transaction() as connection:
            return {row.job: row.started_at for row in connection.execute(select)}

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

    def set_due(self, job: str, at: datetime) -> int:
        """Let addresses of *job* with times beyond belief be due *at* once; count them."""
        with self._transaction(writes=True) as connection:
            return frontier.set_due(connection, job, at)

    def count_beyond(self, at: datetime) -> int:
        """Return how many addresses of all jobs bear times beyond belief."""
        with self._transaction() as connection:
            return frontier.count_beyond(connection, at)

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

    def prune(
        self,
        run: int,
        *,
        runs_before: datetime | None,
        addresses_before: datetime | None,
    ) -> Pruned:
        """Remove what began, or was listed and visited last, *before*; None for nothing.

        A part of it, in bounded time: *run*, the present one, says which. The runs after
        it do the rest.
        """
        with self._transaction(writes=True) as connection:
            return pruning.prune(
                connection,
                run,
                runs_before=runs_before,
                addresses_before=addresses_before,
            )

    def count(self) -> tuple[int, int]:
        """Return how many runs and addresses there are, of all jobs."""
        count = sa.select(sa.func.count())
        with self._transaction() as connection:
            known, urls = (
                int(connection.execute(count.select_from(each)).scalar_one())
                for each in (runs, table)
            )
            return known, urls

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
    return at - row.seen_at < FRESH and not clock.is_ahead(row.seen_at, at)


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


def _stored(row: sa.Row[tuple[object, ...]]) -> StoredRun:
    times = row.started_at, row.ended_at
    return StoredRun(row.position, row.job, row.owner, *times, row.record)
