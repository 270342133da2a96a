"""The number of each article's last change; what was stored before has its position."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    change = sa.Column("change", sa.BigInteger, nullable=False, server_default="0")
    op.add_column("articles", change)
    op.execute("UPDATE articles SET change = position")
    op.create_index("articles_change", "articles", ["change"])
