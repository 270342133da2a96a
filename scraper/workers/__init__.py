"""The process pool around read(): time-out, recycling, quarantine."""

from __future__ import annotations

from scraper.workers.pool import ReaderPool

__all__ = ["ReaderPool"]
