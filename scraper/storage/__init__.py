"""Articles in SQL, through SQLAlchemy.

:func:`open_store` opens or makes a store; everything else happens on the
:class:`Store` it returns. Only :class:`~scraper.errors.StorageError` is raised.
"""

from __future__ import annotations

from scraper.storage.opening import open_store
from scraper.storage.records import Hit, Outcome, Query
from scraper.storage.store import Store

__all__ = ["Hit", "Outcome", "Query", "Store", "open_store"]
