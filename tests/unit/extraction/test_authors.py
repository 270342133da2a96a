from __future__ import annotations

import pytest

from scraper.extraction.authors import choose_authors, clean_authors
from scraper.extraction.people import parse_byline
from scraper.extraction.json_ld import StructuredData
from tests.unit.extraction.kit import blocks_of, declared_of


def chosen(printed="", *, near="", head="", listed=(), sites=()):
    """Choose between a credit line, the lines under the headline and what is declared."""
    data = StructuredData(authors=tuple(listed))
    byline, declared = parse_byline(printed), declared_of(head)
    return choose_authors(byline, blocks_of(near or "<p></p>"), declared, data, sites)


def test_a_printed_line_alone_is_believed():
    assert chosen("By Jane Doe") == ("Jane Doe",)


def test_a_teasers_credit_line_gives_way_to_the_declared_and_printed_author():
    found = chosen("By Ann Roe", near="<p>By Jane Doe</p>", listed=["Jane Doe"])
    assert found == ("Jane Doe",)


def test_a_job_title_taken_for_a_credit_line_gives_way_to_the_declared_author():
    assert chosen("Senior Wordsmith", listed=["Jane Doe"]) == ("Jane Doe",)


def test_all_declared_names_that_are_printed_count():
    near = "<p>By Jane Doe and Ann Roe</p>"
    assert chosen("Jane Doe", near=near, listed=["Jane Doe", "Ann Roe"]) == (
        "Jane Doe",
        "Ann Roe",
    )


def test_a_declared_editor_whom_the_credit_line_leaves_out_is_no_author():
    found = chosen("Jane Doe", near="<p>By Jane Doe</p>", listed=["Jane Doe", "Al Roe"])
    assert found == ("Jane Doe",)


@pytest.mark.parametrize(
    "role", ["Edited by", "Photography by", "Relu par", "Biên tập"]
)
def test_a_line_of_another_role_confirms_no_author(role):
    near = f"<p>By Jane Doe</p><p>{role} Al Roe</p>"
    found = chosen("Jane Doe", near=near, listed=["Jane Doe", "Al Roe"])
    assert found == ("Jane Doe",)


@pytest.mark.parametrize(
    "link", ['<a rel="author" href="/x">', '<a href="/staff/ann-roe/">']
)
def test_a_link_to_an_authors_page_beside_a_declared_author_counts(link):
    near = f"<p>By Jane Doe and {link}Ann Roe</a></p>"
    assert chosen("Jane Doe", near=near, listed=["Jane Doe"]) == ("Jane Doe", "Ann Roe")


def test_a_link_to_an_author_elsewhere_does_not_add_one():
    near = '<p>By Jane Doe</p><p><a href="/author/ann">Ann Roe</a></p>'
    assert chosen("Jane Doe", near=near, listed=["Jane Doe"]) == ("Jane Doe",)


def test_a_link_to_an_authors_page_is_enough_where_nothing_is_declared():
    assert chosen(near='<p><a href="/author/jane">Jane Doe</a></p>') == ("Jane Doe",)


def test_a_printed_wire_service_outranks_authors_that_are_only_declared():
    assert chosen("Theo TTXVN", listed=["Mạnh Tú"]) == ()


def test_people_of_a_wire_service_are_those_that_are_printed():
    assert chosen("Mạnh Tú (TTXVN)", listed=["Thu Hà"]) == ("Mạnh Tú",)


@pytest.mark.parametrize(
    "name", ["author", "article:author", "parsely-author", "dc.creator", "byl"]
)
def test_an_author_is_declared_under_many_names(name):
    assert chosen(head=f'<meta name="{name}" content="By Jane Doe">') == ("Jane Doe",)


def test_an_address_declared_as_author_is_none():
    head = '<meta name="author" content="https://a.example/Jane Doe">'
    assert chosen(head=head) == ()


def test_structured_data_counts_before_the_meta_author_where_none_is_printed():
    head = '<meta name="author" content="Ann Roe">'
    assert chosen(head=head, listed=["Jane Doe"]) == ("Jane Doe",)


@pytest.mark.parametrize("name", ["Example Staff", "Example Editorial Board"])
def test_a_group_signs_only_where_no_person_does(name):
    assert chosen(listed=[name]) == (name,)
    assert chosen("By Jane Doe", listed=[name]) == ("Jane Doe",)


def test_declared_authors_are_told_from_the_site_and_the_wire_service():
    listed = ["Mạnh Tú", "Báo Tin tức", "TTXVN", "tin.example", "Sao Mai", "mạnh tú"]
    assert clean_authors(listed, ["Sao mai", "tin.example", ""]) == ("Mạnh Tú",)


@pytest.mark.parametrize("glued", ["Linh SơnTTXVN", "Jane DoeReuters"])
def test_a_name_glued_to_a_wire_service_is_no_name(glued):
    assert clean_authors([glued], []) == ()


@pytest.mark.parametrize("name", ["Aparna Ravi", "Mary O’Keefe"])
def test_a_name_that_only_ends_as_an_agency_does_is_kept(name):
    assert clean_authors([name], []) == (name,)


def test_a_site_whose_name_begins_as_a_label_does_is_no_author():
    assert clean_authors(["Tin Mới"], ["Tin mới"]) == ()


def test_a_name_that_ends_as_a_short_agency_does_is_kept():
    assert clean_authors(["Tom Sharp"], []) == ("Tom Sharp",)
