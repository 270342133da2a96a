"""The write-ahead log of a SQLite file: damage is found and repaired.

SQLite accepts the frames of a log up to the first one with a wrong checksum, and silently
drops the others: committed transactions are lost. Each checksum continues the previous
one, so that the frames after a damaged one can still be checked, and kept. A frame holds
one page after a transaction; the last frame of a transaction has the size of the database
in pages. The format: https://sqlite.org/fileformat2.html#the_write_ahead_log.

:func:`check` works in a process of its own, this module as a script: opening and closing
one of the files releases the locks that SQLite has on it in the same process.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import clock
from scraper.import_path import module_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    Sums = tuple[int, int]
    Head = tuple[int, int, bytes, int, int]


HEADER, FRAME = 32, 24
_LITTLE, _BIG = 0x377F0682, 0x377F0683
_VERSION = 3007000
_SMALLEST, _LARGEST = 512, 65536
_MASK = 0xFFFFFFFF
_HEADER = struct.Struct(">IIII8sII")
_FRAME = struct.Struct(">II8sII")
_INDEX = struct.Struct("=IIIBBHII8s8s8s")
"""The header of the -shm file, in the byte order of the machine; it is there twice."""
_ALIKE = 6
"""Bits in which damaged salts may differ; those of another time differ in about 33."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame at byte *start*: *page*, and the *size* of the database in pages or 0.

    *sums* is its stored checksum, *is_good* whether SQLite accepts it. *is_known* if its
    content is what was written, except for the bit *flipped*, if there is one.
    """

    start: int
    page: int
    size: int
    sums: Sums
    is_good: bool = True
    is_known: bool = True
    flipped: int | None = None


@dataclass(slots=True)
class Log:
    """The frames of committed transactions in a log, good and damaged ones.

    *salts* are those of its header, which is damaged if not *is_sound*. The checksums
    continue the first of *sums*, or the second if the header has a wrong one. *order* is the
    byte order of the checksums. *missing* frames were committed and do not exist.
    """

    page_size: int
    salts: bytes
    sums: list[Sums]
    order: str
    is_sound: bool
    frames: list[Frame]
    missing: int = 0

    @property
    def first_bad(self) -> int:
        """The index of the first frame that SQLite rejects; their number if there is none."""
        if not self.is_sound:
            return 0
        bad = (i for i, frame in enumerate(self.frames) if not frame.is_good)
        return next(bad, len(self.frames))


def read_log(path: Path, database: Path, index: Path) -> Log:
    """Return the log at *path*; *index* is the -shm file, if it is there.

    Raises OSError, and ValueError for a file that is not a log.
    """
    with path.open("rb") as file:
        log = _with_header(file.read(HEADER), _page_size_of(database))
        heads = _heads(file, log.page_size + FRAME)
        if not log.is_sound and heads:
            # Of the first ones: those at the end may be of an earlier time.
            salts = [log.salts, *(head[2] for head in heads[:3])]
            log.salts = Counter(salts).most_common(1)[0][0]
        own = [_is_alike(head[2], log.salts) for head in heads]
        known = _committed(index, log.salts)
        most = len(heads) if known is None else min(known, len(heads))
        count = _last_commit(heads, own, most)
        if known is not None:
            # The size in the last frame may be what is damaged.
            count = count if known > len(heads) else known
            log.missing = known - count
        _read_frames(file, log, heads[:count])
        if known is None and _is_torn(log, own):
            log.frames = log.frames[: _last_commit(heads, own, count - 1)]
    return log


def _is_torn(log: Log, own: Sequence[bool]) -> bool:
    """Return True if a process may have been killed while it wrote the last frame.

    If it overwrote a frame of an earlier time, the frame is whole, with mixed content.
    """
    count = len(log.frames)
    is_last = True not in own[count:]
    return is_last and count < len(own) and log.first_bad == count - 1


def _with_header(header: bytes, page_size: int) -> Log:
    magic, version, size, _, salts, *sums = _HEADER.unpack(header)
    order = ">" if magic == _BIG else "<"
    computed = checksum(header[:24], (0, 0), order)
    is_ours = magic in {_LITTLE, _BIG} and version == _VERSION
    is_sound = is_ours and computed == tuple(sums)
    size = page_size or size
    if not _is_page_size(size):
        raise ValueError(f"pages of {size} bytes")
    stated = (sums[0], sums[1])
    return Log(size, salts, [stated, computed][: 2 - is_sound], order, is_sound, [])


def _page_size_of(database: Path) -> int:
    """Return the page size of *database*, 0 if its header has none."""
    with database.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:])
    size = _LARGEST if size == 1 else size
    return size if _is_page_size(size) else 0


def _is_page_size(size: int) -> bool:
    return _SMALLEST <= size <= _LARGEST and not size & (size - 1)


def _heads(file: BinaryIO, length: int) -> list[Head]:
    found = []
    end = file.seek(0, 2)
    for start in range(HEADER, end - length + 1, length):
        file.seek(start)
        found.append(_FRAME.unpack(file.read(FRAME)))
    return found


def _is_alike(one: bytes, other: bytes) -> bool:
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    return differing.bit_count() <= _ALIKE


def _last_commit(heads: Sequence[Head], own: Sequence[bool], count: int) -> int:
    """Return how many of the first *count* frames there are up to the last commit."""
    commits = (i + 1 for i in range(count) if own[i] and heads[i][1])
    return max(commits, default=0)


def _committed(index: Path, salts: bytes) -> int | None:
    """Return how many frames were committed according to *index*, None if it is unusable."""
    try:
        content = index.read_bytes()[: 2 * _INDEX.size]
    except OSError:
        return None
    half = _INDEX.size
    if len(content) < 2 * half or content[:half] != content[half:]:
        return None
    _, _, _, is_set, _, _, count, _, _, known, _ = _INDEX.unpack(content[:half])
    return count if is_set and known == salts else None


def _read_frames(file: BinaryIO, log: Log, heads: Sequence[Head]) -> None:
    """Put the frames of *heads* into *log*, each checked by itself."""
    before = log.sums
    began: list[list[Sums]] = []
    for number, (page, size, salts, *sums) in enumerate(heads):
        start = HEADER + number * (log.page_size + FRAME)
        frame = Frame(start, page, size, (sums[0], sums[1]))
        content = content_of(file, log, frame)
        after = [checksum(content, each, log.order) for each in before]
        is_known = frame.sums in after
        if is_known and after.index(frame.sums) and number:
            # The previous frame is as it was written: only its own checksum is wrong.
            log.frames[-1] = replace(log.frames[-1], is_known=True)
        is_good = is_known and salts == log.salts
        log.frames.append(replace(frame, is_good=is_good, is_known=is_known))
        began.append(before)
        # The next checksum continues the stored one, or the computed one.
        before = [frame.sums] if is_known else [frame.sums, *after]
    for number, frame in enumerate(log.frames):
        if not frame.is_known:
            content = content_of(file, log, frame)
            log.frames[number] = _corrected(frame, content, began[number], log.order)


def content_of(file: BinaryIO, log: Log, frame: Frame) -> bytes:
    """Return what the checksum of *frame* covers: number, size and bytes of its page."""
    file.seek(frame.start)
    head = file.read(FRAME)
    return _with_bit(head[:8] + file.read(log.page_size), frame.flipped)


def _corrected(
    frame: Frame, content: bytes, before: Sequence[Sums], order: str
) -> Frame:
    """Return *frame* with its flipped bit, if that was the only one, and its page."""
    bit = _flipped_bit(content, frame.sums, before, order)
    page, size = struct.unpack_from(">II", _with_bit(content, bit))
    is_known = bit is not None
    return replace(frame, page=page, size=size, is_known=is_known, flipped=bit)


def _flipped_bit(
    content: bytes, sums: Sums, before: Sequence[Sums], order: str
) -> int | None:
    """Return the number of the one bit of *content* whose flip explains *sums*.

    None if more bits are wrong, if the sums may be, or if several bits would explain them,
    as with the high bits of words. The checksum is linear: the contribution of a bit
    depends on the distance of its word from the end.
    """
    found: set[int] = set()
    for each in before:
        one, two = checksum(content, each, order)
        wanted = ((sums[0] - one) & _MASK, (sums[1] - two) & _MASK)
        if 0 in wanted:
            continue  # a bit of a sum looks so
        even, odd = (1, 1), (0, 1)
        for at in range(len(content) - 8, -1, -8):
            for place, weights in ((at, even), (at + 4, odd)):
                # Both parts are the same multiple of the weights.
                if (wanted[0] * weights[1] - wanted[1] * weights[0]) & _MASK == 0:
                    found |= _bits_at(content, place, _bits_of(wanted, weights), order)
            even, odd = _one_pair_on(even), _one_pair_on(odd)
    return found.pop() if len(found) == 1 else None


def _bits_of(wanted: Sums, weights: Sums) -> list[tuple[int, int]]:
    """Return each bit, with a sign, that multiplied by *weights* gives *wanted*."""
    return [
        (bit, sign)
        for bit, sign in product(range(32), (1, -1))
        if tuple((weight * (sign << bit)) & _MASK for weight in weights) == wanted
    ]


def _one_pair_on(weights: Sums) -> Sums:
    one = (weights[0] + weights[1]) & _MASK
    return one, (weights[1] + one) & _MASK


def _bits_at(
    content: bytes, place: int, bits: Sequence[tuple[int, int]], order: str
) -> set[int]:
    """Return the numbers of those *bits* of the word at *place* that fit their signs."""
    (word,) = struct.unpack_from(f"{order}I", content, place)
    # A set bit can only be cleared.
    fit = [bit for bit, sign in bits if bool(word >> bit & 1) != (sign > 0)]
    bytes_ = [(bit // 8 if order == "<" else 3 - bit // 8, bit % 8) for bit in fit]
    return {(place + byte) * 8 + bit for byte, bit in bytes_}


def _with_bit(content: bytes, bit: int | None) -> bytes:
    """Return *content* with *bit* flipped."""
    flipped = bytearray(content)
    if bit is not None:
        flipped[bit // 8] ^= 1 << bit % 8
    return bytes(flipped)


def checksum(content: bytes, sums: Sums, order: str) -> Sums:
    """Return the checksum of *content* that continues *sums*."""
    one, two = sums
    words = struct.unpack(f"{order}{len(content) // 4}I", content)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        one = (one + even + two) & _MASK
        two = (two + odd + one) & _MASK
    return one, two


def write_log(source: BinaryIO, target: BinaryIO, log: Log) -> None:
    """Write the frames of *log*, whose bytes are in *source*, so that SQLite accepts them.

    They become one transaction, since the sizes in damaged ones are uncertain.
    """
    magic = _BIG if log.order == ">" else _LITTLE
    header = _HEADER.pack(magic, _VERSION, log.page_size, 0, log.salts, 0, 0)[:24]
    sums = checksum(header, (0, 0), log.order)
    target.write(header + struct.pack(">II", *sums))
    size = _size_after(log.frames)
    # A page with a damaged number cannot be placed.
    kept = [frame for frame in log.frames if 0 < frame.page <= size]
    for frame in kept:
        is_last = frame is kept[-1]
        content = content_of(source, log, frame)[8:]
        head = struct.pack(">II", frame.page, size if is_last else 0)
        sums = checksum(head + content, sums, log.order)
        target.write(head + log.salts + struct.pack(">II", *sums) + content)


def _size_after(frames: Sequence[Frame]) -> int:
    """Return the size of the database after *frames*, from the last commit."""
    last = frames[-1]
    if last.is_known and last.size:
        return last.size
    sizes = (max(frame.page, frame.size) for frame in frames if frame.is_known)
    return max(sizes, default=last.size)


USED_BYTE = 128
"""The byte of the -shm file that every connection holds a lock on."""
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
    with suppress(OSError):
        return log.stat().st_size >= HEADER + FRAME
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
    of_users = re.compile(rf":{inode} {USED_BYTE} \S+$")  # … 00:2f:INODE START END
    return any(map(of_users.search, locks))


def main(database: Path, *, repair: bool) -> LogDamage | None:
    """Check the log of *database*, unless it is in use; repair it if *repair*."""
    path = log_of(database)
    nobody = BlockingIOError, PermissionError, FileNotFoundError
    with suppress(*nobody), _alone(database) as handle:
        if path.stat().st_size < HEADER + FRAME:
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
    unknown = sum(not frame.is_known for frame in log.frames) + log.missing
    is_kept = not unknown or (not log.missing and _is_of_now(path))
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
