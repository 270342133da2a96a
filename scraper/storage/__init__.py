"""Articles, site models and the frontier in SQL, through SQLAlchemy.

:func:`open_store` opens or makes a store; everything else happens on the
:class:`Store` it returns. Only :class:`~scraper.errors.StorageError` is raised.
"""

from __future__ import annotations

from scraper.storage.backups import back_up, restore, upgrade
from scraper.storage.copying import copy_store
from scraper.storage.forgetting import Forgotten, forgotten_id
from scraper.storage.frontier import Wanted
from scraper.storage.jobs import Jobs, StoredRun
from scraper.storage.models import Models
from scraper.storage.opening import open_read_only, open_store, stored_model
from scraper.storage.records import Hit, Outcome, Query, StoredModel
from scraper.storage.store import Store
from scraper.storage.visits import (
    Address,
    AddressKind,
    Lease,
    Result,
    Settled,
    Visit,
)

__all__ = [
    "Address",
    "AddressKind",
    "Forgotten",
    "Hit",
    "Jobs",
    "Lease",
    "Models",
    "Outcome",
    "Query",
    "Result",
    "Settled",
    "Store",
    "StoredModel",
    "StoredRun",
    "Visit",
    "Wanted",
    "back_up",
    "copy_store",
    "forgotten_id",
    "open_read_only",
    "open_store",
    "restore",
    "stored_model",
    "upgrade",
]
