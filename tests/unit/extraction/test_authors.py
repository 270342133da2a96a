from __future__ import annotations

import pytest

from scraper.extraction.authors import choose_authors
from scraper.extraction.byline import MOST_STATED, Stated, find_stated
from scraper.extraction.credit_lines import Place
from scraper.extraction.head import Declared, Head
from scraper.extraction.json_ld import StructuredData
from scraper.extraction.labeller import Trees
from scraper.extraction.people import Byline
from scraper.items import Page
from scraper.reading import read
from tests.unit.extraction.kit import paragraphs

TITLE = "The ferry over the Lonely Sound sails again"


def authors(above="", below="", head="", *, site="The Sound Post"):
    """Return the authors of a page with lines *above* and *below* its text."""
    body = f"""<html lang="en"><head><title>{TITLE}</title>
    <meta property="og:site_name" content="{site}">{head}</head><body>
    <header><a href="/">Home</a></header>
    <article><h1>{TITLE}</h1>{above}<div class="text">{paragraphs()}</div>{below}</article>
    <footer><p>All rights reserved</p></footer></body></html>"""
    return read(Page("https://post.example/a", body.encode())).authors


def ld(author):
    return f"""<script type="application/ld+json">
    {{"@type": "NewsArticle", "headline": "{TITLE}", "author": {author}}}</script>"""


def test_as_many_elements_of_the_head_are_read_as_a_page_may_have():
    names = [f"Jane Roe{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600)]
    values = {"author": names}
    stated = find_stated(
        Head(Declared(values), StructuredData()), (), Place(-1, 0, 0), Byline()
    )
    assert len(stated.meta) == MOST_STATED


def test_a_text_too_long_to_name_authors_is_not_parsed():
    many = ", ".join(
        f"Jane Ro{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(200)
    )
    values = {"author": [many, "Joan Doe"]}
    stated = find_stated(
        Head(Declared(values), StructuredData()), (), Place(-1, 0, 0), Byline()
    )
    assert stated.meta == ("Joan Doe",)


@pytest.mark.parametrize(
    "line",
    [
        "<p class='byline'>By Jane Doe</p>",
        "<p>By Jane Doe</p>",
        "<div class='post-author-name'>Jane Doe</div>",
        "<p><a rel='author' href='/x'>Jane Doe</a></p>",
        "<p>Written by <a href='/staff/jane-doe'>Jane Doe</a> | 4 May 2024</p>",
    ],
)
def test_a_line_under_the_headline_names_the_author(line):
    assert authors(line) == ("Jane Doe",)


@pytest.mark.parametrize(
    "head",
    [
        ld('{"@type": "Person", "name": "Jane Doe"}'),
        ld('{"givenName": "Jane", "familyName": "Doe"}'),
        "<meta name='author' content='By Jane Doe'>",
        "<meta property='og:author' content='&lt;a href=&quot;/j&quot;&gt;Jane Doe&lt;/a&gt;'>",
        (
            "<meta name='twitter:label1' content='Written by'>"
            "<meta name='twitter:data1' content='Jane Doe'>"
        ),
    ],
)
def test_the_head_names_the_author(head):
    assert authors(head=head) == ("Jane Doe",)


def test_all_authors_are_named_in_their_order():
    line = "<p class='byline'>By Zoe Roe, Jane Doe and Al Poe</p>"
    assert authors(line) == ("Zoe Roe", "Jane Doe", "Al Poe")


def test_a_printed_author_counts_before_who_put_the_article_online():
    head = "<meta name='author' content='Web Minder'>"
    assert authors("<p class='byline'>By Jane Doe</p>", head=head) == ("Jane Doe",)


@pytest.mark.parametrize("name", ["Admin", "Guest", "Super User", "SEO", "Web Desk"])
def test_an_account_is_no_author(name):
    assert authors(head=ld(f'{{"name": "{name}"}}')) == ()


@pytest.mark.parametrize(
    "head",
    [
        ld('{"@type": "Organization", "name": "The Sound Post"}'),
        ld('{"@type": "Person", "name": "The Sound Post"}'),
        "<meta name='author' content='the sound post'>",
    ],
)
def test_the_site_that_declares_itself_is_no_author(head):
    assert authors(head=head) == ()


def test_an_account_that_signs_is_an_author_but_no_other_site():
    signed = "<p>By <a rel='author' href='/author/x'>{}</a></p>"
    assert authors(signed.format("saltyjane")) == ("saltyjane",)
    assert authors(signed.format("lonelyisles.net")) == ()


def test_the_sites_name_beside_a_person_is_left_out():
    assert authors("<p class='byline'>By Jane Doe, The Sound Post</p>") == ("Jane Doe",)


def test_a_group_that_signs_is_an_author_for_want_of_people():
    assert authors(head=ld('{"name": "Sound Post Staff"}')) == ("Sound Post Staff",)


def test_who_writes_a_comment_is_no_author():
    comment = (
        "<div class='comments'><p class='author'>Salty Jones</p><p>Fine!</p></div>"
    )
    assert authors(below=comment) == ()


@pytest.mark.parametrize("role", ["Edited by", "Photos by", "Fact-checked by"])
def test_people_of_another_role_are_no_authors(role):
    line = f"<p class='byline'>By Jane Doe</p><p class='byline'>{role} Al Poe</p>"
    assert authors(line) == ("Jane Doe",)


def test_nobody_is_named_where_no_set_of_names_is_likely():
    stated = Stated(("Jane Doe",), (), (), (), frozenset())
    sure, unsure = (Trees((), lambda at=at: at) for at in (9.0, -9.0))
    assert choose_authors(Byline(), lambda: stated, sure) == ("Jane Doe",)
    assert choose_authors(Byline(), lambda: stated, unsure) == ()
