"""Checksums of rows, by which damage is found that leaves a row readable.

A checksum is the CRC-32 of the values of a row, a plain column beside them. It is computed
here when a row is written, and compared when it is read: no function of ours is needed by
the database. Whoever changes a row by SQL leaves a checksum that does not fit.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zlib import crc32

from scraper.storage.tables import (
    articles,
    details,
    models,
    revisions,
    runs,
    samples,
    texts,
)
from scraper.storage.times import in_utc

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

_BETWEEN = "\x1f"
_NOTHING = "\0"
"""No text of a store holds it."""


class Row(Protocol):
    """Columns by their names: a mapping, or a row of SQLAlchemy as one."""

    def __getitem__(self, name: str, /) -> Any: ...  # noqa: ANN401


def _names(*tables: sa.Table, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    left_out = {"checksum", *but}
    names = (column.name for table in tables for column in table.c)
    return tuple(dict.fromkeys(name for name in names if name not in left_out))


ARTICLE = _names(articles, texts, details, but=("id",))
"""What the checksum of an article covers; its id is a hash of its address."""
REVISION = _names(revisions)
RUN = _names(runs, but=("position", "seen_at"))
"""*seen_at* changes with each batch of a run; of one that has ended it is *ended_at*."""
MODEL = _names(models, but=("position", "pinned"))
SAMPLE = _names(samples)


def checksum(row: Row, names: Iterable[str]) -> int:
    """Return the checksum of the columns *names* of *row*, 32 bits with a sign."""
    values = map(row.__getitem__, names)
    # Most values are texts, and it is computed for each article saved or read.
    said = _BETWEEN.join([v if type(v) is str else _said(v) for v in values])
    return crc32(said.encode("utf-8", "surrogatepass")) - (1 << 31)


def is_sound(row: Row, names: Iterable[str]) -> bool:
    """Return True if *row* is as it was written."""
    found: bool = row["checksum"] == checksum(row, names)
    return found


def _said(value: Any) -> str:  # noqa: ANN401  any value of a column
    if isinstance(value, str):
        return value
    if value is None:
        return _NOTHING
    return in_utc(value).isoformat() if isinstance(value, datetime) else repr(value)
