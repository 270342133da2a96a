"""Reading in a pool of processes, with time-outs, recycling and a quarantine.

The names below are loaded on first use: a process that only submits pages does not load
extraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.workers.models import Learned, SiteSamples, learn_by, learn_sites
    from scraper.workers.reader import Reader, ReaderPool, SingleReader

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
    "Learned": "scraper.workers.models",
    "Reader": "scraper.workers.reader",
    "ReaderPool": "scraper.workers.reader",
    "SingleReader": "scraper.workers.reader",
    "SiteSamples": "scraper.workers.models",
    "learn_by": "scraper.workers.models",
    "learn_sites": "scraper.workers.models",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
