"""Training on gold sets, each page judged by what never saw its site."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from worlds.gold.sets import SHARED_DATA, load_sets

if TYPE_CHECKING:
    from pathlib import Path

    from worlds.gold.sets import GoldSet


def sets_to_train_on(folder: Path | None) -> list[GoldSet]:
    """Return the gold sets in *folder* (../shared/data).

    Raises ConfigurationError if the folder has no gold sets or LightGBM is missing.
    """
    if importlib.util.find_spec("lightgbm") is None:
        raise ConfigurationError("needs lightgbm; pip install --group dev brings it")
    return load_sets(folder or SHARED_DATA)
