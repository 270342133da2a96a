"""The store of a command that shows what is in it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.storage import Store


@contextmanager
def reading(given: str | None) -> Iterator[Store]:
    """Open the store that was *given*; exit with 1 if damaged rows were passed over.

    Each of them has been reported by then, and all others were delivered.
    """
    from scraper.storage import open_store

    with open_store(store_url(given), create=False) as store:
        yield store
        damaged = store.damaged
    if damaged:
        raise typer.Exit(1)
