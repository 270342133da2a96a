"""The compressed members that an archive file is made of, one for each record.

A member is gzip (RFC 1952) whose header states its length (the subfield "sl" of the WARC
standard, annex D): the last one of a large file is found without unpacking it, and a
member can be blanked in place, so that no other one moves. After a damaged member the
next one is searched for.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from isal import igzip_lib, isal_zlib

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

LEVEL = 1
"""Compression level of ISA-L: the size of zlib's first level, in a tenth of the time."""

_HEAD = struct.Struct("<2sBBIBBH")
_MAGIC, _DEFLATE, _HAS_EXTRA, _UNIX = b"\x1f\x8b", 8, 4, 255
_OURS = _MAGIC + bytes((_DEFLATE, _HAS_EXTRA))
_GZIP = zlib.MAX_WBITS | 16
_STEP = 16
_CUT = "it is cut short"
_FIELD = struct.Struct("<2sH")
_LENGTHS = struct.Struct("<2sHII")
_TAIL = struct.Struct("<II")
_MOST_PADDING = 2**16 - 1 - _LENGTHS.size - _FIELD.size
_BLOCK = 64 * 1024
_START = b"\x1f\x8b\x08"
_RECORD = b"WARC/"
_SEARCHED = 1 << 20
LARGEST_MEMBER = 64 << 20
"""Bytes of a member, unpacked: three pages of the largest size that is read."""
_TARGET = re.compile(rb"(?i)^WARC-Target-URI: *<?([^\s>]+)", re.MULTILINE)


class LargeMemberError(ValueError):
    """The first member is larger than LARGEST_MEMBER: it holds a whole file of records."""


@dataclass(frozen=True, slots=True)
class Member:
    """The bytes of a file from *start* to *end*.

    Without *damage*, *content* is the record. With it, *content* is what could be unpacked
    from the beginning, and *end* is the start of the next record, or the end of the file.
    *is_half* if it is the incomplete end that a crash, or a write under way, leaves.
    """

    start: int
    end: int
    content: bytes = b""
    damage: str = ""
    is_half: bool = False

    @property
    def url(self) -> str:
        """The URL in the header of its record, "" if none can be read."""
        found = _TARGET.search(self.content[:_BLOCK])
        return found[1].decode("utf-8", "replace") if found else ""


def iter_members(file: BinaryIO, start: int = 0) -> Iterator[Member]:
    """Yield all members of *file* from *start* on, damaged ones too.

    Raises OSError, and LargeMemberError instead of the first one of a file.
    """
    size = _size(file)
    while start < size:
        member = read_member(file, start, size)
        yield member
        start = member.end


def read_member(file: BinaryIO, start: int, size: int = 0) -> Member:
    """Return the member at *start*, damaged or not; see :func:`iter_members`."""
    size = size or _size(file)
    try:
        content, end = _unpacked(file, start)
        damage = "" if end else _CUT
    except (zlib.error, igzip_lib.IsalError) as error:  # type: ignore[misc]
        content, end, damage = b"", 0, str(error)
    if not damage:
        return Member(start, end, content)
    after = _next_start(file, start + 1, size)
    is_half = after == size and _is_half(file, start, size, damage)
    return Member(start, after, _beginning(file, start), damage, is_half)


def _unpacked(file: BinaryIO, start: int) -> tuple[bytes, int]:
    """Return the content of the member at *start* and its end, 0 if the file ends in it.

    The content of a large member is cut. Raises an error of zlib for damage.
    """
    stated = _stated_end(file, start)
    parts, length = [], 0
    file.seek(start)
    unpacker = isal_zlib.decompressobj(_GZIP)
    while not unpacker.eof:
        wanted = stated - file.tell()  # not past its end, if that is known
        block = file.read(min(wanted, _BLOCK) if wanted > 0 else _BLOCK)
        if not block:
            return b"", 0
        part = unpacker.decompress(block)
        length += len(part)
        if length <= LARGEST_MEMBER:
            parts.append(part)
        elif start == 0:
            raise LargeMemberError
    return b"".join(parts), file.tell() - len(unpacker.unused_data)


