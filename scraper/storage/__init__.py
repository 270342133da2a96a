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

_NAMES = {
    "backups": ("back_up", "copy_store", "restore", "upgrade"),
    "finding": ("Forgotten", "Hit", "Query", "forgotten_id"),
    "frontier": ("Wanted",),
    "jobs": ("Jobs", "StoredRun"),
    "models": ("Models",),
    "opening": ("open_read_only", "open_store", "stored_model"),
    "store": ("Store",),
    "visits": (
        "Address",
        "AddressKind",
        "Lease",
        "Outcome",
        "Result",
        "Settled",
        "StoredModel",
        "Visit",
    ),
}
_HOMES = {n: f"{__name__}.{module}" for module, names in _NAMES.items() for n in names}
__getattr__, __dir__ = lazy(__name__, _HOMES)
