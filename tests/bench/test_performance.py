"""The tables of docs/performance.md are the figures that were measured."""

from __future__ import annotations

import pytest

from bench.performance.measured import Measured, Run, machine, versions
from bench.performance.tables import PAGE, written

MARKED = "Before.\n<!-- figures: {} -->\nold\n<!-- end of figures -->\nAfter.\n"


@pytest.fixture
def figures(monkeypatch, tmp_path):
    """A file of figures that takes the place of the committed one."""
    file = tmp_path / "figures.json"
    monkeypatch.setattr("bench.performance.tables.FIGURES", file)
    return file


def test_the_page_has_the_figures_that_were_measured_last() -> None:
    page = PAGE.read_text("utf-8")
    assert written(page) == page


def test_a_table_gives_goal_figure_and_spread_and_what_was_measured_on(figures) -> None:
    found = {"crawl.vs_bare": 0.51234, "crawl.vs_bare_spread": 0.1}
    run = Run("2026-11-30", 0.4, 61.2, machine(), versions(), found)
    Measured({"crawl": run}).save(figures)
    page = written(MARKED.format("crawl"))
    assert page.startswith(
        "Before.\n<!-- figures: crawl -->\n| figure | goal | found |"
    )
    assert "| >= .55 | 0.512 | 0.1 |" in page
    assert "| >= 6 |  |  |" in page  # not measured, and not hidden either
    assert "crawl.pages_per_s" not in page
    assert "Measured on 2026-11-30 in 61 seconds, load 0.4 at the start" in page
    assert page.endswith("<!-- end of figures -->\nAfter.\n")


def test_what_was_not_measured_is_said_to_be_so(figures) -> None:
    assert "Not measured yet." in written(MARKED.format("memory"))


def test_a_table_without_goals_is_an_error() -> None:
    with pytest.raises(KeyError):
        written(MARKED.format("nothing"))
