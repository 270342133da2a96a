"""What a text shares with another one, from two sketches of a few hundred bytes.

A shingle is a window of SHINGLE syllables; a text's sketch holds the low bytes of a
MinHash signature of its shingles (Broder 1997, Li and König 2010: one byte is nearly as
good as all), their number, and keys: two texts that share one are worth comparing. Why
these numbers: docs/performance.md, Near-duplicates.
"""

from __future__ import annotations

import zlib
from itertools import accumulate
from operator import eq
from struct import pack
from typing import NamedTuple

from rensa import RMinHash

from scraper.text import compare_key, words

SHINGLE = 8
"""Syllables: fewer, and two bulletins of one template share most of them."""
SHORTEST = 30
"""Syllables of the shortest text that has a sketch."""
ENOUGH = 0.55
"""Share of the shorter text's shingles that a near-duplicate has in common with its original."""
ENOUGH_AT_HOME = 0.8
"""The same of two texts of one site: there a series of bulletins is likelier."""
LEAST = 0.15
"""Share of all shingles of two texts below which chance alone may make them alike."""
SLOTS = 256
KEYS = 16
"""With two values a key, 94 % of the pairs that share two fifths of all meet."""

KEY_BITS = 31

_SEED = 1


class Sketch(NamedTuple):
    """*shingles* is how many different ones there are; *signature* has SLOTS bytes.

    *keys* are KEYS numbers of KEY_BITS, each of two of the signature's values.
    """

    shingles: int
    signature: bytes
    keys: tuple[int, ...]


class _Syllables(dict[str, bytes]):
    """The words of each run between white space, as bytes: texts share most of them."""

    def __missing__(self, run: str) -> bytes:
        if len(self) >= _MOST_RUNS:
            self.clear()
        said = " ".join(words(compare_key(run)))
        self[run] = syllable = f"{said} ".encode() if said else b""
        return syllable


_SYLLABLES = _Syllables()
_MOST_RUNS = 30_000
"""Some 5 MB."""


def sketch_of(text: str, *, shingle: int = SHINGLE) -> Sketch | None:
    """Return the sketch of *text*; None where it is too short to tell near-duplicates.

    Case, points, the form of Unicode and the place of the tone mark do not count
    ("hoà" is "hòa"); the marks themselves do ("hoa" is another word). A text that says
    the same few words again and again is short.
    """
    shingles = _shingles(text, shingle)
    if len(shingles) <= SHORTEST - shingle:
        return None
    hashed = RMinHash(SLOTS, _SEED)
    hashed.update(list(shingles))
    # Little-endian, so that a store can move to another machine.
    values = pack(f"<{SLOTS}I", *hashed.digest())
    keys = (
        zlib.crc32(values[8 * n : 8 * n + 8], n) >> 32 - KEY_BITS for n in range(KEYS)
    )
    return Sketch(len(shingles), values[::4], tuple(keys))


def shared(one: Sketch, two: Sketch) -> float:
    """Return the share (0-1) of the shorter text's shingles that both have.

    An estimate; its standard error is some .03. 0 where one text is so much longer
    that the shorter one is lost in it: see LEAST.
    """
    equal: float = sum(map(eq, one.signature, two.signature)) / SLOTS
    likeness = (equal - 1 / 256) / (1 - 1 / 256)  # some bytes are equal by chance
    if likeness < LEAST:
        return 0.0
    common: float = likeness / (1 + likeness) * (one.shingles + two.shingles)
    return min(1.0, common / min(one.shingles, two.shingles))


def is_near_duplicate(one: Sketch, two: Sketch, *, one_site: bool) -> bool:
    """Tell whether the shorter text is mostly in the longer one."""
    return shared(one, two) >= (ENOUGH_AT_HOME if one_site else ENOUGH)


def _shingles(text: str, length: int) -> set[bytes]:
    syllables = list(filter(None, map(_SYLLABLES.__getitem__, text.split())))
    joined, at = b"".join(syllables), list(accumulate(map(len, syllables), initial=0))
    return {joined[start:end] for start, end in zip(at, at[length:], strict=False)}
