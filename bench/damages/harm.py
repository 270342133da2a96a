"""One case of damage: where, of what kind, and which rows and records it touches."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.archive.folder import archive_files, read_file
from scraper.storage.wal import FRAME, HEADER, index_of, log_of, read_log

if TYPE_CHECKING:
    from pathlib import Path

    from bench.damages.places import Places

PLACES = ("database", "WAL", "WARC", "model")
_SHARES = (45, 20, 20, 15)
_CUTS = 0.2
"""Share of the cases in which a file is cut instead of bits flipped."""
MOST_BITS = 60


@dataclass(slots=True)
class Harm:
    """*pages* of the database, and *records* of the archive, have damaged bytes."""

    place: str
    kind: str
    bits: int = 0
    pages: set[int] = field(default_factory=set)
    records: set[str] = field(default_factory=set)


def draw(seed: int, number: int) -> tuple[random.Random, Harm]:
    """Return what case *number* is to be."""
    chance = random.Random(f"{seed} {number}")
    (place,) = chance.choices(PLACES, _SHARES)
    kind = "cut" if chance.random() < _CUTS else "bits"
    bits = 0 if kind == "cut" else chance.choice((1, chance.randint(1, MOST_BITS)))
    return chance, Harm(place, kind, bits)


def do(harm: Harm, folder: Path, places: Places, chance: random.Random) -> None:
    """Damage what is in *folder*, and note in *harm* what is touched."""
    match harm.place:
        case "database":
            size = places.page_size
            at, end = _damage(folder / "articles.db", harm, chance)
            harm.pages = {byte // size + 1 for byte in at}
            harm.pages |= set(range(end // size + 1, max(_pages(places)) + 1))
        case "WAL":
            _damage_log(harm, folder, places, chance)
        case "WARC":
            _damage_archive(harm, folder, chance)
        case _:
            _damage_model(harm, folder / "articles.db", chance)


def _pages(places: Places) -> set[int]:
    return places.ways.union(*places.rows.values())


def _damage(file: Path, harm: Harm, chance: random.Random) -> tuple[set[int], int]:
    """Return the bytes that were changed, and the size afterwards."""
    content = bytearray(file.read_bytes())
    changed = set()
    if harm.kind == "cut":
        content = content[: chance.randrange(1, len(content))]
    for _ in range(harm.bits):
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
        changed.add(at)
    file.write_bytes(content)
    return changed, len(content)


def _damage_log(
    harm: Harm, folder: Path, places: Places, chance: random.Random
) -> None:
    """Count a page as damaged if its frame is cut off or has a changed byte.

    Not every one can be corrected. An incomplete transaction does not count.
    """
    database = folder / "articles.db"
    frames = read_log(log_of(database), database, index_of(database)).frames
    at, end = _damage(log_of(database), harm, chance)
    length = FRAME + places.page_size
    hits = [sum(f.start <= byte < f.start + length for byte in at) for f in frames]
    kept = [n for n, f in enumerate(frames, 1) if f.size and f.start + length <= end]
    whole = max(kept, default=0)
    harm.pages = {f.page for n, f in enumerate(frames) if hits[n] or n >= whole}
    if any(byte < HEADER for byte in at) and whole == len(frames):
        harm.pages |= {frames[0].page}


def _damage_archive(harm: Harm, folder: Path, chance: random.Random) -> None:
    file = chance.choice(archive_files(folder / "archive"))
    starts = [*read_file(file).starts, file.stat().st_size]
    at, end = _damage(file, harm, chance)
    for start, after in pairwise(starts):
        if after > end or any(start <= byte < after for byte in at):
            harm.records.add(f"{file.name}#{start}")


def _damage_model(harm: Harm, database: Path, chance: random.Random) -> None:
    """Change the record of a model as a program would that writes into its row."""
    with closing(sqlite3.connect(database)) as connection:
        connection.text_factory = bytes
        rows = connection.execute("SELECT position, record FROM models").fetchall()
        position, record = chance.choice(rows)
        content = damaged_text(record, harm, chance)
        update = "UPDATE models SET record = CAST(? AS TEXT) WHERE position = ?"
        connection.execute(update, (content, position))
        connection.commit()


def damaged_text(text: bytes, harm: Harm, chance: random.Random) -> bytes:
    content = bytearray(text)
    if harm.kind == "cut":
        return bytes(content[: chance.randrange(len(content))])
    for _ in range(harm.bits):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)
