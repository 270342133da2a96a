"""A hazard: what may happen, what comes of it, and the test that its guard holds."""

from __future__ import annotations

from dataclasses import dataclass

from worlds.faults.guards import Edit, Guard


@dataclass(frozen=True, slots=True)
class Hazard:
    """One row of the table.

    *guard* is the module and what in it is meant. Each of *edits* must find its text
    once; with them made, *test* (a file, or one test of it) fails.
    """

    happens: str
    outcome: str
    guard: str
    edits: tuple[Edit, ...]
    test: str

    def as_guard(self) -> Guard:
        return Guard(self.guard, self.edits, test=self.test)
