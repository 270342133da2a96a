"""A simulated month: when its runs begin, and what they are held against."""

from __future__ import annotations

from datetime import timedelta

START = "2026-03-02T00:00:00+07:00"
EVERY = timedelta(minutes=10)
"""Virtual time between two runs."""
A_DAY = 144
