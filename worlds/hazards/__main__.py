"""``python -m worlds.hazards`` rewrites the tables of docs/reliability.md."""

from __future__ import annotations

from pathlib import Path

from worlds.hazards.table import written

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"

_PAGE.write_text(written(_PAGE.read_text("utf-8")), "utf-8")
