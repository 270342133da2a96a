"""The hazards as the tables of docs/reliability.md."""

from __future__ import annotations

from worlds.hazards.catalogue import BY_KIND
from worlds.marked import with_part

BEGIN, END = "<!-- hazards: python -m worlds.hazards -->", "<!-- end of hazards -->"
_HEAD = "| what happens | what comes of it | guard | test |\n|---|---|---|---|"


def tables() -> str:
    parts = []
    for kind, hazards in BY_KIND.items():
        rows = [
            f"| {h.happens} | {h.outcome} | {h.guard} | `{h.test}` |" for h in hazards
        ]
        if rows:
            parts.append("\n".join((f"### {kind}", "", _HEAD, *rows)))
    return "\n\n".join(parts)


def written(page: str) -> str:
    """Return *page* with the tables between its two marks."""
    return with_part(page, BEGIN, END, f"\n\n{tables()}\n\n")