def _is_half(file: BinaryIO, start: int, size: int, damage: str) -> bool:
    """Return True if an interrupted write explains the bytes from *start* on.

    A member of full length was written whole, and damaged since.
    """
    if stated := _stated_end(file, start):
        return stated > size
    file.seek(start)
    return damage == _CUT or not file.read(_HEAD.size).strip(b"\0")


def _next_start(file: BinaryIO, start: int, size: int) -> int:
    """Return the start of the first record from *start* on, *size* if there is none."""
    while start < size:
        file.seek(start)
        block = file.read(_SEARCHED + len(_START) - 1)
        for found in re.finditer(re.escape(_START), block):
            if _beginning(file, start + found.start(), len(_RECORD)) == _RECORD:
                return start + found.start()
        start += _SEARCHED
    return size


def _beginning(file: BinaryIO, start: int, size: int = 4096) -> bytes:
    """Return up to *size* bytes of the member at *start*, as far as it can be unpacked."""
    file.seek(start)
    unpacker = zlib.decompressobj(_GZIP)
    content = b""
    try:
        # In small steps, since the output of a failing step is lost.
        while len(content) < size and (block := file.read(_STEP)):
            content += unpacker.decompress(block, size)
            if file.tell() > start + _HEAD.size + _MOST_PADDING + _BLOCK:
                break
    except zlib.error:
        pass
    return content[:size]


def _size(file: BinaryIO) -> int:
    return file.seek(0, io.SEEK_END)


def pack(record: bytes, *, padding: int | None = None) -> bytes:
    """Return *record* as a member whose header has *padding* unused bytes."""
    packed = igzip_lib.compress(record, LEVEL, igzip_lib.COMP_DEFLATE)
    return _member(record, packed, padding)


def _member(record: bytes, packed: bytes, padding: int | None) -> bytes:
    extra = _LENGTHS.pack(b"sl", 8, len(packed), len(record) % 2**32)
    if padding is not None:
        extra += _FIELD.pack(b"pa", padding) + bytes(padding)
    head = _HEAD.pack(_MAGIC, _DEFLATE, _HAS_EXTRA, 0, 0, _UNIX, len(extra))
    tail = _TAIL.pack(isal_zlib.crc32(record), len(record) % 2**32)
    return b"".join((head, extra, packed, tail))


def filler(length: int, record: bytes) -> bytes:
    """Return a member of *length* bytes that holds the short *record* and spaces.

    Raises ValueError if *length* is less than *record* takes.
    """
    empty = len(pack(record, padding=0))
    if empty <= length <= empty + _MOST_PADDING:
        return pack(record, padding=length - empty)
    if length < empty:
        raise ValueError(f"{length} bytes hold no member of {empty}")
    # Readers skip white space after a record; at level 0 it keeps its size.
    spaces = b"\r\n" * ((length - _MOST_PADDING // 2) // 2)
    stored = _stored(record + spaces)
    padding = length - len(_member(record + spaces, stored, 0))
    return _member(record + spaces, stored, padding)


def _stored(record: bytes) -> bytes:
    packer = zlib.compressobj(0, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(record) + packer.flush()


def end_of_sound(file: BinaryIO, start: int = 0) -> int:
    """Return the start of an incomplete last member, else the size of *file*.

    Members from *start* on are skipped by the length that they state; if that leads to no
    member, they are read. A damaged member is not incomplete. Raises OSError.
    """
    size = _size(file)
    last = end = start
    while last < size and (after := _stated_end(file, end)) and after <= size:
        last, end = end, after
    rest = iter_members(file, last)
    return next((member.start for member in rest if member.is_half), size)


def _stated_end(file: BinaryIO, start: int) -> int:
    """Return the end that the member at *start* states, 0 if it states none."""
    file.seek(start)
    head = file.read(_HEAD.size + _LENGTHS.size)
    if len(head) < _HEAD.size + _LENGTHS.size or not head.startswith(_OURS):
        return 0
    extra = _HEAD.unpack_from(head)[-1]
    name, _, packed, _ = _LENGTHS.unpack_from(head, _HEAD.size)
    return int(start + _HEAD.size + extra + packed + _TAIL.size) if name == b"sl" else 0
