from __future__ import annotations

from datetime import timedelta

import pytest

from scraper.monitoring.health import (
    clock_apart,
    many_failed,
    no_article,
    no_source,
    nothing_due,
    same_text,
    wrong_clock,
)
from tests.unit.monitoring.kit import NOON, after, idle, run

DOWN = {f"/{n}.rss": "http_503" for n in range(5)}
WELL = {f"/{n}.rss": {} for n in range(5)}
NONE_BEFORE = after()


def test_an_hour_in_which_every_source_fails_is_an_illness() -> None:
    report = idle(leased=5, by_source=DOWN, source_failures={"http_503": 5})
    assert "(http_503: 5)" in no_source(report, after(run(), sources=WELL))


def test_it_goes_on_while_nothing_is_due_to_be_tried() -> None:
    down = idle(leased=5, by_source=DOWN)
    assert no_source(idle(), after(down, found="no_source"))
    assert no_source(idle(), after(down)) == ""


def test_it_ends_with_the_first_source_that_answers() -> None:
    down = idle(leased=5, by_source=DOWN)
    partly = idle(leased=5, sources=1, by_source=DOWN | {"/0.rss": 0})
    assert no_source(partly, after(down, found="no_source")) == ""
    assert no_source(idle(sources=1), after(down, found="no_source")) == ""


def test_a_dead_source_alone_is_no_illness_while_the_others_are_well() -> None:
    report = idle(leased=1, by_source={"/0.rss": "http_404"})
    assert no_source(report, after(run(), sources=WELL)) == ""
    assert no_source(report, NONE_BEFORE)
    lost = {url: {"lost": "2026-11-25T05:00:00+00:00", "why": "dns"} for url in WELL}
    assert no_source(report, after(run(), sources=WELL | lost))


def test_three_that_fail_and_none_that_answers_are_one() -> None:
    many = {f"/{n}.rss": {} for n in range(20)}
    two = idle(by_source={"/0.rss": "dns", "/1.rss": "dns"})
    three = idle(by_source={"/0.rss": "dns", "/1.rss": "dns", "/2.rss": "dns"})
    assert no_source(two, after(run(), sources=many)) == ""
    assert no_source(three, after(run(), sources=many))


def test_sources_that_never_listed_anything_say_nothing_beside_others() -> None:
    scripts = {f"/muc-{n}": "empty" for n in range(4)}
    report = idle(leased=4, sources=4, by_source=scripts)
    assert no_source(report, after(run(), sources={"/0.rss": {}})) == ""
    assert no_source(report, NONE_BEFORE)
    lost = report.by_source | {"/0.rss": "http_503"}
    assert no_source(idle(by_source=lost), after(run(), sources={"/0.rss": {}}))


def test_they_end_no_illness() -> None:
    scripts = idle(leased=1, sources=1, by_source={"/": "empty"})
    down = idle(leased=5, by_source={"/0.rss": "http_503"})
    known = {"/0.rss": {"lost": "2026-11-25T05:00:00+00:00", "why": "http_503"}}
    assert no_source(scripts, after(down, found="no_source", sources=known))


def test_a_source_may_be_left_alone_by_what_is_not_counted_as_one() -> None:
    days = idle(leased=1, sources=1, links=3, by_source={"/0.rss": "http_404"})
    assert no_source(days, NONE_BEFORE) == ""


def test_sources_that_list_no_article_are_an_illness() -> None:
    report = run(new=0, links=0, requested=0, by_source=dict.fromkeys("abc", "empty"))
    assert no_source(report, NONE_BEFORE) == (
        "3 sources were read and listed no article"
    )


def test_a_replay_has_no_source_and_is_healthy() -> None:
    assert no_source(run(sources=0, by_source={}, links=0), NONE_BEFORE) == ""


def test_pages_without_any_article_are_an_illness() -> None:
    said = "20 pages were asked for and gave no article"
    assert no_article(run(new=0, given=0), NONE_BEFORE) == said
    assert no_article(run(new=1, given=1), NONE_BEFORE) == ""


def test_articles_that_were_visited_again_hide_no_wall_before_the_new_ones() -> None:
    walled = run(new=0, given=0, revisited=9, unchanged=9)
    assert no_article(walled, after(run()))


def test_articles_that_are_listed_under_new_addresses_are_no_illness() -> None:
    assert no_article(run(new=0, unchanged=20), NONE_BEFORE) == ""


