"""A network of its own: public addresses on loopback, name servers and web servers.

``on_island(COMMAND)`` runs a command in a network namespace in which the names below
resolve by a real DNS server, through the system's own resolver, and lead to real servers.
The guards of the product stay as they are: the addresses are public ones.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.warm import COLD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
UNSHARE = ("unshare", "--user", "--map-root-user", "--mount", "--net", "--kill-child")


def on_island(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run *command* there; skip the test where no such network can be made."""
    _check()
    return subprocess.run(
        [*UNSHARE, COLD, "-m", "tests.island.landing", str(folder), *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )


def _check() -> None:
    missing = [name for name in ("unshare", "ip", "mount") if not shutil.which(name)]
    if missing:
        pytest.skip(f"{missing[0]} is not installed: no network of its own")
    lands = "ip link set lo up && ip -6 addr show dev lo | grep -q ::1"
    tried = subprocess.run(
        [*UNSHARE, "sh", "-c", lands], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        reason = tried.stderr.strip() or "IPv6 is off"
        pytest.skip(f"this machine makes no network of its own with IPv6: {reason}")
