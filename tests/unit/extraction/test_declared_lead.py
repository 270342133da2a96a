from __future__ import annotations

import pytest

from scraper.extraction.json_ld import StructuredData
from scraper.extraction.lead import find_declared_lead
from tests.unit.extraction.kit import head_of

TITLE = "A bus full of books"
TEXT = "The library bus reached the village of Na Lay after a long winter."
LEAD = "After a winter of waiting the library bus came back to the village."


def found(*descriptions, data=""):
    names = ("og:description", "description")
    metas = zip(names, descriptions, strict=False)
    head = "".join(f'<meta name="{n}" content="{d}">' for n, d in metas)
    given = StructuredData(description=data)
    return find_declared_lead(head_of(head, given), title=TITLE, text=TEXT)


def test_a_description_is_a_lead_with_its_source():
    assert found(LEAD) == (LEAD, "meta")
    assert found(data=LEAD) == (LEAD, "json_ld")


@pytest.mark.parametrize(
    "other",
    [
        LEAD.rstrip(".") + "...",
        LEAD.rstrip(".") + "…",
        TITLE,
        "Breaking stories, sports results and weather, all day long.",
        "The village bus",
    ],
)
def test_one_that_is_cut_repeats_the_headline_or_is_a_slogan_is_passed_over(other):
    assert found(other) == ("", "")
    assert found(other, LEAD) == (LEAD, "meta")


def test_a_page_that_declares_none_has_none():
    assert found() == ("", "")


FIRST = (
    "The reading room on the river opened again on Saturday with twenty more seats, "
    "said the head of the library. The old shelves went to a school."
)
SECOND = "Readers had waited for two winters"


@pytest.mark.parametrize("mark", ["", "…", "...", " [...]"])
@pytest.mark.parametrize("length", [60, 90])
def test_one_that_is_cut_is_completed_from_the_text(mark, length):
    head = f'<meta name="description" content="{FIRST[:length]}{mark}">'
    given = head_of(head)
    lead, source = find_declared_lead(given, title="Seats", text=f"{FIRST}\n\n{SECOND}")
    assert (lead, source) == (FIRST[: FIRST.index(".") + 1], "meta")


def test_one_that_ends_as_a_paragraph_does_is_whole():
    text = f"{FIRST.rstrip('.')}\n\n{SECOND}."
    head = f'<meta name="description" content="{FIRST.rstrip(".")}">'
    found = find_declared_lead(head_of(head), title="x", text=text)
    assert found == (FIRST.rstrip("."), "meta")


def test_a_description_in_a_script_without_spaces_is_a_lead():
    described = "周六上午河边的图书馆重新开放，新的阅览室多了二十个座位。"
    head = f'<meta name="description" content="{described}">'
    given = head_of(head)
    text = "河边的图书馆周六上午开放，阅览室的座位多了二十个。"
    assert find_declared_lead(given, title="x", text=text) == (described, "meta")
    text = "市场里的咖啡价格本周下跌，农户表示担心。"
    assert find_declared_lead(given, title="x", text=text) == ("", "")
