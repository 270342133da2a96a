"""The benchmarks of the store and of the start run, small."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow(first=True)


def test_the_growth_benchmark_prints_one_flat_object(bench) -> None:
    done = bench("growth", "--size", "200", "--window", "100", "--json")
    found = json.loads(done.stdout)
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


def test_the_near_duplicates_benchmark_prints_one_flat_object(bench) -> None:
    small = ("--families", "5", "--reports", "5", "--size", "1200", "--window", "100")
    found = json.loads(bench("near_duplicates", *small, "--json").stdout)
    assert all(name.startswith("near_duplicates.") for name in found)
    assert (
        found["near_duplicates.recall_half"] == found["near_duplicates.precision"] == 1
    )
    assert found["near_duplicates.article_ms"] > 0


def test_the_start_benchmark_prints_one_flat_object(bench) -> None:
    found = json.loads(bench("start", "--rounds", "1", "--json").stdout)
    assert set(found) == {
        "start.help_ms",
        "start.import_ms",
        "start.extract_ms",
        "start.extract_vs_trafilatura",
        "start.fetch_ms",
        "start.fetch_vs_imports",
        "start.nothing_new_ms",
    }
    assert found["start.help_ms"] > 0
    assert found["start.fetch_ms"] > 0


def test_the_benchmark_of_a_year_prints_one_flat_object(bench) -> None:
    figures = json.loads(bench("year", "--runs", "20", "--json").stdout)
    assert set(figures) == {
        "growth.year_of_runs_mb",
        "growth.half_a_year_of_runs_mb",
        "growth.prune_ms",
        "growth.runs_kept",
        "growth.addresses_kept",
    }
    assert figures["growth.runs_kept"] == 20
