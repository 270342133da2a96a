"""The command line: arguments, exit codes, printing; the work is done below."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``tinsach`` with *arguments* (the process's own for None).

    Returns the exit code: 0 done, 1 something failed, 2 wrong arguments, of ``crawl``
    also 3 nothing new and 4 unhealthy; 130 after Ctrl-C, 143 after SIGTERM.
    """
    try:
        from scraper.cli.app import run

        return run(arguments)
    except KeyboardInterrupt:  # while modules are loaded
        return 130
