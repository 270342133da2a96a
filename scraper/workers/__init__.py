"""Reading in a pool of processes, with time-outs, recycling and a quarantine.

The names below are loaded on first use: a process that only submits pages does not load
extraction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.sitemodel.learn import Learned, SiteSamples
    from scraper.workers.reader import (
        Reader,
        ReaderPool,
        SingleReader,
        learn_by,
        learn_sites,
    )

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
    "Learned": "scraper.sitemodel.learn",
    "Reader": "scraper.workers.reader",
    "ReaderPool": "scraper.workers.reader",
    "SingleReader": "scraper.workers.reader",
    "SiteSamples": "scraper.sitemodel.learn",
    "learn_by": "scraper.workers.reader",
    "learn_sites": "scraper.workers.reader",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
