"""The record of measured figures, with what they were measured on."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Self

_LIBRARIES = ("lxml", "trafilatura", "Scrapy", "SQLAlchemy", "rensa")


@dataclass(slots=True)
class Run:
    """One run of a benchmark: its *day* (ISO 8601), *load* at its start, and duration."""

    day: str
    load: float
    seconds: float
    machine: str
    versions: dict[str, str]
    figures: dict[str, float]


@dataclass(slots=True)
class Measured:
    """The last run of each benchmark, by its name."""

    runs: dict[str, Run] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Return the runs in *file*; empty if it does not exist."""
        if not file.exists():
            return cls()
        runs = json.loads(file.read_text("utf-8"))
        return cls({name: Run(**run) for name, run in runs.items()})

    def save(self, file: Path) -> None:
        runs = {name: asdict(self.runs[name]) for name in sorted(self.runs)}
        file.write_text(json.dumps(runs, indent=1) + "\n", "utf-8")


def machine() -> str:
    """Return cores, processor and memory of this machine."""
    model = re.search(r"model name\s*: (.*)", _read("/proc/cpuinfo"))
    memory = re.search(r"MemTotal:\s*(\d+) kB", _read("/proc/meminfo"))
    parts = [f"{os.cpu_count()} cores"]
    if model:
        parts.append(model[1])
    if memory:
        parts.append(f"{int(memory[1]) / 2**20:.0f} GiB")
    return ", ".join(parts)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that decide the speed."""
    found = {"Python": platform.python_version()}
    return found | {name: version(name) for name in _LIBRARIES}


def _read(path: str) -> str:
    file = Path(path)
    return file.read_text("utf-8") if file.exists() else ""
