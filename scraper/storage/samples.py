"""What is kept of some pages of a site, to learn its model again with more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.storage.checksums import SAMPLE, checksum, is_sound
from scraper.storage.rows import encodable
from scraper.storage.tables import samples

if TYPE_CHECKING:
    from collections.abc import Mapping

_columns = samples.c
_TAKE_OUT = sa.delete(samples).where(
    _columns.site == sa.bindparam("of_site"), _columns.key == sa.bindparam("of_key")
)


def load(connection: sa.Connection, site: str) -> dict[str, str]:
    """Return the records of *site* by their keys, smallest key first; no damaged one."""
    wanted = sa.select(samples).where(_columns.site == site)
    rows = connection.execute(wanted.order_by(_columns.key))
    return {row.key: row.record for row in rows if is_sound(row._mapping, SAMPLE)}


def save(
    connection: sa.Connection, site: str, records: Mapping[str, str], *, keep: int
) -> None:
    """Put *records* in, then take out all but the *keep* smallest keys of *site*."""
    chosen = sorted(records)[:keep]  # what is larger would be taken out again
    if chosen:
        connection.execute(_TAKE_OUT, [{"of_site": site, "of_key": k} for k in chosen])
        rows: list[dict[str, Any]] = [
            {"site": site, "key": key, "record": encodable(records[key])}
            for key in chosen
        ]
        rows = [row | {"checksum": checksum(row, SAMPLE)} for row in rows]
        connection.execute(sa.insert(samples), rows)
    of_site = sa.select(_columns.key).where(_columns.site == site)
    too_many = of_site.order_by(_columns.key).limit(1).offset(keep)
    first = connection.execute(too_many).scalar_one_or_none()
    if first is not None:
        over = sa.and_(_columns.site == site, _columns.key >= first)
        connection.execute(sa.delete(samples).where(over))
