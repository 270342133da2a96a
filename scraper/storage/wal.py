"""The write-ahead log of a SQLite file: damage is found and repaired.

SQLite accepts the frames of a log up to the first one with a wrong checksum, and silently
drops the others: committed transactions are lost. Each checksum continues the previous
one, so that the frames after a damaged one can still be checked, and kept. The format:
https://sqlite.org/fileformat2.html#the_write_ahead_log.

:func:`check` works in a process of its own, this module as a script: opening and closing
one of the files releases the locks that SQLite has on it in the same process.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import clock
from scraper.import_path import module_command
from scraper.storage.wal_frames import read_log, write_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.storage.wal_frames import Log


USED_BYTE = 128
"""The byte of the -shm file that every connection holds a lock on."""
LEAST = 32 + 24
"""Bytes of a log that has a frame."""
_LONGEST = 600.0
_LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class LogDamage:
    """*bad* of the *frames* of committed transactions are damaged, from the *first* on.

    *unknown* of these cannot be corrected; the others have one flipped bit. SQLite would
    drop *dropped* frames. *is_kept* if those after the damaged ones are kept instead; after
    a crash of the machine they may be of an earlier time, and are dropped. *aside* is the
    copy of the damaged log, "" until it is repaired.
    """

    frames: int
    first: int
    bad: int
    unknown: int
    dropped: int
    is_kept: bool
    aside: str = ""

    def __str__(self) -> str:
        return (
            f"its log is damaged: {self.bad} of {self.frames} frames, the first one is"
            f" number {self.first}"
        )

    @property
    def outcome(self) -> str:
        """What was done, and what to do next."""
        if not self.aside:
            return "`tinsach doctor --repair` keeps what it holds"
        corrected = f"{self.bad - self.unknown} of them are corrected"
        dropped = "" if self.is_kept else f", the last {self.dropped} are dropped"
        return (
            f"{corrected}{dropped}; the damaged log is kept as {self.aside};"
            " `tinsach doctor` checks what the store holds now"
        )


def check(database: Path, *, repair: bool = False) -> LogDamage | None:
    """Return the damage in the log of *database*, None if there is none or it is in use.

    With *repair* the damaged log is copied, and its frames get checksums that SQLite
    accepts. Raises OSError if that fails.
    """
    log = log_of(database)
    if not _has_frames(log) or _is_in_use(index_of(database)):
        return None
    options = ["--repair"] if repair else []
    done = subprocess.run(  # noqa: S603  our own module
        module_command("scraper.storage.wal", str(database), *options),
        capture_output=True,
        timeout=_LONGEST,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise OSError(f"its log {log} cannot be checked: {''.join(said[-1:])}")
    found = json.loads(done.stdout)
    return LogDamage(**found) if found else None


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def index_of(database: Path) -> Path:
    """Return the -shm file of *database*, which holds the locks of its users."""
    return database.with_name(f"{database.name}-shm")


def _has_frames(log: Path) -> bool:
    try:
        return log.stat().st_size >= LEAST
    except OSError:
        return False


def _is_in_use(index: Path) -> bool:
    """Return True if a visible process has a lock on the byte for users.

    This only saves the time of a child process, which takes the lock itself.
    """
    try:
        inode = index.stat().st_ino
        locks = _LOCKS.read_text("ascii", "replace").splitlines()
    except OSError:
        return False
    return any(_is_of_users(line.split(), inode) for line in locks)


def _is_of_users(words: list[str], inode: int) -> bool:
    """Return True if the line of /proc/locks says so: … 00:2f:INODE START END."""
    place = words[-3:] if len(words) > 3 else ["", "", ""]  # noqa: PLR2004
    return place[0].endswith(f":{inode}") and place[1] == str(USED_BYTE)


def main(database: Path, *, repair: bool) -> LogDamage | None:
    """Check the log of *database*, unless it is in use; repair it if *repair*."""
    path = log_of(database)
    nobody = BlockingIOError, PermissionError, FileNotFoundError
    with suppress(*nobody), _alone(database) as handle:
        if path.stat().st_size < LEAST:
            return None
        log = read_log(path, database, index_of(database))
        damage = _damage_of(log, path)
        if damage and repair:
            damage = _repaired(path, log, damage)
            os.truncate(handle, 0)  # it describes the damaged log
        return damage
    return None


@contextmanager
def _alone(database: Path) -> Iterator[int]:
    """Hold the lock that every connection shares, so that none begins meanwhile.

    Yields the handle of the file that holds it. Raises BlockingIOError if *database* is in
    use, FileNotFoundError if its last user has removed that file.
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
    """Return True if the machine has not restarted since *path* was written.

    After a crash, frames may never have reached the disk, and their place holds earlier
    ones: SQLite is right to drop what follows them.
    """
    running = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    return path.stat().st_mtime > clock.now().timestamp() - running


def _repaired(path: Path, log: Log, damage: LogDamage) -> LogDamage:
    """Copy the damaged log, and replace it by one that SQLite accepts."""
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
