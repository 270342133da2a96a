"""The exit code of a crawl."""

from __future__ import annotations

import pytest

from scraper.monitoring.health import ExitStatus, judge
from scraper.monitoring.report import RunReport

HEALTHY = {"sources": 3, "links": 20, "requested": 20, "new": 20}


def status_of(reason: str = "finished", **counts: object) -> tuple[ExitStatus, str]:
    return judge(RunReport(spider="x", reason=reason, **(HEALTHY | counts)))


def test_new_articles_make_a_run_done() -> None:
    assert status_of() == (ExitStatus.DONE, "done")


def test_a_reached_limit_is_done() -> None:
    assert status_of("closespider_itemcount")[0] == ExitStatus.DONE


def test_revised_articles_are_said_though_none_is_new() -> None:
    told = status_of(new=0, revised=2, changed=1)
    assert told == (ExitStatus.NOTHING_NEW, "nothing new, 2 revised")


def test_only_known_articles_are_nothing_new() -> None:
    assert status_of(new=0, requested=0, known=20)[0] == ExitStatus.NOTHING_NEW


def test_a_run_with_nothing_due_found_nothing_new() -> None:
    none = dict.fromkeys(("leased", "sources", "links", "requested", "new"), 0)
    status, verdict = status_of(**none)
    assert status == ExitStatus.NOTHING_NEW
    assert "no address was due" in verdict


def test_sources_that_are_as_they_were_found_nothing_new() -> None:
    counts = {"sources": 3, "unchanged_sources": 3, "links": 0}
    assert status_of(**counts, requested=0, new=0)[0] == ExitStatus.NOTHING_NEW


def test_only_unchanged_articles_are_nothing_new() -> None:
    assert status_of(new=0, unchanged=20)[0] == ExitStatus.NOTHING_NEW


@pytest.mark.parametrize("reason", ["shutdown", "store_failed", "start_error"])
def test_a_run_that_was_broken_off_has_failed(reason: str) -> None:
    status, verdict = status_of(reason)
    assert status == ExitStatus.FAILED
    assert reason in verdict


def test_articles_that_could_not_be_stored_are_a_failure() -> None:
    assert status_of(store_errors=1)[0] == ExitStatus.FAILED


@pytest.mark.parametrize(
    ("reason", "counts", "said"),
    [
        ("unreachable", {}, "cannot be reached"),
        (
            "finished",
            {"leased": 9, "source_failures": {"dns": 9}, "requested": 0, "new": 0},
            "no source could be read",
        ),
        (
            "finished",
            {"sources": 6, "links": 0, "requested": 0, "new": 0},
            "listed no article",
        ),
        ("finished", {"new": 0}, "20 pages were asked for and gave no article"),
        ("finished", {"new": 13, "failed": {"http_500": 4, "dns": 3}}, "7 of 20 pages"),
    ],
)
def test_a_run_that_found_too_little_is_unhealthy(reason, counts, said) -> None:
    status, verdict = status_of(reason, **counts)
    assert status == ExitStatus.UNHEALTHY
    assert said in verdict


def test_a_dead_source_that_was_due_alone_is_no_illness() -> None:
    counts = {"leased": 1, "sources": 0, "links": 0, "requested": 0, "new": 0}
    gone = status_of(**counts, source_failures={"http_404": 1})
    assert gone[0] == ExitStatus.NOTHING_NEW
    down = status_of(**counts, source_failures={"http_503": 1})
    assert down[0] == ExitStatus.UNHEALTHY


def test_a_few_failed_pages_are_no_illness() -> None:
    assert status_of(requested=6, new=2, failed={"http_404": 4})[0] == ExitStatus.DONE
    assert status_of(new=14, failed={"http_404": 6})[0] == ExitStatus.DONE


def test_a_replay_without_sources_is_healthy() -> None:
    assert status_of(sources=0)[0] == ExitStatus.DONE
