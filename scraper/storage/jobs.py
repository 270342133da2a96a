"""Jobs: their frontier and their runs; one run at a time, of one process, holds a job."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper import clock
from scraper.errors import JobHeld
from scraper.storage import frontier, settling
from scraper.storage.databases import patient
from scraper.storage.rows import RUN, checksum, encodable, is_sound
from scraper.storage.tables import frontier as table
from scraper.storage.tables import runs
from scraper.storage.visits import AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scraper.storage.frontier import Wanted
    from scraper.storage.store import Sessions
    from scraper.storage.visits import Address, Lease, Settled, Visit


OLDEST = 500
"""Runs that one call considers, the oldest: a job that runs each minute has 1,440 a day."""
WINDOW = 2000
"""Positions of the frontier that one call considers: five times a day of a portal."""


BEAT = timedelta(seconds=15)
"""How often a run sends a heartbeat, whatever else it does."""
FRESH = 6 * BEAT
"""How long a run without a heartbeat is believed to be alive: five heartbeats may be lost,
and the clocks of two machines may differ by a minute."""

LOOKED_BACK = 15_000
"""Runs of all jobs that list_within() searches: seven weeks of two jobs."""

_row = runs.c
_IS_OPEN = _row.ended_at.is_(None)
_SHOW_LIFE = sa.update(runs).where(
    _row.position == sa.bindparam("run"), _row.token == sa.bindparam("of"), _IS_OPEN
)
_SHOW_LIFE = _SHOW_LIFE.values(seen_at=sa.bindparam("at"))


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run of a job; *ended_at* is None while it is running, and if it was killed.

    *record* is its report as JSON, "" if it left none. *is_under_way*: it holds the job,
    as far as this process can see.
    """

    position: int
    job: str
    owner: str
    started_at: datetime
    ended_at: datetime | None
    record: str
    is_under_way: bool = False

    @property
    def was_killed(self) -> bool:
        """Whether it ended without a report."""
        return not self.record and not self.is_under_way


