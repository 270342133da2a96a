"""The process pool around read(): time-out, recycling, quarantine; and learning in it."""

from __future__ import annotations

from scraper.workers.learning import Learned, SiteSamples, learn_sites
from scraper.workers.pool import ReaderPool

__all__ = ["Learned", "ReaderPool", "SiteSamples", "learn_sites"]
