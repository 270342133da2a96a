"""Sketches of texts, their keys, and which articles are copies of each other.

The articles that are there are sketched and put together too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op

from scraper.storage import copies
from scraper.storage.rows import UNREADABLE, to_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.items import Article

revision = "0006"
down_revision = "0005"

_CHUNK = 500


def upgrade() -> None:
    op.create_table(
        "sketches",
        _position(),
        sa.Column("moment", sa.BigInteger, nullable=False),
        sa.Column("shingles", sa.Integer, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.Column("keys", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "sketch_keys",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "copies",
        _position(),
        sa.Column("cluster", sa.Integer, nullable=False),
    )
    op.create_index("copies_cluster", "copies", ["cluster"])
    for articles in _old_articles():
        copies.place(op.get_bind(), articles)


def _position() -> sa.Column[int]:
    return sa.Column(
        "position",
        sa.Integer,
        sa.ForeignKey("articles.position", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


def _old_articles() -> Iterator[dict[int, Article]]:
    """Yield articles by position, so many at a time that memory stays flat."""
    texts = sa.table("texts", sa.column("position"), sa.column("record"))
    after = -1
    select = sa.select(texts).order_by(texts.c.position).limit(_CHUNK)
    while rows := op.get_bind().execute(select.where(texts.c.position > after)).all():
        yield dict(_readable(rows))
        after = rows[-1].position


def _readable(rows: Sequence[sa.Row[Any]]) -> Iterator[tuple[int, Article]]:
    for row in rows:
        try:
            yield row.position, to_article(row.record)
        except UNREADABLE:
            continue
