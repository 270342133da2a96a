"""What Alembic runs: the steps, on the connection it was handed, in its transaction.

The connection comes in ``config.attributes``; there is no alembic.ini, and logging
is left as it is.
"""

from __future__ import annotations

from alembic import context

from scraper.storage.migrate import VERSION_TABLE
from scraper.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
