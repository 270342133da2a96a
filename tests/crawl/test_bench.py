"""The benchmark of the crawl runs, small."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow(first=True)


def test_the_crawl_benchmark_prints_one_flat_object(bench) -> None:
    sizes = ("--size", "24", "--inline-size", "24", "--rounds", "1")
    done = bench("crawl", "--json", *sizes, timeout=300)
    figures = json.loads(done.stdout)
    spreads = {name for name in figures if name.endswith("_spread")}
    assert set(figures) - spreads == {
        "crawl.vs_bare",
        "crawl.vs_bare_plain",
        "crawl.vs_inline",
        "crawl.pages_per_s",
        "crawl.bare_pages_per_s",
        "crawl.inline_pages_per_s",
        "crawl.archive_share",
        "crawl.archive_cpu_ms",
        "crawl.cpu_ms",
        "crawl.bare_cpu_ms",
        "crawl.plain_cpu_ms",
        "crawl.bare_plain_cpu_ms",
        "crawl.reactor_p999_ms",
    }
    assert all(figures[name] > 0 for name in figures.keys() - spreads)
    assert "round 1:" in done.stderr


def test_all_benchmarks_leave_what_they_measured_on_what(bench, tmp_path) -> None:
    file = tmp_path / "figures.json"
    file.write_text("{}")
    bench("all", "--only", "fetching", "--json", file, timeout=300)
    measured = json.loads(file.read_text())["fetching"]
    assert measured["figures"]["fetching.many_s"] > 0
    assert measured["versions"]["Python"]
    assert "cores" in measured["machine"]


def test_the_speed_benchmark_prints_one_flat_object(bench, tmp_path) -> None:
    data = str(tmp_path / "none")
    done = bench("speed", "--json", "--rounds", "1", "--data", data, timeout=300)
    figures = json.loads(done.stdout)
    assert figures["speed.fast_share"] == figures["speed.replica_fast_share"] > 0.95
    assert figures["speed.fast_equals_full"] == 1
    for name in ("fast_vs_trafilatura", "full_vs_trafilatura", "mean_vs_trafilatura"):
        assert figures[f"speed.{name}"] > 0
    assert figures["speed.full_ms_per_feature_pass"] > 0
    assert "is not there" in done.stderr


def test_the_memory_benchmark_prints_one_flat_object(bench) -> None:
    done = bench("memory", "--json", "--size", "24", timeout=300)
    figures = json.loads(done.stdout)
    assert set(figures) == {
        "crawl.rss_mb",
        "crawl.rss_growth_percent",
        "crawl.rss_pages",
    }
    assert figures["crawl.rss_mb"] > 10
    assert figures["crawl.rss_pages"] == 24


def test_the_month_begins_as_it_should_go_on(bench) -> None:
    done = bench("month", "--json", "--days", "1", "--runs", "9", timeout=120)
    figures = json.loads(done.stdout)
    assert figures["month.runs"] == 9
    assert figures["month.recall"] == 1
    assert figures["month.duplicates"] == figures["month.false_alarms"] == 0
    assert figures["month.fresh_minutes"] <= 10


def test_the_damage_benchmark_finds_nothing_silent_and_nothing_lost(bench) -> None:
    done = bench("damage", "--json", "--cases", "4", timeout=600)
    figures = json.loads(done.stdout)
    assert figures["damage.cases"] == 4
    wrong = ("silent", "rows_lost_beyond_damaged", "export_stops", "repair_fails")
    assert [figures[f"damage.{name}"] for name in wrong] == [0, 0, 0, 0]
    assert figures["damage.healed"] == figures["damage.recrawled"] == 1


def test_an_option_that_a_benchmark_lacks_is_a_wrong_argument(bench) -> None:
    done = bench("quality", "--size", "9", timeout=300, check=False)
    assert done.returncode == 2
    assert "unrecognized arguments: --size" in done.stderr
