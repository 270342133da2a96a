from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.living.conftest import START
from worlds.living import Kind
from worlds.living.view import View

SECOND = timedelta(seconds=1)


def of(world, kind):
    return [event for event in world.events() if event.kind is kind]


def test_addresses_and_first_texts_stay_as_time_passes(month):
    moves = {event.n for event in of(month, Kind.MOVE)}
    for n in (n for n in range(0, 2000, 41) if n not in moves):
        paths = {
            month.headline_at(n, month.times[n] + timedelta(days=days)).path
            for days in range(28)
        }
        assert paths == {month.headline(n).path}


def test_every_address_is_found_again_once_it_is_published(month):
    view = View(month, START + timedelta(days=25))
    for n in range(0, len(month), 13):
        shown = view.is_shown(n)
        assert view.find(view.headline(n).path) == (n if shown else None)


@pytest.mark.parametrize(
    "path",
    [
        "/thoi-su/khong-co-20260302085500000.htm",
        "/thoi-su/ngay-sai-20269902085500000.htm",
        "/khong-co-post3000300.html",
        "/khong-co-post1.html",
        "/khong-co-post999999999.html",
        "/",
    ],
)
def test_an_address_without_an_article_is_not_found(month, path):
    assert View(month, month.end).find(path) is None


def test_a_view_shows_what_is_published_and_not_taken_down(two_days):
    gone = {event.n: event.time for event in of(two_days, Kind.TAKEDOWN)}
    for hours in range(0, 49, 6):
        moment = START + timedelta(hours=hours)
        expected = [
            n
            for n, time in enumerate(two_days.times)
            if time <= moment and not (n in gone and gone[n] <= moment)
        ]
        assert list(View(two_days, moment).newest()) == expected[::-1]


def test_sections_list_each_article_once_wherever_it_moved(two_days):
    for hours in (0, 7, 20, 30, 47):
        view = View(two_days, START + timedelta(hours=hours))
        tops = view.sections.top
        listed = [head.n for top in tops for head in view.listed(top, 0, 9999)]
        assert sorted(listed) == sorted(view.newest())
        for section in view.sections.by_id.values():
            numbers = [head.n for head in view.listed(section, 0, 9999)]
            assert numbers == sorted(numbers, reverse=True)
            assert view.count(section) == len(numbers)
            assert {head.n for head in view.listed(section, 2, 5)} == set(numbers[2:5])


def test_the_truth_changes_with_an_edit_and_not_before(two_days):
    for edit in of(two_days, Kind.EDIT):
        before = two_days.truth(edit.n, edit.time - SECOND)
        after = two_days.truth(edit.n, edit.time)
        assert before.text != after.text
        assert (before.title, before.lead) == (after.title, after.lead)
        stated = edit.time.isoformat() if edit.stated else before.modified_at
        assert after.modified_at == stated


def test_an_edit_is_of_its_form(two_days):
    for edit in of(two_days, Kind.EDIT):
        before = two_days.truth(edit.n, edit.time - SECOND).blocks
        after = two_days.truth(edit.n, edit.time).blocks
        if edit.detail == "paragraph":
            assert len(after) == len(before) + 1
            assert [block for block in after if block in before] == list(before)
        elif len(after) == len(before):
            assert edit.detail in {"number", "name"}
            assert any(a != b for a, b in zip(after, before, strict=True))


def test_a_correction_note_says_what_was_wrong(month):
    notes = [e for e in of(month, Kind.EDIT) if e.detail == "note"]
    last = [month.truth(e.n, e.time).blocks[-1][1] for e in notes]
    assert sum(text.startswith("Đính chính: ") for text in last) > len(last) / 2


def test_what_moves_keeps_its_text(two_days):
    for move in of(two_days, Kind.MOVE):
        before = two_days.truth(move.n, move.time - SECOND)
        after = two_days.truth(move.n, move.time)
        assert (before.url, after.url) == (move.address, move.detail)
        assert before.section != after.section
        assert before.blocks == after.blocks


def test_articles_name_a_renamed_section_as_it_was_when_they_came(two_days):
    (rename,) = of(two_days, Kind.RENAME)
    names = {
        (head.section.slug, head.section.name, head.published >= rename.time)
        for head in map(two_days.headline, range(len(two_days)))
        if head.section.id == 564
    }
    assert names == {
        ("suc-khoe", "Y tế", False),
        ("y-te", "Y tế - Sức khỏe", True),
    }


def test_all_truths_are_of_the_new_template_after_the_redesign(two_days):
    (redesign,) = of(two_days, Kind.REDESIGN)
    for n in (0, 1, 200):
        old = two_days.truth(n, redesign.time - SECOND)
        assert old.template in {"current", "cms"}
        assert two_days.truth(n, redesign.time).template == "renewed"


@pytest.mark.parametrize("n", [-1, 10**6])
def test_an_article_out_of_range_is_an_index_error(month, n):
    with pytest.raises(IndexError, match="articles"):
        month.truth(n, START)
