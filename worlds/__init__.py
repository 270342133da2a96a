"""What tests and benchmarks share: servers and pages made for them, and their gold.

:mod:`worlds.living` is the replica portal over days, :mod:`worlds.park` small papers of
many makes, :mod:`worlds.faults` what a server may send, :mod:`worlds.hazards` what else may
go wrong, :mod:`worlds.hostile` pages made to hurt, :mod:`worlds.fuzz` bytes to mutate,
:mod:`worlds.gold` pages with the text that extraction should return.
"""

from __future__ import annotations

from scraper.demo.story import VIETNAM

__all__ = ["VIETNAM"]