@patient
class Jobs:
    """The jobs of a store, see :attr:`Store.jobs`.

    A run belongs to the open store that began it: if another run has taken over its job,
    every method that writes for it raises JobHeld. Only StorageError is raised.
    """

    def __init__(self, sessions: Sessions) -> None:
        self._transaction = sessions
        self._token = secrets.token_hex(8)

    def begin(
        self, job: str, at: datetime, *, host: str = "", owner: Owner | None = None
    ) -> int:
        """Begin a run of *job*, which asks *host* if any, and return its number.

        *owner* is by default this process. Raises JobHeld if another run holds the job,
        or the host: one that has not ended, has shown life within FRESH, and whose
        process is not known to have ended.
        """
        owner = owner or this_process()
        begun = job, self._token, at
        with self._transaction(writes=True) as connection:
            same = sa.or_(_row.job == job, _row.host == host if host else sa.false())
            open_runs = sa.and_(same, _IS_OPEN)
            held = connection.execute(sa.select(runs).where(open_runs)).all()
            for row in held:
                if (row.job, row.token, row.started_at) == begun:
                    return int(row.position)  # and the answer was lost
                if _holds(row, at):
                    raise JobHeld(_held(row, at))
            for row in held:
                _write(connection, row, ended_at=row.seen_at)
            new: dict[str, Any] = {"job": encodable(job), "host": host, "record": ""}
            new |= {"owner": encodable(owner.name), "process": owner.process}
            new |= {"started_at": at, "seen_at": at, "ended_at": None}
            new["token"] = self._token
            new["checksum"] = checksum(new, RUN)
            inserted = connection.execute(sa.insert(runs).values(**new))
            return int(inserted.inserted_primary_key[0])  # type: ignore[index]

    def beat(self, run: int, at: datetime) -> None:
        """Send a heartbeat of *run*; raises JobHeld if it has lost its job."""
        with self._transaction(writes=True) as connection:
            self._show_life(connection, run, at)

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
        with self._transaction(writes=True) as connection:
            is_open = sa.or_(_IS_OPEN, _row.ended_at == at)  # and the answer was lost
            own = sa.select(runs).where(self._is_own(run), is_open)
            row = connection.execute(own).one_or_none()
            if row is None:
                raise _lost(run)
            _write(connection, row, ended_at=at, seen_at=at, record=encodable(record))
            if outdated:
                _replace_record(connection, *outdated)

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

        Only the LOOKED_BACK newest runs of the store count: every run asks at its end.
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
        """Add *addresses* that no visit found; return the new ones.

        With *anew*, URLs of stored articles are due too.
        """
        with self._transaction(writes=True) as connection:
            return frontier.add(connection, job, addresses, at=at, anew=anew)

    def lease(self, job: str, wanted: Wanted) -> list[Lease]:
        """Lease the next URLs of *job*: sources first, then the newest articles."""
        with self._transaction(writes=True) as connection:
            self._show_life(connection, wanted.run, wanted.at)
            return frontier.lease(connection, job, wanted)

    def set_due(self, job: str, at: datetime) -> int:
        """Make URLs of *job* with implausible times due *at* once; return their number."""
        with self._transaction(writes=True) as connection:
            return frontier.set_due(connection, job, at)

    def count_beyond(self, at: datetime) -> int:
        """Return how many URLs of all jobs have implausible times."""
        with self._transaction() as connection:
            return frontier.count_beyond(connection, at)

    def release(self, run: int, positions: Sequence[int]) -> None:
        """Release the leases of *run* at *positions*, which were not settled."""
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
        """Store the outcomes of *visits* in one transaction; return what each did, in order.

        *run* is 0 for visits outside a run. *anew* as for add().
        """
        with self._transaction(writes=True) as connection:
            if run:
                self._show_life(connection, run, at)
            return settling.settle(connection, job, visits, anew=anew)

    def list_outcomes(
        self, job: str, limit: int
    ) -> list[tuple[str, AddressKind, bool]]:
        """Return visited URLs of *job*, their kinds, and True if they were of that kind."""
        with self._transaction() as connection:
            return frontier.list_outcomes(connection, job, limit)

    def prune(
        self,
        run: int,
        *,
        runs_before: datetime | None,
        addresses_before: datetime | None,
    ) -> Pruned:
        """Remove runs that began, and URLs last listed and visited, before these times.

        None removes nothing. Each call removes a part, in bounded time, which depends on
        the current *run*; later runs remove the rest.
        """
        with self._transaction(writes=True) as connection:
            return prune(
                connection,
                run,
                runs_before=runs_before,
                addresses_before=addresses_before,
            )

    def count(self) -> tuple[int, int]:
        """Return the number of runs and of URLs of all jobs."""
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

    def _show_life(self, connection: sa.Connection, run: int, at: datetime) -> None:
        """Write the time of the heartbeat; raises JobHeld if *run* has lost its job."""
        seen = {"run": run, "of": self._token, "at": at}
        if not connection.execute(_SHOW_LIFE, seen).rowcount:
            raise _lost(run)

    def _is_own(self, run: int) -> sa.ColumnElement[bool]:
        return sa.and_(_of(run), _row.token == self._token)


def refuse_open_runs(connection: sa.Connection, at: datetime) -> None:
    """Raise JobHeld if a run holds a job: the store must not be replaced meanwhile."""
    for row in connection.execute(sa.select(runs).where(_IS_OPEN)):
        if _holds(row, at):
            raise JobHeld(_held(row, at))


def _of(run: int) -> sa.ColumnElement[bool]:
    return _row.position == run


def _holds(row: sa.Row[tuple[object, ...]], at: datetime) -> bool:
    is_fresh = at - row.seen_at < FRESH and not clock.is_ahead(row.seen_at, at)
    return is_sound(row._mapping, RUN) and is_fresh and not has_ended(row.process)


def _lost(run: int) -> JobHeld:
    return JobHeld(
        f"run {run} has lost its job: it showed no sign of life for"
        f" {FRESH.total_seconds():.0f} s and another run took over, or it is no"
        " longer in the store. It writes nothing more"
    )


def _held(row: sa.Row[tuple[object, ...]], at: datetime) -> str:
    age = int((at - row.started_at).total_seconds())
    silent = int((at - row.seen_at).total_seconds())
    return (
        f"job {row.job} is held by {row.owner}, which began {age} s ago and last showed"
        f" life {silent} s ago: wait until it has ended, or stop it; if it is gone, the"
        f" job is free {FRESH.total_seconds():.0f} s after that"
    )


def _write(
    connection: sa.Connection, row: sa.Row[tuple[object, ...]], **values: object
) -> None:
    """Write *values* into the run *row*, with the new checksum."""
    values["checksum"] = checksum(dict(row._mapping) | values, RUN)
    connection.execute(sa.update(runs).where(_of(row.position)).values(**values))


