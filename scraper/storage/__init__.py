"""Articles, site models and the frontier in SQL, through SQLAlchemy.

The names below are loaded at first use: an :class:`Address` needs no SQLAlchemy.
:func:`open_store` opens or creates a store; everything else is a method of the
:class:`Store` that it returns. Only :class:`~scraper.errors.StorageError` is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.storage.backups import back_up, copy_store, restore, upgrade
    from scraper.storage.finding import Forgotten, Hit, Query, forgotten_id
    from scraper.storage.frontier import Wanted
    from scraper.storage.jobs import Jobs, StoredRun
    from scraper.storage.models import Models
    from scraper.storage.opening import open_read_only, open_store, stored_model
    from scraper.storage.store import Store
    from scraper.storage.visits import (
        Address,
        AddressKind,
        Lease,
        Outcome,
        Result,
        Settled,
        StoredModel,
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

_HOMES = {
    "Address": "scraper.storage.visits",
    "AddressKind": "scraper.storage.visits",
    "Forgotten": "scraper.storage.finding",
    "Hit": "scraper.storage.finding",
    "Jobs": "scraper.storage.jobs",
    "Lease": "scraper.storage.visits",
    "Models": "scraper.storage.models",
    "Outcome": "scraper.storage.visits",
    "Query": "scraper.storage.finding",
    "Result": "scraper.storage.visits",
    "Settled": "scraper.storage.visits",
    "Store": "scraper.storage.store",
    "StoredModel": "scraper.storage.visits",
    "StoredRun": "scraper.storage.jobs",
    "Visit": "scraper.storage.visits",
    "Wanted": "scraper.storage.frontier",
    "back_up": "scraper.storage.backups",
    "copy_store": "scraper.storage.backups",
    "forgotten_id": "scraper.storage.finding",
    "open_read_only": "scraper.storage.opening",
    "open_store": "scraper.storage.opening",
    "restore": "scraper.storage.backups",
    "stored_model": "scraper.storage.opening",
    "upgrade": "scraper.storage.backups",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
