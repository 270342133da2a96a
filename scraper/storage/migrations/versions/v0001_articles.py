"""Articles, the addresses they were found at, and their full text index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ADD = """INSERT INTO articles_fts(rowid, title_folded, text_folded)
    VALUES (new.position, new.title_folded, new.text_folded);"""
_TAKE_OUT = """INSERT INTO articles_fts(articles_fts, rowid, title_folded, text_folded)
    VALUES ('delete', old.position, old.title_folded, old.text_folded);"""
_FULL_TEXT = (
    """CREATE VIRTUAL TABLE articles_fts USING fts5(
    title_folded, text_folded,
    content='texts', content_rowid='position', tokenize='ascii')""",
    f"""CREATE TRIGGER articles_fts_insert
    AFTER INSERT ON texts
    BEGIN {_ADD} END""",
    f"""CREATE TRIGGER articles_fts_delete
    AFTER DELETE ON texts
    BEGIN {_TAKE_OUT} END""",
    f"""CREATE TRIGGER articles_fts_update
    AFTER UPDATE OF title_folded, text_folded ON texts
    BEGIN {_TAKE_OUT} {_ADD} END""",
)


def upgrade() -> None:
    _create_articles()
    _create_texts()
    _create_addresses()
    for statement in _FULL_TEXT:
        op.execute(statement)


def _create_articles() -> None:
    op.create_table(
        "articles",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("id", sa.String(16), nullable=False, unique=True),
        sa.Column("canonical_url", sa.Text, nullable=False, unique=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("section", sa.Text, nullable=False),
        sa.Column("section_folded", sa.Text, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("fetched_at", sa.DateTime(timezone=True)),
        sa.Column("content_fingerprint", sa.String(16), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "articles_newest", "articles", [sa.text("published_at DESC"), "position"]
    )
    op.create_index("articles_fingerprint", "articles", ["content_fingerprint"])


def _create_texts() -> None:
    op.create_table(
        "texts",
        sa.Column(
            "position",
            sa.Integer,
            sa.ForeignKey("articles.position", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("title_folded", sa.Text, nullable=False),
        sa.Column("text_folded", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )


def _create_addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("url", sa.Text, primary_key=True),
        sa.Column(
            "position",
            sa.Integer,
            sa.ForeignKey("articles.position", ondelete="CASCADE"),
            nullable=False,
        ),
    )
    op.create_index("addresses_position", "addresses", ["position"])
