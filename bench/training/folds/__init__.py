"""Five labellers, each grown without a fifth of the sites: to measure what is unseen.

``python -m bench train --write`` writes them beside the one of the package.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path

from scraper.extraction.labeller import Labeller

FOLDS = 5


def fold_of(site: str) -> int:
    """Return the fold (0-4) that the pages of *site* are in."""
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % FOLDS


def path_of(fold: int) -> Path:
    """Return where the labeller that saw no site of *fold* is written."""
    return Path(__file__).with_name(f"fold_{fold}.py")


def labeller_without(site: str) -> Labeller:
    """Return the labeller that saw no page of *site*."""
    return _labeller(fold_of(site))


@cache
def _labeller(fold: int) -> Labeller:
    return Labeller.of(import_module(f"{__name__}.{path_of(fold).stem}"))
