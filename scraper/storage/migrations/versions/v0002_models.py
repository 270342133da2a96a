"""Site models, all their versions, and the samples they are learned from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "models",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.UniqueConstraint("site", "version"),
    )
    op.create_table(
        "samples",
        sa.Column("site", sa.Text, primary_key=True),
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("record", sa.Text, nullable=False),
    )
