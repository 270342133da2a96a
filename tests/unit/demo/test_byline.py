from __future__ import annotations

import re

import pytest

from scraper.demo.story import AGENCY_ALONE, byline_of

FORMS = {
    r"\S+ [^/(:–,]+ \(TTXVN\)": 1,
    r"Tin, ảnh: [^–,]+ \(TTXVN\)": 1,
    r"[^–:]+ – [^–:]+ \(TTXVN\)": 2,
    re.escape(AGENCY_ALONE): 0,
    r"Bài, ảnh: [^–,]+ \(TTXVN\)": 1,
    r"[^/(:]+/TTXVN": 1,
    r"[^,:]+, [^,:]+ \(TTXVN\)": 2,
    r"[^/(]+/TTXVN \(Thực hiện\)": 1,
    r"Chùm ảnh, clip: [^/]+/TTXVN": 1,
    r"Chùm ảnh: [^/]+ \(TTXVN\)": 1,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_printed_with_its_authors(form):
    shapes = ("news", "interview", "gallery")
    lines = [byline_of(n, shape, n * 5) for n in range(40) for shape in shapes]
    found = [line for line in lines if re.fullmatch(form, line.printed)]
    assert found
    for line in found:
        assert len(set(line.authors)) == FORMS[form]
        assert all(author in line.printed for author in line.authors)


def test_the_agency_alone_is_no_author():
    line = next(
        b for b in (byline_of(n, "news", 1) for n in range(20)) if not b.authors
    )
    assert line.agency == line.printed == line.glued == AGENCY_ALONE


def test_structured_data_glues_author_and_agency():
    line = byline_of(0, "news", 0)
    assert line.glued == line.authors[0] + "TTXVN"
