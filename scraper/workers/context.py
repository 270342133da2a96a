"""How worker processes are started: from a fork server with the reader loaded.

A fork of the parent is no choice: it runs threads (reactor, DNS, pebble). A fork server
is a fresh interpreter, safe to start at any moment, and forks workers from there.

multiprocessing would have every worker run the parent's main module, to find in it what
the parent may send. What pools send lies in modules, so here none does: a notebook, a
script without ``if __name__ == "__main__":`` and a program from standard input work alike.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import current_process
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from scraper.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.process import BaseProcess

PRELOADED = ("tinsach", "scraper.workers.preload")
"""In this order: the first makes sure that ``scraper`` is the installed package."""
_SAFE_PATH = "PYTHONSAFEPATH"


_MAIN = "__main__"
_SOCKET = "/listener-12345678"
"""What multiprocessing calls one."""
_LONGEST_SOCKET = 103
"""Bytes of a socket's path: 107 on Linux, 103 on macOS (unix(7), unix(4))."""
_swapping = threading.Lock()
_starting = threading.Lock()
"""Held while something is started: what is changed meanwhile is the whole process's."""


class _Process(ForkServerProcess):
    """A process that does not run its parent's main module."""

    def start(self) -> None:
        with may_have_children():
            super().start()

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: ANN401, N802
        with _without_main():
            return ForkServerProcess._Popen(process_obj)


class _Context(ForkServerContext):
    Process = _Process


def worker_context() -> ForkServerContext:
    """Return the context that pools start their workers in."""
    context = _Context()
    context.set_forkserver_preload(list(PRELOADED))
    _start_fork_server()
    return context


def _start_fork_server() -> None:
    """Start it where it does not run, deaf to Ctrl-C: the parent alone decides.

    It would ignore SIGINT by itself, but only once it has loaded what is preloaded.
    """
    with _starting, _safe_path(), _own_folder():
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


@contextmanager
def _own_folder() -> Iterator[None]:
    """Let the socket of the fork server lie in the temporary folder of this process.

    multiprocessing has a folder ``pymp-…`` of its own, which a killed process leaves
    behind and nobody can tell from those of other programs.
    """
    config: dict[str, Any] = current_process()._config  # type: ignore[attr-defined]
    if "tempdir" in config:
        yield
        return
    config["tempdir"] = str(_socket_folder())
    try:
        yield
    finally:
        del config["tempdir"]


def _socket_folder() -> Path:
    """Return the folder of this process, or one in /tmp if no socket may lie so deep."""
    folder = scratch_folder()
    is_short = len(os.fsencode(folder)) + len(_SOCKET) <= _LONGEST_SOCKET
    return folder if is_short else scratch_folder(Path("/tmp"))  # noqa: S108  its own


@contextmanager
def may_have_children() -> Iterator[None]:
    """Let a daemon of multiprocessing, such as a worker of its Pool, start a child.

    It may not, as it would leave the child behind; ours end with their parent.
    """
    config: dict[str, Any] = current_process()._config  # type: ignore[attr-defined]
    with _starting:
        was_daemon = config.pop("daemon", None)
        try:
            yield
        finally:
            if was_daemon is not None:
                config["daemon"] = was_daemon


@contextmanager
def _without_main() -> Iterator[None]:
    """Let the main module be one without a file, as that of an interactive session is."""
    with _swapping:
        main = sys.modules[_MAIN]
        sys.modules[_MAIN] = ModuleType(_MAIN)
        try:
            yield
        finally:
            sys.modules[_MAIN] = main
