"""The table of near-duplicates by its name; articles that have no sketch are put together.

Those of a store older than 0006 have none, and short ones, of which none is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from scraper.storage import near_duplicates
from scraper.storage.rows import UNREADABLE, to_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.items import Article

revision = "0008"
down_revision = "0007"

_CHUNK = 500


def upgrade() -> None:
    op.drop_index("copies_cluster", "copies")
    op.rename_table("copies", "near_duplicates")
    op.create_index("near_duplicates_cluster", "near_duplicates", ["cluster"])
    for articles in _old_articles():
        near_duplicates.place(op.get_bind(), articles)


def _old_articles() -> Iterator[dict[int, Article]]:
    """Yield articles by position, so many at a time that memory stays flat."""
    texts = sa.table("texts", sa.column("position"), sa.column("record"))
    after = -1
    sketched = sa.select(sa.table("sketches", sa.column("position")).c.position)
    old = sa.select(texts).where(texts.c.position.not_in(sketched))
    select = old.order_by(texts.c.position).limit(_CHUNK)
    while rows := op.get_bind().execute(select.where(texts.c.position > after)).all():
        yield dict(_readable(rows))
        after = rows[-1].position


def _readable(rows: Sequence[sa.Row[Any]]) -> Iterator[tuple[int, Article]]:
    for row in rows:
        try:
            yield row.position, to_article(row.record)
        except UNREADABLE:
            continue
