"""``python -m bench.performance`` writes the tables of docs/performance.md."""

from __future__ import annotations

from bench.performance.tables import PAGE, written

PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