def _replace_record(connection: sa.Connection, run: int, record: str) -> None:
    for row in connection.execute(sa.select(runs).where(_of(run))).all():
        if is_sound(row._mapping, RUN):
            _write(connection, row, record=encodable(record))


def _stored(row: sa.Row[tuple[object, ...]]) -> StoredRun:
    """Return the run of *row*, without the record if it is damaged."""
    times = row.started_at, row.ended_at
    record = row.record if is_sound(row._mapping, RUN) else ""
    holds = row.ended_at is None and _holds(row, clock.now())
    return StoredRun(row.position, str(row.job), str(row.owner), *times, record, holds)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many rows were removed."""

    runs: int
    addresses: int


def prune(
    connection: sa.Connection,
    run: int,
    *,
    runs_before: datetime | None,
    addresses_before: datetime | None,
) -> Pruned:
    """Remove what is older, None for nothing; *run* is the present one."""
    old = _old_runs(connection, run, runs_before) if runs_before else []
    if old:
        connection.execute(sa.delete(runs).where(runs.c.position.in_(old)))
    gone = 0
    if addresses_before:
        within = _window(connection, run)
        gone = connection.execute(
            sa.delete(table).where(within, *_is_done(addresses_before))
        ).rowcount
    return Pruned(len(old), gone)


def _old_runs(connection: sa.Connection, run: int, before: datetime) -> Sequence[int]:
    """Return the oldest runs that began *before*.

    No run began later than the next one: if its time says so, a clock was ahead.
    """
    select = sa.select(runs.c.position, runs.c.started_at).where(runs.c.position < run)
    rows = connection.execute(select.order_by(runs.c.position).limit(OLDEST)).all()
    began = list(accumulate((row.started_at for row in reversed(rows)), min))[::-1]
    return [row.position for row, at in zip(rows, began, strict=True) if at < before]


def _window(connection: sa.Connection, run: int) -> sa.ColumnElement[bool]:
    """Return the condition of the window of *run*: successive runs cover all positions."""
    last = connection.execute(sa.select(sa.func.max(table.c.position))).scalar()
    first = run % ((last or 0) // WINDOW + 1) * WINDOW
    return table.c.position.between(first, first + WINDOW - 1)


def _is_done(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of an article's URL that no source or visit needs any more.

    If its article is stored, the URL stays known. Sources stay: one that is visited only
    once would be visited again.
    """
    row = table.c
    return (
        row.kind == AddressKind.ARTICLE.value,
        row.due_at.is_(None),
        row.last_seen < before,
        row.visited_at < before,
    )


_PROC = Path("/proc")
_STARTED = 21
"""Of the fields in /proc/PID/stat, counted from 0: proc_pid_stat(5), starttime."""


@dataclass(frozen=True, slots=True)
class Owner:
    """*name* is "machine:process". *process* identifies it among all processes ever.

    It is "boot namespace number start": the boot of the machine, the PID namespace, and
    the number and the start of the process there. It is "" if the system does not provide
    all of them: not Linux, or a /proc of another namespace or without ``sys``.
    """

    name: str
    process: str = ""


def owner_of(number: int) -> Owner:
    """Return process *number* of this PID namespace as an owner."""
    name = f"{socket.gethostname()}:{number}"
    space, start = _space(), _start_of(number)
    return Owner(name, f"{space} {number} {start}" if space and start else "")


def this_process() -> Owner:
    return owner_of(os.getpid())


def has_ended(process: str) -> bool:
    """Return True if *process*, of an Owner, has ended; False if that is unknown.

    The number of a process means nothing in another namespace, such as a container's.
    """
    space, *rest = process.rsplit(" ", 2)
    if len(rest) < len(("number", "start")) or space != _space():
        return False
    number, start = rest
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _start_of(int(number)) not in {start, None}


def _space() -> str:
    """Return boot and PID namespace, in which processes are numbered; "" if unknown."""
    try:
        if (_PROC / "self").readlink() != Path(str(os.getpid())):
            return ""  # of another namespace, as is the rest of it
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _start_of(number: int) -> str | None:
    """Return when process *number* began, "" for one that has ended, None if unknown.

    One that has ended stays a zombie if its parent, often a container's, never waits.
    """
    try:
        stat = (_PROC / str(number) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = ["", "", *stat.rpartition(")")[2].split()]
    return "" if fields[2] == "Z" else fields[_STARTED]
