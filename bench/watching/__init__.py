"""The processes that a benchmark watches."""

from __future__ import annotations

from pathlib import Path


def family_of(pid: int) -> set[int]:
    """Return the process *pid* and those that descend from it, where it still runs."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    family, found = {pid} & parents.keys(), 0
    while len(family) > found:
        found = len(family)
        family |= {child for child, parent in parents.items() if parent in family}
    return family
