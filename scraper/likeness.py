"""Decide whether two texts are near-duplicates, from sketches of a few hundred bytes.

A shingle is a window of SHINGLE syllables; a text's sketch holds the low bytes of a
MinHash signature of its shingles (Broder 1997, Li and König 2010: one byte is nearly as
good as all), their number, and keys: two texts with a common key are worth comparing.
docs/performance.md, Near-duplicates, gives the reasons for the numbers.
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
"""Syllables; with fewer, two bulletins of one template would share most shingles."""
SHORTEST_SKETCHED = 30
"""The fewest syllables of a text with a sketch."""
NEAR_DUPLICATE = 0.55
"""Share of the shorter text's shingles that a near-duplicate has in common with its original."""
NEAR_DUPLICATE_AT_HOME = 0.8
"""The same for two texts of one site, where series of bulletins are more likely."""
_BY_CHANCE = 0.15
"""Share of the shingles of both texts below which they may be alike by chance."""
SLOTS = 256
"""Values of a signature."""
KEYS = 16
"""Keys of a sketch: with two values a key, 94 % of the pairs that share two fifths have a
common key."""
KEY_BITS = 31
_SEED = 1
_MOST_RUNS = 30_000
"""Some 5 MB."""


class Sketch(NamedTuple):
    """*shingles* is the number of different shingles; *signature* has SLOTS bytes.

    *keys* are KEYS numbers of KEY_BITS, each from two values of the signature.
    """

    shingles: int
    signature: bytes
    keys: tuple[int, ...]


class _Syllables(dict[str, bytes]):
    """Cache of the words of each run between white space, as bytes."""

    def __missing__(self, run: str) -> bytes:
        if len(self) >= _MOST_RUNS:
            self.clear()
        said = " ".join(words(compare_key(run)))
        self[run] = syllable = f"{said} ".encode() if said else b""
        return syllable


_SYLLABLES = _Syllables()


def sketch_of(text: str, *, shingle: int = SHINGLE) -> Sketch | None:
    """Return the sketch of *text*, None if it is too short for near-duplicates.

    Case, punctuation, the form of Unicode and the place of the tone mark are ignored
    ("hoà" equals "hòa"); the marks themselves are not ("hoa" is another word). A text
    that repeats a few words counts as short.
    """
    shingles = _shingles(text, shingle)
    if len(shingles) <= SHORTEST_SKETCHED - shingle:
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

    An estimate with a standard error of some .03. 0 if one text is so much longer that
    the shorter one makes no difference: see _BY_CHANCE.
    """
    equal: float = sum(map(eq, one.signature, two.signature)) / SLOTS
    likeness = (equal - 1 / 256) / (1 - 1 / 256)  # some bytes are equal by chance
    if likeness < _BY_CHANCE:
        return 0.0
    common: float = likeness / (1 + likeness) * (one.shingles + two.shingles)
    return min(1.0, common / min(one.shingles, two.shingles))


def is_near_duplicate(one: Sketch, two: Sketch, *, one_site: bool) -> bool:
    """Return True if most of the shorter text is in the longer one."""
    return shared(one, two) >= (NEAR_DUPLICATE_AT_HOME if one_site else NEAR_DUPLICATE)


def _shingles(text: str, length: int) -> set[bytes]:
    syllables = list(filter(None, map(_SYLLABLES.__getitem__, text.split())))
    joined, at = b"".join(syllables), list(accumulate(map(len, syllables), initial=0))
    return {joined[start:end] for start, end in zip(at, at[length:], strict=False)}
