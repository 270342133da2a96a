"""The tables of the first release, which :func:`scraper.storage.migrate.upgrade` creates.

The next step stands beside this file: ``v0012_….py`` with its number in ``revision`` and
this one's in ``down_revision``. It says by ``alembic.op`` what it changes; ``tables.py`` and
``migrate.HEAD`` say what comes of it.
"""

from __future__ import annotations

revision = "0011"
down_revision = None


def upgrade() -> None:
    """Change nothing: no store is older."""
