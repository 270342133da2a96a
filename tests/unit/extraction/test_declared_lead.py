from __future__ import annotations

import pytest

from scraper.extraction.declared_lead import find_declared_lead
from scraper.extraction.json_ld import StructuredData
from tests.unit.extraction.kit import declared_of

TITLE = "A bus full of books"
TEXT = "The library bus reached the village of Na Lay after a long winter."
LEAD = "After a winter of waiting the library bus came back to the village."


def found(*descriptions, data=""):
    names = ("og:description", "description")
    metas = zip(names, descriptions, strict=False)
    head = "".join(f'<meta name="{n}" content="{d}">' for n, d in metas)
    given = StructuredData(description=data)
    return find_declared_lead(declared_of(head), given, title=TITLE, text=TEXT)


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
