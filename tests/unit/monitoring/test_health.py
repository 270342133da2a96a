"""The verdict on a run, which is the exit code of a crawl."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scraper.monitoring.health import RULES, ExitStatus, judge
from tests.unit.monitoring.kit import NOON, after, idle, run


def test_new_articles_make_a_run_done() -> None:
    verdict = judge(run())
    assert (verdict.status, verdict.said) == (ExitStatus.DONE, "done")
    assert list(verdict.findings) == []


def test_a_reached_limit_is_done() -> None:
    assert judge(run("closespider_itemcount")).status is ExitStatus.DONE


def test_revised_articles_are_said_though_none_is_new() -> None:
    verdict = judge(run(new=0, revised=2, changed=1))
    assert verdict.status is ExitStatus.NOTHING_NEW
    assert verdict.said == "nothing new, 2 revised"


def test_only_known_articles_are_nothing_new() -> None:
    assert judge(run(new=0, requested=0, known=20)).status is ExitStatus.NOTHING_NEW


def test_a_run_with_nothing_due_found_nothing_new() -> None:
    verdict = judge(idle())
    assert verdict.status is ExitStatus.NOTHING_NEW
    assert "no URL was due" in verdict.said


def test_a_quiet_night_is_nothing_new_and_no_alarm() -> None:
    night = idle(leased=9, sources=9, unchanged_sources=9, by_source={"/a.rss": 0})
    verdict = judge(night, after(*[night] * 40, run()))
    assert verdict.status is ExitStatus.NOTHING_NEW
    assert list(verdict.findings) == []


def test_articles_that_were_taken_down_are_no_alarm() -> None:
    taken = run(new=0, requested=0, revisited=8, gone=8)
    verdict = judge(taken, after(taken, taken))
    assert verdict.status is ExitStatus.NOTHING_NEW
    assert list(verdict.findings) == []


@pytest.mark.parametrize("reason", ["shutdown", "store_failed", "start_error"])
def test_a_run_that_was_broken_off_has_failed(reason: str) -> None:
    verdict = judge(run(reason, failed={"dns": 20}))
    assert verdict.status is ExitStatus.FAILED
    assert reason in verdict.said
    assert [each.rule for each in verdict.findings] == ["broken_off"]


def test_articles_that_could_not_be_stored_are_a_failure() -> None:
    assert judge(run(store_errors=1)).status is ExitStatus.FAILED


def test_an_archive_that_failed_is_unhealthy() -> None:
    verdict = judge(run(archived=7, not_archived=1))
    assert verdict.status is ExitStatus.UNHEALTHY
    assert verdict.said.startswith("the archive failed after 7 pages")


def test_an_unhealthy_run_says_the_gravest_and_keeps_the_rest() -> None:
    verdict = judge(run("unreachable", failed={"dns": 9}))
    assert verdict.status is ExitStatus.UNHEALTHY
    assert verdict.said == "the portal cannot be reached"
    assert [each.rule for each in verdict.findings] == ["no_source", "many_failed"]


def test_a_warning_leaves_the_status_as_it_is() -> None:
    lost = (NOON - timedelta(days=2)).isoformat()
    states = {f"/{name}": {} for name in "abcde"}
    states["/dead.rss"] = {"lost": lost, "why": "http_404"}
    verdict = judge(run(), after(run(), sources=states))
    assert verdict.status is ExitStatus.DONE
    assert [each.rule for each in verdict.warnings] == ["dead_sources"]


def test_every_rule_is_told_in_the_documentation(project) -> None:
    guide = (project / "docs" / "operations.md").read_text("utf-8")
    assert [name for name in RULES if f"`{name}`" not in guide] == []
