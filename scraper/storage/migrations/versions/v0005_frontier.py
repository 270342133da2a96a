"""The frontier of every job, and its runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _create_frontier()
    op.create_table(
        "runs",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("job", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        _moment("started_at"),
        _moment("seen_at"),
        _moment("ended_at", nullable=True),
        sa.Column("record", sa.Text, nullable=False),
    )
    op.create_index("runs_of_job", "runs", ["job", "position"])


def _create_frontier() -> None:
    op.create_table(
        "frontier",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("key", sa.BigInteger, nullable=False, unique=True),
        *_texts("job", "url", "kind", "section"),
        sa.Column("page", sa.Integer, nullable=False),
        _moment("listed_at", nullable=True),
        sa.Column("dated", sa.Boolean, nullable=False),
        _moment("changed_at", nullable=True),
        sa.Column("announcer", sa.Integer),
        sa.Column("rank", sa.BigInteger, nullable=False),
        _moment("first_seen"),
        _moment("last_seen"),
        _moment("visited_at", nullable=True),
        _moment("due_at", nullable=True),
        sa.Column("lessee", sa.Integer),
        sa.Column("interval", sa.Integer),
        *_numbers("tries", "changes"),
        *_texts("result", "reason", "etag", "last_modified"),
        sa.Column("content_hash", sa.String(16), nullable=False),
        *_numbers("told", "proved"),
    )
    op.create_index(
        "frontier_first",
        "frontier",
        ["job", "rank"],
        sqlite_where=sa.text("visited_at IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index(
        "frontier_again",
        "frontier",
        ["job", "due_at"],
        sqlite_where=sa.text("visited_at IS NOT NULL AND due_at IS NOT NULL"),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
