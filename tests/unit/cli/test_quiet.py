"""``--quiet``: nothing but results and errors."""

from __future__ import annotations

import re

import pytest

from tests.unit.cli.kit import Result, run_apart

TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+07:00"
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")


@pytest.fixture
def quiet(home, monkeypatch):
    """Return what runs a command with ``--quiet``; no contact is set."""
    monkeypatch.delenv("TINSACH_CONTACT")

    def run(*arguments: object) -> Result:
        return run_apart(*arguments, "--quiet")

    return run


def test_a_crawl_says_nothing_new_or_not(quiet, replica) -> None:
    crawl = ("crawl", "baotintuc", *FAST, "-a", f"portal={replica.base}")
    first, again = quiet(*crawl), quiet(*crawl)
    assert (first.code, first.out, first.err) == (0, "", "")
    assert (again.code, again.out, again.err) == (3, "", "")


@pytest.mark.slow
def test_several_sites_are_crawled_without_a_word(quiet, replica) -> None:
    crawl = ("crawl", "baotintuc", "--jobs", 1, *FAST, "-a", f"portal={replica.base}")
    done = quiet(*crawl, "--limit", 2)
    assert (done.code, done.out) == (0, "")


def test_a_crawl_that_failed_says_why_and_no_more(quiet) -> None:
    failed = quiet("crawl", "baotintuc", *FAST, "-a", "portal=http://127.0.0.1:9")
    assert (failed.code, failed.out) == (4, "")
    *logged, last = failed.err.splitlines()
    assert last == "tinsach: baotintuc: the portal cannot be reached"
    assert all(re.match(rf"{TIME} \[[\w.]+\] ERROR: ", line) for line in logged)


@pytest.mark.slow
def test_the_demo_says_nothing(quiet) -> None:
    done = quiet("demo", "--size", 4)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_what_is_written_to_files_is_not_told(quiet, stored, home) -> None:
    for command in (
        ("export", "-o", "all.csv"),
        ("export", "--format", "markdown", "-o", "texts.md"),
        ("report", "--since", "2020-01-01"),
        ("store", "backup", "copy.db"),
    ):
        done = quiet(*command)
        assert (done.code, done.out, done.err) == (0, "", ""), command
    names = {"all.csv", "texts.md", "report.html", "copy.db"}
    assert names <= {path.name for path in home.iterdir()}


def test_the_doctor_says_what_failed_only(quiet, stored, monkeypatch) -> None:
    done = quiet("doctor")
    assert (done.code, done.out, done.err) == (0, "", "")
    monkeypatch.setenv("TINSACH_ALERTS", "slack://a")
    failed = quiet("doctor")
    assert failed.code == 1
    [line] = failed.out.splitlines()
    assert line.startswith("failed alerts ")


def test_that_nothing_was_found_is_told_by_an_empty_result(quiet, stored) -> None:
    for command in (("search", "khongco"), ("runs",), ("model", "list")):
        name, *rest = command
        done = quiet(name, *rest) if name != "runs" else quiet("runs", "list")
        assert (done.code, done.out, done.err) == (0, "", ""), command
