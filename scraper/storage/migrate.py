"""Tables are created or migrated when a store is opened: all steps or none."""

from __future__ import annotations

import secrets
from pathlib import Path

import sqlalchemy as sa

from scraper.errors import StorageError
from scraper.storage.databases import DamagedStoreError, database_of, writing
from scraper.storage.tables import metadata

FIRST = "0011"
"""The oldest revision that can be upgraded; earlier ones were never released."""
HEAD = "0011"
"""The newest revision this version knows; revisions are numbered upwards."""
MIGRATIONS = Path(__file__).with_name("migrations")
"""The steps from FIRST to HEAD."""

VERSION_TABLE = "tinsach_version"
COPYING = "copying"
"""The version of a store into which another one is being copied."""

_VERSION = sa.Table(
    VERSION_TABLE,
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)
"""The table as Alembic makes it."""

IDENTITY_TABLE = "tinsach_identity"
IDENTITY = sa.Table(
    IDENTITY_TABLE,
    sa.MetaData(),  # not that of the tables that are copied from store to store
    sa.Column("token", sa.String(32), primary_key=True),
)
"""The token of the store, one row; a SQLite file has a part of it in its header too
(``PRAGMA application_id``). Each copy and each repaired file gets a token of its own."""


def upgrade(engine: sa.Engine, *, name: str, create: bool) -> None:
    """Bring the tables behind *engine* to HEAD.

    An empty database gets them only with *create*. Raises StorageError for tables of
    a newer version or another program, before anything is written.
    """
    with engine.connect() as connection:
        if _is_current(connection, name=name, create=create):
            return
    database_of(engine).prepare(engine)
    with writing(engine) as connection:
        # If another process came first, nothing is left to do.
        if sa.inspect(connection).has_table(VERSION_TABLE):
            _run_steps(connection)
        else:
            _create(connection)
    database_of(engine).flush(engine)


def checked_version(engine: sa.Engine, *, name: str) -> str:
    """Return the revision of the tables behind *engine*.

    Raises StorageError if there are none, or they are of another program.
    """
    with engine.connect() as connection:
        _is_current(connection, name=name, create=False)
        return version_of(connection, name)


def is_half_copied(engine: sa.Engine) -> bool:
    """Return True if a copy into the database behind *engine* was interrupted."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(VERSION_TABLE):
            return False
        return version_of(connection, engine.url.database or "") == COPYING


def _is_current(connection: sa.Connection, *, name: str, create: bool) -> bool:
    tables = sa.inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        found = version_of(connection, name)
        _check_version(found, name)
        return found == HEAD
    _check_empty(connection, tables, name)
    if not create:
        raise StorageError(f"store {name} is empty: a crawl fills it")
    return False


def _check_empty(connection: sa.Connection, tables: list[str], name: str) -> None:
    """Raise StorageError if a database without a version is damaged or not ours."""
    is_ours = len(metadata.tables.keys() & set(tables)) > len(metadata.tables) / 2
    if is_ours and connection.dialect.name == "sqlite":
        raise DamagedStoreError(
            f"store {name} is damaged: it has no table {VERSION_TABLE};"
            " `tinsach doctor --repair` saves what can be read of it"
        )
    if tables:
        raise StorageError(
            f"store {name} is the database of another program"
            f" (it has the table {tables[0]!r}): choose another file"
        )
    if _has_pages(connection):
        raise DamagedStoreError(f"store {name} is damaged: its schema is lost")


def _check_version(found: str, name: str) -> None:
    """Raise StorageError if this version can neither use nor migrate tables of *found*."""
    if found == COPYING:
        raise StorageError(
            f"store {name} is an incomplete copy: `tinsach store copy` resumes it"
        )
    if found.isdigit() and int(found) < int(FIRST):
        raise StorageError(
            f"store {name} was made before the first release (tables {found}, this"
            f" version knows {FIRST} on): crawl into another file, or export it with"
            " the version that made it"
        )
    if not found.isdigit():
        raise DamagedStoreError(f"store {name} is damaged: its version is {found!r}")
    if int(found) > int(HEAD):
        raise StorageError(
            f"store {name} was written by a newer version (tables {found}, this one"
            f" knows {HEAD}): upgrade tinsach, or choose another store"
        )


def is_at_head(connection: sa.Connection) -> bool:
    """Return True if the tables are ours, and of this version."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return False
    select = sa.select(_VERSION.c.version_num)
    return connection.execute(select).scalars().all() == [HEAD]


def _has_pages(connection: sa.Connection) -> bool:
    """Return True for a SQLite file that holds more than an empty schema."""
    if connection.dialect.name != "sqlite":
        return False
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages) > 1


def version_of(connection: sa.Connection, name: str) -> str:
    """Return the revision of the tables; raises DamagedStoreError if there is none."""
    rows = connection.execute(sa.select(_VERSION.c.version_num)).scalars().all()
    if len(rows) != 1 or not rows[0].strip("0"):
        raise DamagedStoreError(
            f"store {name} is damaged: its table {VERSION_TABLE} holds"
            f" {', '.join(map(repr, rows)) or 'nothing'}; restore a copy"
        )
    return str(rows[0])


def write_version(connection: sa.Connection, version: str) -> None:
    connection.execute(sa.update(_VERSION).values(version_num=version))


def _create(connection: sa.Connection) -> None:
    """Create the newest tables from their definitions, which needs no Alembic."""
    database_of(connection).create_tables(connection)
    _VERSION.create(connection, checkfirst=False)
    connection.execute(sa.insert(_VERSION).values(version_num=HEAD))
    _create_identity(connection)


def _create_identity(connection: sa.Connection) -> None:
    """Create the table, and the token of a new store."""
    IDENTITY.create(connection, checkfirst=False)
    token = secrets.token_hex(16)
    connection.execute(sa.insert(IDENTITY).values(token=token))
    database_of(connection).mark(connection, token)


def renew_identity(connection: sa.Connection) -> None:
    """Give a store that was copied from another one a token of its own."""
    token = secrets.token_hex(16)
    connection.execute(sa.update(IDENTITY).values(token=token))
    database_of(connection).mark(connection, token)


def _run_steps(connection: sa.Connection) -> None:
    """Run every step that is left, on *connection* and in its transaction."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    folder = str(MIGRATIONS)
    steps = ScriptDirectory(folder, version_locations=[folder])
    with EnvironmentContext(
        Config(), steps, fn=lambda found, _: steps._upgrade_revs("head", found)
    ) as environment:
        environment.configure(
            connection=connection,
            target_metadata=metadata,
            version_table=VERSION_TABLE,
            transactional_ddl=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
