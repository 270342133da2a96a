"""The benchmarks of the store and of the start run, small."""

from __future__ import annotations

import json
import subprocess
import sys


def figures(project, *arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench", *arguments, "--json"]
    done = subprocess.run(
        command, cwd=project, capture_output=True, text=True, timeout=120, check=True
    )
    return json.loads(done.stdout)


def test_the_growth_benchmark_prints_one_flat_object(project) -> None:
    found = figures(project, "growth", "--size", "200", "--window", "100")
    assert set(found) == {
        "growth.article_ms",
        "growth.article_ms_ratio",
        "growth.article_wall_ms",
        "growth.article_wall_ms_ratio",
        "growth.search_ms",
        "growth.search_cpu_ms",
        "growth.search_slowest_ms",
        "growth.bytes_ratio",
    }
    assert all(value > 0 for value in found.values())


def test_the_start_benchmark_prints_one_flat_object(project) -> None:
    found = figures(project, "start", "--rounds", "1")
    assert set(found) == {"start.help_ms", "start.import_ms"}
    assert found["start.help_ms"] > 0
