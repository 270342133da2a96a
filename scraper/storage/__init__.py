"""Articles and site models in SQL, through SQLAlchemy.

:func:`open_store` opens or makes a store; everything else happens on the
:class:`Store` it returns. Only :class:`~scraper.errors.StorageError` is raised.
"""

from __future__ import annotations

from scraper.storage.models import Models
from scraper.storage.opening import open_store, stored_model
from scraper.storage.records import Hit, Outcome, Query, StoredModel
from scraper.storage.store import Store

__all__ = [
    "Hit",
    "Models",
    "Outcome",
    "Query",
    "Store",
    "StoredModel",
    "open_store",
    "stored_model",
]
