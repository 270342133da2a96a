"""Whether a row is as it was written, for each table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scraper.items import id_of
from scraper.storage import checksums
from scraper.storage.frontier import is_sound as is_sound_address
from scraper.storage.rows import DamagedRow, stored_article_of
from scraper.storage.tables import (
    articles,
    forgotten,
    frontier,
    models,
    revisions,
    runs,
    samples,
)
from scraper.storage.times import UNREADABLE

if TYPE_CHECKING:
    import sqlalchemy as sa

    from scraper.items import Article
    from scraper.storage.checksums import Row

_BY_CHECKSUM = {
    revisions: checksums.REVISION,
    runs: checksums.RUN,
    models: checksums.MODEL,
    samples: checksums.SAMPLE,
}
_HASH = re.compile(r"[0-9a-f]{16}")


def is_sound_row(table: sa.Table, row: Row) -> bool:
    """Return True if *row* of *table* is as it was written, as far as it says.

    A checksum says it of most. The key of an address is its hash, as is the id of an
    article. Of what is left, the shape must fit.
    """
    if table is runs and row["ended_at"] not in (None, row["seen_at"]):
        return False
    if names := _BY_CHECKSUM.get(table):
        return checksums.is_sound(row, names)
    if table is frontier:
        return is_sound_address(row)
    if table is articles:
        return bool(row["id"] == id_of(row["canonical_url"]))
    if table is forgotten:
        is_hash = _HASH.fullmatch(str(row["id"])) is not None
        return is_hash and row["forgotten_at"] != UNREADABLE
    return True


def sound_article(row: Row) -> Article | None:
    """Return the article of the columns STORED; None if one of its rows is damaged."""
    try:
        article = stored_article_of(row)
    except DamagedRow:
        return None
    return article if row["id"] == article.id else None
