"""The driver's errors as ours, and patience with a server that is away for a while."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import contextmanager
from functools import wraps
from inspect import isfunction
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from scraper.clock import monotonic
from scraper.errors import StorageError
from scraper.storage import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.storage.sessions import Sessions

    P = ParamSpec("P")
    R = TypeVar("R")
    C = TypeVar("C", bound=type)

PATIENCE = 120.0
"""Seconds that a server may be away: it restarts within them."""
_PAUSE = 0.5
_logger = logging.getLogger(__name__)


class StoreLostError(StorageError):
    """The connection to the store broke; what was under way did happen, or did not."""


class DamagedStoreError(StorageError):
    """The pages of the store's file are damaged."""


@contextmanager
def storage_errors(name: str) -> Iterator[None]:
    """Raise what the database raises inside as StorageError about the store *name*."""
    try:
        yield
    except UnicodeDecodeError as error:  # SQLite's own message quotes what is damaged
        raise DamagedStoreError(f"store {name} {sqlite.IS_DAMAGED}") from error
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        lost = isinstance(error, DBAPIError) and postgresql.is_lost(cause)
        kind = StoreLostError if lost else StorageError
        kind = DamagedStoreError if sqlite.is_damaged(cause) else kind
        raise kind(f"store {name} {_reason(cause)}") from error


def _reason(cause: BaseException) -> str:
    return sqlite.explain(cause) or postgresql.explain(cause) or f"failed: {cause}"


def again(method: Callable[P, R]) -> Callable[P, R]:
    """Return *method*, called again where the connection was lost, for PATIENCE.

    What it does may then have been done already: it must be such that twice is as once.
    """

    @wraps(method)
    def patient(*args: P.args, **kwargs: P.kwargs) -> R:
        began = monotonic()
        while True:
            try:
                return method(*args, **kwargs)
            except StoreLostError as error:
                if monotonic() - began > PATIENCE:
                    raise
                _logger.warning("%s; trying again", error)
                time.sleep(_PAUSE)

    return patient


def salvaging(method: Callable[P, R]) -> Callable[P, R]:
    """Return the *method* of what has sessions, called again if its store is salvaged."""

    @wraps(method)
    def undaunted(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except DamagedStoreError:
            sessions: Sessions = args[0]._transaction  # type: ignore[attr-defined]
            if not sessions.salvage():
                raise
            return method(*args, **kwargs)

    return undaunted


def patient(cls: C) -> C:
    """Let every public method of *cls* be called :func:`again`, and :func:`salvaging`."""
    for name, method in list(vars(cls).items()):
        if isfunction(method) and not name.startswith("_") and name != "close":
            setattr(cls, name, salvaging(again(method)))
    return cls
