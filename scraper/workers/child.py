"""How a worker process is set up before its first page."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait
from pathlib import Path

MEMORY_ABOVE_START = 2 << 30
"""Bytes of address space that a worker may take on top of what it starts with."""


def prepare_worker() -> None:
    """Bind the worker's life to its parent, bound its memory, let signals be plain.

    SIGINT is left to the parent, which shuts down in order; SIGTERM, and SIGALRM at a
    page's time-out, kill at once, also in a regular expression that never ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    die_with_parent()
    limit_memory(MEMORY_ABOVE_START)


def die_with_parent() -> None:
    """Make this process end when its parent does, whatever either is busy with.

    The sentinel is a pipe whose other end only the parent holds. Linux sends the
    signal itself when that end closes (fcntl(2), F_SETSIG), so that code which never
    gives up the interpreter lock dies too. PR_SET_PDEATHSIG would watch the fork
    server, which lives as long as any worker.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        _signal_at_hangup(parent.sentinel)
        if wait([parent.sentinel], timeout=0):  # it died before the signal was set
            os._exit(1)
    else:
        threading.Thread(
            target=_exit_at_hangup, args=(parent.sentinel,), daemon=True
        ).start()


def _signal_at_hangup(pipe: int) -> None:
    import fcntl

    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, flags | os.O_ASYNC)


def _exit_at_hangup(pipe: int) -> None:
    wait([pipe])
    os._exit(1)


def limit_memory(above_start: int) -> None:
    """Let this process take *above_start* more bytes of address space, then no more.

    Past that, an allocation raises MemoryError. Does nothing where the system does not
    say how much is in use (no /proc) or where a lower limit stands.
    """
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return
    import resource

    in_use = int(statm.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bounds = [b for b in (soft, hard) if b != resource.RLIM_INFINITY]
    limit = min([in_use + above_start, *bounds])
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
