"""The process that checks a log, and puts it in order, see :mod:`scraper.storage.wal`."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import clock
from scraper.storage.wal import LEAST, USED_BYTE, LogDamage, index_of, log_of
from scraper.storage.wal_frames import read_log, write_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.storage.wal_frames import Log


def main(database: Path, *, repair: bool) -> LogDamage | None:
    """Check the log of *database*, unless somebody uses it, and repair it if wanted."""
    path = log_of(database)
    nobody = BlockingIOError, PermissionError, FileNotFoundError
    with suppress(*nobody), _alone(database) as handle:
        if path.stat().st_size < LEAST:
            return None
        log = read_log(path, database, index_of(database))
        damage = _damage_of(log, path)
        if damage and repair:
            damage = _repaired(path, log, damage)
            os.truncate(handle, 0)  # what it says is of the damaged log
        return damage
    return None


@contextmanager
def _alone(database: Path) -> Iterator[int]:
    """Hold the lock that every connection shares, so that none begins meanwhile.

    Yields the handle of the file that holds it. Raises BlockingIOError if somebody uses
    *database*, FileNotFoundError if whoever used it has removed that file.
    """
    handle = os.open(index_of(database), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, USED_BYTE)
        if not os.path.samestat(os.fstat(handle), index_of(database).stat()):
            raise FileNotFoundError(index_of(database))
        yield handle
    finally:
        os.close(handle)


def _damage_of(log: Log, path: Path) -> LogDamage | None:
    count, first = len(log.frames) + log.missing, log.first_bad
    if first == count:
        return None
    bad = sum(not frame.is_good for frame in log.frames) + log.missing
    is_known = all(frame.is_known for frame in log.frames)
    is_kept = not log.missing and (is_known or _is_of_now(path))
    unknown = sum(not frame.is_known for frame in log.frames) + log.missing
    return LogDamage(count, first + 1, bad, unknown, count - first, is_kept)


def _is_of_now(path: Path) -> bool:
    """Return True if the machine has run since *path* was written.

    If it crashed, frames may never have come to the disk, and what is in their place is of
    an earlier time: SQLite is right to drop what follows them.
    """
    running = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    return path.stat().st_mtime > clock.now().timestamp() - running


def _repaired(path: Path, log: Log, damage: LogDamage) -> LogDamage:
    """Copy the damaged log, and replace it by one that SQLite takes."""
    aside = path.with_name(f"{path.name}.damaged-{clock.now():%Y%m%d-%H%M%S}")
    shutil.copy2(path, aside)
    if not damage.is_kept:
        log.frames = log.frames[: log.first_bad]
    scratch = path.with_name(f"{path.name}.part")
    try:
        with path.open("rb") as source, scratch.open("wb") as target:
            if log.frames:
                write_log(source, target, log)
            target.flush()
            os.fsync(target.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    return LogDamage(**asdict(damage) | {"aside": str(aside)})


if __name__ == "__main__":
    found = main(Path(sys.argv[1]), repair="--repair" in sys.argv[2:])
    sys.stdout.write(json.dumps(found and asdict(found)))
