"""Imported once by the fork server, so that a new worker starts in milliseconds.

Workers share the loaded modules, which the garbage collector then leaves out.
"""

from __future__ import annotations

import scraper.workers.pool
import scraper.workers.reader  # noqa: F401  what programs import, workers import too
from scraper.workers.process import tune_heap
from scraper.workers.task import warm_up

warm_up()
tune_heap()