def test_one_page_that_is_gone_before_it_was_seen_is_none() -> None:
    lost = run(new=0, requested=1, given=0, failed={"http_404": 1})
    assert no_article(lost, after(run())) == ""
    assert no_article(lost, after(lost, lost, lost, run())) == ""
    assert no_article(lost, after(lost, lost, lost, lost, run()))


def test_pages_that_most_have_one_text_are_an_illness() -> None:
    said = "9 of 10 pages have the same text"
    assert same_text(run(texts_read=10, texts={"a": 9}), NONE_BEFORE) == said
    assert same_text(run(texts_read=20, texts={"a": 9, "b": 2}), NONE_BEFORE) == ""
    assert same_text(run(texts_read=4, texts={"a": 4}), NONE_BEFORE) == ""


def test_texts_of_small_runs_are_compared_with_each_other() -> None:
    wall, other = run(texts_read=1, texts={"a": 1}), run(texts_read=1, texts={"b": 1})
    assert same_text(wall, after(wall, wall, idle(), wall, wall)) == (
        "5 of 5 pages have the same text"
    )
    assert same_text(wall, after(wall, wall, wall, other)) == ""
    assert same_text(other, after(wall, wall, wall, wall, wall)) == ""
    many = run(texts_read=20, texts={})
    assert same_text(wall, after(many, wall, wall, wall, wall)) == ""


def test_too_many_failed_pages_are_an_illness() -> None:
    report = run(new=13, failed={"http_500": 4, "dns": 3})
    assert many_failed(report, NONE_BEFORE) == "7 of 20 pages failed"


@pytest.mark.parametrize(("requested", "failed"), [(6, 4), (20, 6)])
def test_a_few_failed_pages_are_none(requested, failed) -> None:
    report = run(requested=requested, failed={"http_404": failed})
    assert many_failed(report, NONE_BEFORE) == ""


def test_failures_of_small_runs_are_added_up_to_ten_pages() -> None:
    small = run(requested=4, new=2, failed={"http_500": 2})
    assert many_failed(small, after(small, small, run())) == "6 of 12 pages failed"
    assert many_failed(small, after(run(), small, small)) == ""


def test_a_run_in_which_nothing_failed_answers_for_no_other() -> None:
    small = run(requested=4, new=1, failed={"http_500": 3})
    assert many_failed(run(requested=4, new=4), after(small, small, small)) == ""


def test_nothing_due_for_longer_than_any_source_waits_is_an_illness() -> None:
    report = idle(repeated=3)
    silent = after(report, idle_since=NOON - timedelta(hours=25))
    assert "nothing was due for 25 hours, though 3 sources" in nothing_due(
        report, silent
    )
    quiet = after(report, idle_since=NOON - timedelta(hours=23))
    assert nothing_due(report, quiet) == ""
    assert nothing_due(idle(repeated=3, leased=1), silent) == ""


def test_days_of_the_past_that_are_read_are_never_due_again() -> None:
    since = NOON - timedelta(days=90)
    assert nothing_due(idle(repeated=0), after(idle(), idle_since=since)) == ""


def test_an_idle_time_that_began_ahead_of_the_clock_begins_now() -> None:
    past = after(idle(), idle_since=NOON + timedelta(days=900))
    assert past.idle_after(idle(repeated=3)) == NOON


@pytest.mark.parametrize(
    ("apart", "is_wrong", "said"),
    [
        (7 * 3600, False, "7 hours ahead of every server; set the clock"),
        (-7 * 3600, False, "7 hours behind every server; set the clock"),
        (26 * 3600, True, "26 hours ahead of every server: the times that were"),
        (-26 * 3600, True, "26 hours behind every server: the times that were"),
    ],
)
def test_a_clock_that_no_server_agrees_with_is_told(apart, is_wrong, said) -> None:
    report = run(clock_apart=apart)
    rules = wrong_clock(report, NONE_BEFORE), clock_apart(report, NONE_BEFORE)
    assert [bool(found) for found in rules] == [is_wrong, not is_wrong]
    assert said in "".join(rules)


def test_a_clock_within_an_hour_of_a_server_is_right() -> None:
    for apart in (None, 0, 600, -3600):
        report = run(clock_apart=apart)
        assert wrong_clock(report, NONE_BEFORE) == ""
        assert clock_apart(report, NONE_BEFORE) == ""


def test_addresses_that_were_ahead_of_the_clock_are_told() -> None:
    assert "9 URLs had times ahead" in clock_apart(run(ahead=9), NONE_BEFORE)
