"""Tune memory for a process that reads pages: garbage collector and C library."""

from __future__ import annotations

import ctypes
import gc
import sys

MMAP_THRESHOLD = 128 * 1024
"""Bytes from which on a freed buffer is returned to the system; a page has 274 kB."""
ARENAS = 2
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


def tune_heap() -> None:
    """Collect garbage less often, and return large buffers to the system at once.

    Twisted and extraction create some thousand short-lived objects a page; with Python's
    default thresholds a tenth of the time goes into traversing the others. glibc raises
    its threshold to the largest freed buffer, and keeps smaller ones in one arena a
    thread: a long crawl grew by a third for that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    limit_arenas()


def limit_arenas() -> bool:
    """Make the C library return the buffers of pages; return False if it is not glibc."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    accepted = mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD)
    return bool(mallopt(_M_ARENA_MAX, ARENAS) and accepted)
