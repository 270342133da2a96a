"""The process pool around read(): time-out, recycling, quarantine; and learning in it.

The names below are loaded when they are first used: who reads in other processes needs no
extraction of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.workers.pool import (
        Learned,
        ReaderPool,
        SiteSamples,
        learn_by,
        learn_sites,
    )
    from scraper.workers.reader import Reader
    from scraper.workers.single import SingleReader

__all__ = [
    "Learned",
    "Reader",
    "ReaderPool",
    "SingleReader",
    "SiteSamples",
    "learn_by",
    "learn_sites",
]

_HOMES = {
    "Learned": "scraper.workers.pool",
    "Reader": "scraper.workers.reader",
    "ReaderPool": "scraper.workers.pool",
    "SingleReader": "scraper.workers.single",
    "SiteSamples": "scraper.workers.pool",
    "learn_by": "scraper.workers.pool",
    "learn_sites": "scraper.workers.pool",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
