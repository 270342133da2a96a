"""Imported once by the fork server, so that a new worker is ready in milliseconds.

Every worker then shares what is loaded, and looks for garbage elsewhere.
"""

from __future__ import annotations

import scraper.workers.pool  # noqa: F401  programs import it, and workers run them again
from scraper.heap import tune_heap
from scraper.workers.warming import warm_up

warm_up()
tune_heap()
