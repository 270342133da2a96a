"""The command line: arguments, exit codes, printing; the work is done below."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``tinsach`` with *arguments* (the process's own for None).

    Returns the exit code: 0 done, 1 something failed, 2 wrong arguments, of ``crawl``
    also 3 nothing new and 4 unhealthy; 130 after Ctrl-C, 143 after SIGTERM.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if _is_for_a_page(given):
            return _run_with_downloader(given)
        from scraper.cli.app import run

        return run(given)
    except KeyboardInterrupt:  # while modules are loaded
        return 130


def _is_for_a_page(given: list[str]) -> bool:
    return given[:1] == ["fetch"] and any("://" in word for word in given)


def _run_with_downloader(given: list[str]) -> int:
    """Start the downloader first: it takes longer than all else, which goes on meanwhile."""
    from scraper.crawling.downloader import end_spare, start_spare

    start_spare()
    try:
        from scraper.cli.app import run

        return run(given)
    finally:
        end_spare()
