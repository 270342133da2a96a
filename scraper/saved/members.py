"""The compressed members that an archive file is made of, one for each record.

A member is gzip (RFC 1952) whose header states its length (the subfield "sl" of the WARC
standard, annex D): the last one of a large file is found without unpacking it, and a
member can be taken out in place, so that no other one moves.
"""

from __future__ import annotations

import os
import struct
import zlib
from typing import TYPE_CHECKING

from isal import igzip_lib, isal_zlib

if TYPE_CHECKING:
    from typing import BinaryIO

LEVEL = 1
"""Of ISA-L: the size that zlib reaches at its first level, in a tenth of the time."""

_HEAD = struct.Struct("<2sBBIBBH")
_MAGIC, _DEFLATE, _HAS_EXTRA, _UNIX = b"\x1f\x8b", 8, 4, 255
_FIELD = struct.Struct("<2sH")
_LENGTHS = struct.Struct("<2sHII")
_TAIL = struct.Struct("<II")
_MOST_PADDING = 2**16 - 1 - _LENGTHS.size - _FIELD.size
_BLOCK = 16 * 1024


def pack(record: bytes, *, padding: int | None = None) -> bytes:
    """Return *record* as a member; *padding* bytes of its header say nothing."""
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

    Raises ValueError where *length* is less than *record* takes.
    """
    empty = len(pack(record, padding=0))
    if empty <= length <= empty + _MOST_PADDING:
        return pack(record, padding=length - empty)
    if length < empty:
        raise ValueError(f"{length} bytes hold no member of {empty}")
    # White space after a record is passed over; at level 0 it keeps its size.
    spaces = b"\r\n" * ((length - _MOST_PADDING // 2) // 2)
    stored = _stored(record + spaces)
    padding = length - len(_member(record + spaces, stored, 0))
    return _member(record + spaces, stored, padding)


def _stored(record: bytes) -> bytes:
    packer = zlib.compressobj(0, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(record) + packer.flush()


def end_of_sound(file: BinaryIO, start: int = 0) -> int:
    """Return where the last whole member of *file* ends, of those from *start* on.

    Members are passed over by the length that they state; the last one, which a crash
    may have cut, is unpacked. Raises OSError.
    """
    size = os.fstat(file.fileno()).st_size
    last = end = start
    while (after := stated_end(file, end)) and after <= size:
        last, end = end, after
    if last < end and _unpacked_end(file, last) != end:
        return last
    return end


def end_of(file: BinaryIO, start: int) -> int:
    """Return where the member at *start* ends; raises ValueError where none is whole."""
    end = stated_end(file, start)
    if not end or _unpacked_end(file, start) != end:
        raise ValueError(f"no whole record at {start}")
    return end


def stated_end(file: BinaryIO, start: int) -> int:
    """Return where the member at *start* says that it ends; 0 where there is none."""
    file.seek(start)
    head = file.read(_HEAD.size + _LENGTHS.size)
    if len(head) < _HEAD.size + _LENGTHS.size or not head.startswith(_MAGIC):
        return 0
    extra = _HEAD.unpack_from(head)[-1]
    name, _, packed, _ = _LENGTHS.unpack_from(head, _HEAD.size)
    if name != b"sl" or not head[3] & _HAS_EXTRA:
        return _unpacked_end(file, start)
    return int(start + _HEAD.size + extra + packed + _TAIL.size)


def _unpacked_end(file: BinaryIO, start: int) -> int:
    """Return where the member at *start* ends by its content; 0 where it is damaged."""
    file.seek(start)
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while not unpacker.eof:
            block = file.read(_BLOCK)
            if not block:
                return 0
            unpacker.decompress(block)
    except zlib.error:
        return 0
    return file.tell() - len(unpacker.unused_data)
