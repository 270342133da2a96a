"""What a server sends, step by step: bytes, seconds of silence, or the line cut."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RESET = "reset"
"""The step that ends a connection without a word (TCP RST)."""
SILENCE = 600.0
Step = bytes | float | str

HTML = "text/html; charset=utf-8"


def head(status: str = "200 OK", content_type: str = HTML, **fields: object) -> bytes:
    """Return a response's head; ``content_length=5`` becomes ``Content-Length: 5``."""
    lines = [f"HTTP/1.1 {status}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def whole(body: bytes, content_type: str = HTML, **fields: object) -> Iterator[Step]:
    """Yield a response as it should be."""
    length = fields.pop("content_length", len(body))
    yield head("200 OK", content_type, content_length=length, **fields)
    yield body


def bare(status: str, **fields: object) -> Iterator[Step]:
    yield head(status, "", content_length=0, **fields)


def moved(target: str) -> Iterator[Step]:
    return bare("302 Found", location=target)


def drip(data: bytes, pause: float = 0.2) -> Iterator[Step]:
    """Yield *data* byte by byte."""
    for byte in data:
        yield bytes([byte])
        yield pause


def chunked(*chunks: bytes) -> Iterator[Step]:
    """Yield a head that promises chunks, then *chunks* as they are."""
    yield head(transfer_encoding="chunked")
    yield from chunks


def endless(start: bytes, piece: bytes) -> Iterator[Step]:
    """Yield *start*, then *piece* for ever: the server bounds what it sends."""
    yield start
    yield from repeat(piece)


def then(*steps: Step | Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if isinstance(step, (bytes, float, str)):
            yield step
        else:
            yield from step
