"""A version of tomorrow, whose stores have one more step behind them."""

from __future__ import annotations

import shutil

from scraper.storage import migrate

NEXT = "0012"


def add_step(monkeypatch, folder, *statements) -> None:
    """Let this version be the next one, whose step runs *statements*."""
    migrations = folder / "migrations"
    shutil.copytree(migrate.MIGRATIONS, migrations)
    step = [
        "from alembic import op",
        f"revision = {NEXT!r}",
        f"down_revision = {migrate.HEAD!r}",
        "def upgrade():",
        *(f"    op.execute({statement!r})" for statement in statements),
    ]
    (migrations / "next.py").write_text("\n".join(step))
    monkeypatch.setattr(migrate, "MIGRATIONS", migrations)
    monkeypatch.setattr(migrate, "HEAD", NEXT)
