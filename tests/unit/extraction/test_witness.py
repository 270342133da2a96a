from __future__ import annotations

import pytest

from scraper.extraction.main_content import MainContent
from scraper.extraction.witness import hear_witness
from tests.unit.extraction.kit import VIETNAMESE, blocks_of

ONE, TWO, THREE, FOUR = VIETNAMESE
PROMOTION = "Tải ứng dụng của chúng tôi để đọc thêm nhiều câu chuyện hay mỗi ngày nhé."


def verdicts(markup, found, stated):
    """Return (text, rule, keep) of what the witness says where *found* was found."""
    blocks = blocks_of(markup)
    main = MainContent(
        frozenset(b.index for b in blocks if b.text in found), range(len(blocks))
    )
    told = hear_witness(blocks, main, stated)
    return [(blocks[i].text, v.rule, v.keep) for i, v in sorted(told.items())]


def body(*paragraphs, promotion="p class='app'"):
    tag = promotion.split()[0]
    return "".join(f"<p>{p}</p>" for p in paragraphs) + (
        f"<{promotion}>{PROMOTION}</{tag}>"
    )


def test_a_paragraph_set_apart_that_json_ld_lacks_is_dropped():
    found = {ONE, TWO, THREE, PROMOTION}
    told = verdicts(body(ONE, TWO, THREE), found, " ".join((ONE, TWO, THREE)))
    assert told == [(PROMOTION, "not_in_json_ld", False)]


def test_a_paragraph_set_as_the_told_ones_is_left_alone():
    found = {ONE, TWO, THREE, PROMOTION}
    markup = body(ONE, TWO, THREE, promotion="p")
    assert verdicts(markup, found, " ".join((ONE, TWO, THREE))) == []


@pytest.mark.parametrize("name", ["has-dropcap", "first-paragraph", "lead", "p-intro"])
def test_an_opening_paragraph_set_apart_that_json_ld_lacks_is_left_alone(name):
    markup = f'<p class="{name}">{ONE}</p><p>{TWO}</p><p>{THREE}</p><p>{FOUR}</p>'
    assert verdicts(markup, set(VIETNAMESE), " ".join((TWO, THREE, FOUR))) == []


def test_a_name_that_only_begins_as_an_opening_does_is_none():
    markup = body(ONE, TWO, THREE, promotion='p class="leading-normal"')
    found = {ONE, TWO, THREE, PROMOTION}
    told = verdicts(markup, found, " ".join((ONE, TWO, THREE)))
    assert told == [(PROMOTION, "not_in_json_ld", False)]


def test_a_heading_that_json_ld_lacks_is_left_alone():
    found = {ONE, TWO, THREE, PROMOTION}
    markup = body(ONE, TWO, THREE, promotion="h3")
    assert verdicts(markup, found, " ".join((ONE, TWO, THREE))) == []


def test_a_witness_that_tells_little_of_what_was_found_is_not_heard():
    found = {ONE, TWO, THREE, PROMOTION}
    assert verdicts(body(ONE, TWO, THREE), found, ONE) == []


def test_a_paragraph_that_was_not_found_is_kept_where_json_ld_holds_it():
    markup = body(ONE, TWO, THREE, FOUR)
    told = verdicts(markup, {ONE, TWO, THREE}, " ".join(VIETNAMESE))
    assert (FOUR, "in_json_ld", True) in told


def test_a_hidden_copy_is_not_kept_for_what_json_ld_holds():
    markup = f"<p>{ONE}</p><p>{TWO}</p><div hidden>{FOUR}</div>"
    assert verdicts(markup, {ONE, TWO}, " ".join((ONE, TWO, FOUR))) == []


def test_a_page_without_an_article_body_has_no_witness():
    assert verdicts(body(ONE), {ONE}, "") == []
