"""The host that a run asks: one run at a time does so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("runs", sa.Column("host", sa.Text, nullable=False, server_default=""))
