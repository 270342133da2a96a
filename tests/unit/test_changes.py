from __future__ import annotations

import unicodedata

import pytest

from scraper.changes import Change, ChangeKind, changes_between, is_reworded
from scraper.items import Article, Block, BlockKind, Kind

FIRST = "Sáng 24/11, mưa lớn làm ngập nhiều tuyến đường ở trung tâm thành phố."
SECOND = "Theo ông Tân, 12 người đã được đưa đến nơi an toàn trong đêm qua."
THIRD = "Các trường học ở hai phường ven sông cho học sinh nghỉ học đến hết tuần."


def make(*paragraphs: str, title: str = "Ngập lụt ở trung tâm", **fields) -> Article:
    address = "https://example.vn/tin.htm"
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    return Article(
        url=address, canonical_url=address, site="example.vn", kind=Kind.ARTICLE,
        title=title, blocks=blocks, **fields,
    )  # fmt: skip


@pytest.mark.parametrize(
    "after",
    [
        make(FIRST.upper(), SECOND),
        make(f"  {FIRST}", SECOND.replace(",", " ,")),
        make(unicodedata.normalize("NFD", FIRST), SECOND),
        make(FIRST, SECOND, "1.234 lượt xem"),
        make(FIRST, SECOND, "12 bình luận"),
        make(FIRST, SECOND, "5 min read"),
        make(FIRST, SECOND, tags=("mới",)),
    ],
)
def test_trivial_churn_changes_nothing(after) -> None:
    before = make(FIRST, SECOND, "1.200 lượt xem")
    assert not is_reworded(before, after)
    assert changes_between(before, after) == []


def test_the_place_of_a_tone_mark_is_no_change() -> None:
    assert not is_reworded(
        make("Ông Hoà ở Thuỷ Nguyên."), make("Ông Hòa ở Thủy Nguyên.")
    )


@pytest.mark.parametrize(
    "after",
    [
        make(FIRST, SECOND.replace("Tân", "Tấn")),
        make(FIRST, SECOND.replace("12 người", "13 người")),
        make(FIRST, SECOND, title="Ngập lụt ở ngoại thành"),
        make(SECOND, FIRST),
    ],
)
def test_another_word_number_headline_or_order_is_a_change(after) -> None:
    assert is_reworded(make(FIRST, SECOND), after)


def test_a_short_line_with_a_number_is_no_counter() -> None:
    assert is_reworded(make(FIRST, "12 người chết"), make(FIRST, "13 người chết"))


def test_a_changed_paragraph_is_found_beside_one_that_was_added_before_it() -> None:
    corrected = SECOND.replace("12", "15")
    after = make(FIRST, "Đính chính: số người được sơ tán đã được sửa.", corrected)
    assert changes_between(make(FIRST, SECOND), after) == [
        Change(ChangeKind.ADDED, "", "Đính chính: số người được sơ tán đã được sửa."),
        Change(ChangeKind.CHANGED, SECOND, corrected),
    ]


def test_what_has_little_in_common_is_another_paragraph() -> None:
    assert changes_between(make(FIRST, SECOND), make(FIRST, THIRD)) == [
        Change(ChangeKind.REMOVED, SECOND, ""),
        Change(ChangeKind.ADDED, "", THIRD),
    ]


def test_the_headline_is_the_first_paragraph() -> None:
    after = make(FIRST, title="Ngập lụt lớn ở trung tâm")
    assert changes_between(make(FIRST), after) == [
        Change(ChangeKind.CHANGED, "Ngập lụt ở trung tâm", "Ngập lụt lớn ở trung tâm")
    ]


def test_texts_of_many_other_paragraphs_are_not_compared_one_by_one() -> None:
    before = make(*(f"{FIRST} {n}" for n in range(60)))
    after = make(*(f"{FIRST} {n}" for n in range(100, 160)))
    kinds = [change.kind for change in changes_between(before, after)]
    assert kinds == [ChangeKind.REMOVED] * 60 + [ChangeKind.ADDED] * 60
