from __future__ import annotations

import pytest

from scraper.monitoring.health import tail, unknown_template, ways_disagree
from tests.unit.monitoring.kit import after, idle, run

FAST = run(fast=19, careful={"unknown_block": 1})


def audits(audited: int, *, agreement: float = 1.0, differed: int = 0) -> object:
    return idle(audited=audited, agreement=agreement, differed=differed)


def test_both_ways_that_agree_are_no_drift() -> None:
    assert ways_disagree(audits(20, differed=1), after()) == ""


def test_a_text_of_half_the_words_is_drift_though_it_is_there() -> None:
    said = ways_disagree(audits(5, agreement=0.7), after())
    assert said == "both ways of reading agree on 70% of the words"


def test_audits_of_several_runs_are_looked_at_together() -> None:
    one = audits(1, agreement=0.7)
    assert ways_disagree(one, after(*[one] * 3)) == ""
    assert ways_disagree(one, after(*[one] * 4)) != ""
    assert ways_disagree(one, after(*[audits(1)] * 4)) == ""


def test_other_fields_that_differ_are_drift() -> None:
    report = audits(6, differed=2)
    assert ways_disagree(report, after()) == (
        "both ways of reading differ on 2 of 6 pages"
    )


def test_one_that_differs_may_be_chance_and_so_may_two_of_thirty() -> None:
    assert ways_disagree(audits(5, differed=1), after()) == ""
    assert ways_disagree(audits(30, differed=2), after()) == ""
    assert ways_disagree(audits(30, differed=3), after()) != ""


def test_audits_that_agree_answer_for_none_that_did_not() -> None:
    assert ways_disagree(audits(1), after(audits(5, differed=3))) == ""


def test_a_run_without_an_audit_answers_for_no_other() -> None:
    assert ways_disagree(idle(), after(audits(9, agreement=0.1))) == ""


def test_a_model_that_was_forgotten_is_told_at_once() -> None:
    assert "learned again" in ways_disagree(idle(models_forgotten=1), after())


@pytest.mark.parametrize("reason", ["no_container", "unknown_block"])
def test_a_changed_template_is_told_by_the_first_run_of_three_pages(reason) -> None:
    report = idle(careful={reason: 3})
    fast = run(fast=20)
    said = unknown_template(report, after(*[fast] * 20))
    assert said == "the template has changed: 3 of 3 pages fit no model"


def test_it_is_told_by_small_runs_together() -> None:
    one, before = idle(careful={"no_container": 1}), [FAST] * 20
    assert unknown_template(one, after(one, *before)) == ""
    assert unknown_template(one, after(one, one, one, *before)) != ""


def test_an_odd_article_among_others_is_no_changed_template() -> None:
    odd = idle(fast=2, careful={"unknown_block": 1})
    assert unknown_template(odd, after(*[FAST] * 20)) == ""


def test_two_pages_that_no_new_model_has_seen_are_no_changed_template() -> None:
    fast = after(*[run(fast=100)] * 20)
    assert unknown_template(idle(fast=1, careful={"unknown_block": 2}), fast) == ""
    assert unknown_template(idle(fast=1, careful={"unknown_block": 3}), fast) != ""


def test_less_than_half_of_the_pages_are_no_changed_template() -> None:
    some = idle(fast=10, careful={"no_container": 9})
    assert unknown_template(some, after(*[FAST] * 20)) == ""


def test_what_lies_more_than_twenty_pages_back_is_over() -> None:
    one, then = idle(careful={"no_container": 1}), idle(careful={"no_container": 30})
    past = after(run(fast=20), then, *[FAST] * 20)
    assert unknown_template(one, past) == ""


def test_where_many_pages_always_went_the_careful_way_nothing_changed() -> None:
    always = run(fast=10, careful={"unknown_block": 10})
    report = idle(careful={"unknown_block": 3})
    assert unknown_template(report, after(*[always] * 20)) == ""


def test_nothing_is_told_before_sixty_pages_are_known() -> None:
    report = idle(careful={"no_container": 9})
    assert unknown_template(report, after(run(fast=59))) == ""
    assert unknown_template(report, after(run(fast=60))) != ""


def test_pages_that_no_model_was_asked_for_do_not_count() -> None:
    report = idle(careful={"few_pages": 9, "untrusted": 9})
    assert unknown_template(report, after(*[FAST] * 20)) == ""


def test_the_chance_of_so_many_is_the_binomial_one() -> None:
    assert tail(0, 3, 0.2) == pytest.approx(1)
    assert tail(2, 3, 0.2) == pytest.approx(3 * 0.04 * 0.8 + 0.008)


def test_a_run_that_learned_tells_nothing_of_what_is_usual() -> None:
    report = idle(careful={"no_container": 8})
    learned = run(fast=40, careful={"no_container": 28}, new=110)
    settled = run(fast=60, careful={"no_container": 7})
    assert unknown_template(report, after(settled, learned)) != ""
    assert unknown_template(report, after(learned, learned)) == ""


def test_a_run_that_learned_a_model_anew_shows_no_changed_template() -> None:
    learned = idle(fast=37, careful={"no_container": 45}, read_again=6)
    before = [run(fast=150, careful={"no_container": 5})]
    assert unknown_template(learned, after(*before)) == ""
    next_one = idle(fast=1, careful={"no_container": 2})
    assert unknown_template(next_one, after(learned, *before)) == ""
