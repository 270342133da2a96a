"""How worker processes are started: from a fork server with the reader loaded.

A fork of the parent is no choice: it runs threads (reactor, DNS, pebble). A fork server
is a fresh interpreter, safe to start at any moment, and forks workers from there.

As with every start method but fork, a worker imports the parent's main module under the
name ``__mp_main__``. So ``python -m``, console scripts, pytest, an interactive session
and ``python -`` work as they are; a script keeps what it runs below
``if __name__ == "__main__":``.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.context import ForkServerContext

PRELOADED = ("tinsach", "scraper.workers.preload")
"""In this order: the first makes sure that ``scraper`` is the installed package."""
_SAFE_PATH = "PYTHONSAFEPATH"


def worker_context() -> ForkServerContext:
    """Return the context that pools start their workers in."""
    _forget_main_without_file()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    _start_fork_server()
    return context


def _start_fork_server() -> None:
    """Start it where it does not run, deaf to Ctrl-C: the parent alone decides.

    It would ignore SIGINT by itself, but only once it has loaded what is preloaded.
    """
    with _safe_path():
        resource_tracker.ensure_running()  # first: its start unblocks SIGINT
        _ensure_running()


def _ensure_running() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the working folder off the path of interpreters that are started within.

    multiprocessing starts them with ``-c``, which imports from there first.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _forget_main_without_file() -> None:
    """Say of a program read from standard input that it has no file.

    Python gives it the ``__file__`` "<stdin>", which every worker would try to run and
    die of. With None it is left alone, as an interactive session is.
    """
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path == "<stdin>" and not Path(path).exists():
        main.__file__ = None
