"""The driver's errors as ours: one message that names the store and what to do."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from scraper.errors import StorageError
from scraper.storage import sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def storage_errors(name: str) -> Iterator[None]:
    """Raise what the database raises inside as StorageError about the store *name*."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise StorageError(f"store {name} {_reason(error)}") from error


def _reason(error: Exception) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return sqlite.explain(cause) or f"failed: {cause}"
