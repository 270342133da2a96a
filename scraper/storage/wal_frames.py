"""The frames of SQLite's write-ahead log.

A frame holds one page after a transaction; the last frame of a transaction has the size
of the database in pages. Each checksum continues that of the previous frame.
https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    Sums = tuple[int, int]

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
    is_sound = (
        computed == tuple(sums) and magic in {_LITTLE, _BIG} and version == _VERSION
    )
    size = page_size or size
    if not _SMALLEST <= size <= _LARGEST or size & (size - 1):
        raise ValueError(f"pages of {size} bytes")
    stated = (sums[0], sums[1])
    return Log(size, salts, [stated, computed][: 2 - is_sound], order, is_sound, [])


def _page_size_of(database: Path) -> int:
    """Return the page size of *database*, 0 if its header has none."""
    with database.open("rb") as file:
        size = int.from_bytes(file.read(18)[16:], "big")
    size = _LARGEST if size == 1 else size
    return size if size >= _SMALLEST and not size & (size - 1) else 0


def _heads(file: BinaryIO, length: int) -> list[tuple[int, int, bytes, int, int]]:
    found = []
    end = file.seek(0, 2)
    for start in range(HEADER, end - length + 1, length):
        file.seek(start)
        found.append(_FRAME.unpack(file.read(FRAME)))
    return found


def _is_alike(one: bytes, other: bytes) -> bool:
    differ = int.from_bytes(one, "big") ^ int.from_bytes(other, "big")
    return differ.bit_count() <= _ALIKE


def _last_commit(
    heads: Sequence[tuple[int, int, bytes, int, int]], own: Sequence[bool], count: int
) -> int:
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


def _read_frames(
    file: BinaryIO, log: Log, heads: Sequence[tuple[int, int, bytes, int, int]]
) -> None:
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
    if bit is None:
        return content
    flipped = bytearray(content)
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
    header = _HEADER.pack(
        _BIG if log.order == ">" else _LITTLE,
        _VERSION,
        log.page_size,
        0,
        log.salts,
        0,
        0,
    )[:24]
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
    sound = [frame for frame in frames if frame.is_known]
    return max((max(frame.page, frame.size) for frame in sound), default=last.size)
