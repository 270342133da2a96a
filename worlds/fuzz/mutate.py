"""Mutations of bytes that know a little of markup: the same ones for the same number."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKENS = (
    *(b"<", b">", b"</p>", b"<p>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml ?>"),
    *(
        b"&#x110000;",
        b"&amp;",
        b"&nbsp;",
        b"&#0;",
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
    ),
    *(b'"', b"'", b"{", b"}", b"[", b"]", b":", b",", b"null", b"1e999", b"-0", b"NaN"),
    *(b"9" * 30, b"2026-13-45T99:99:99+99:99", b"0000-00-00", b"\r\n", b"\t" * 50),
    *(b"<table>", b"<td>", b"<svg>", b"<template>", b"<base href='//['>", b"http://["),
    *(
        "đ".encode(),
        "ợ̣".encode(),
        "\u202e".encode(),
        "\U000e0001".encode(),
        b"<a href=",
    ),
)


def mutate(seeds: Sequence[bytes], number: int, longest: int) -> bytes:
    """Return the input of *number*: a seed with one to eight changes, cut to *longest*."""
    chance = Random(number)
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(data) + 1)
        size = min(chance.choice((1, 2, 8, 40, 200)), len(data) - at)
        match chance.randrange(6):
            case 0:
                del data[at : at + size]
            case 1:
                data[at:at] = chance.choice(TOKENS)
            case 2:
                data[at : at + size] = chance.choice(TOKENS)
            case 3:
                data[at:at] = data[at : at + size] * chance.choice((1, 2, 30))
            case 4 if data:
                data[at % len(data)] = chance.randrange(256)
            case _:
                other = chance.choice(seeds)
                start = chance.randrange(len(other) + 1)
                data[at:at] = other[start : start + size]
    return bytes(data[:longest])
