"""The command line: parses arguments, prints results and returns exit codes."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``tinsach`` with *arguments* (the process's own for None).

    Returns the exit code: 0 success, 1 failure, 2 wrong arguments; for ``crawl`` also
    3 nothing new and 4 unhealthy; 130 after Ctrl-C, 143 after SIGTERM.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        with _downloader_for(given):
            from scraper.cli.app import run

            return run(given)
    except KeyboardInterrupt:  # while modules are loaded
        return 130


def _downloader_for(given: list[str]) -> AbstractContextManager[None]:
    """Start the downloader of a fetch early, since nothing else takes as long to start."""
    if given[:1] != ["fetch"] or not any("://" in word for word in given):
        return nullcontext()
    from scraper.crawling.downloader import spare

    return spare()
