"""How a process that reads pages holds its memory: garbage, what the C library keeps."""

from __future__ import annotations

import ctypes
import gc
import sys

MMAP_THRESHOLD = 128 * 1024
"""Bytes from which on a buffer is the system's own to take back; a page has 274 kB."""
ARENAS = 2
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


def tune_heap() -> None:
    """Look for garbage less often, and give large buffers back at once.

    Twisted and extraction make some thousand objects a page that die at once; with
    Python's own thresholds a tenth of their time goes into walking over the others. glibc
    raises its threshold to the largest buffer that was freed, and keeps what is below
    it in as many arenas as there are threads: a long crawl grew by a third for that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    limit_arenas()


def limit_arenas() -> bool:
    """Tell the C library to keep no page's buffer; False where it is not glibc's."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    told = mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD), mallopt(_M_ARENA_MAX, ARENAS)
    return all(told)
