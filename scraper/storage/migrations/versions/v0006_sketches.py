"""Sketches of texts, their keys, and which articles are near-duplicates of each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


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


def _position() -> sa.Column[int]:
    return sa.Column(
        "position",
        sa.Integer,
        sa.ForeignKey("articles.position", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
