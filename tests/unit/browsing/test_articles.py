"""The articles in a browser: a table with facets and a search, and a page for each."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import pytest

from tests.unit.browsing.kit import ARTICLES, ATTACK, EDITED, SCRIPT
from tests.unit.cli.kit import BODY, LEAD


def test_the_newest_come_first_with_a_few_facets_that_count_them(browsed) -> None:
    found = browsed.json(f"{ARTICLES}.json?_shape=objects")
    assert set(found["facet_results"]) == {"site", "section", "day"}
    more = "&_facet=site&_facet=section&_facet=day&_facet=kind&_facet=agency"
    found = browsed.json(f"{ARTICLES}.json?_shape=objects&_facet=revision{more}")
    days = [row["published_at"] for row in found["rows"]]
    assert days == sorted(days, reverse=True)
    counts = {
        name: {each["value"]: each["count"] for each in facet["results"]}
        for name, facet in found["facet_results"].items()
    }
    assert counts["site"] == {"bao.example": 3, "anh.example": 1}
    assert counts["kind"] == {"article": 3, "gallery": 1}
    assert counts["section"] == {"Thời sự": 3}
    assert counts["day"] == {"2025-07-11": 4}
    assert counts["agency"] == {"TTXVN": 1, SCRIPT: 1}
    assert counts["revision"] == {1: 3, 2: 1}
    assert browsed.titles(site="anh.example") == ["Ảnh: bộ chỉ số"]


@pytest.mark.parametrize("words", ["bộ chỉ số", "bo chi so", "BỘ chỉ", '"chi so"'])
def test_words_are_found_with_marks_and_without(browsed, words: str) -> None:
    assert browsed.titles(_search=words) == ["Ảnh: bộ chỉ số"]


@pytest.mark.parametrize("words", ["bộ số xyz", '"so chi"', "*", '"', "'--"])
def test_what_is_not_there_is_not_found(browsed, words: str) -> None:
    assert browsed.titles(_search=words) == []


def test_the_table_can_be_searched_and_leads_to_the_article(browsed) -> None:
    status, page = browsed.ask(f"{ARTICLES}?_search=bo+chi+so")
    assert status == 200
    assert 'type="search" name="_search" value="bo chi so"' in page
    assert '<a href="/-/article?url=https%3A%2F%2Fbao.example%2Ftin-2.htm">' in page
    assert "2025-07-11 14:02" in page


def test_no_word_at_all_leaves_every_article(browsed) -> None:
    assert len(browsed.titles(_search=" ")) == 4


def test_the_page_of_an_article_shows_all_of_it(browsed) -> None:
    status, page = browsed.page_of(EDITED)
    assert status == 200
    for text in (LEAD, *BODY[:2], "2025-07-11 14:03", "Xe ở bản. Ảnh: An"):
        assert text in page
    assert f'<a href="{EDITED}" rel="noreferrer">' in page
    assert '<a href="https://anh.example/xe.jpg" rel="noreferrer">' in page


def test_the_page_of_an_article_shows_what_each_revision_said(browsed) -> None:
    _, page = browsed.page_of(EDITED)
    before, after = BODY[2], BODY[2].replace("ba xe", "bốn xe")
    assert f"<del>{before}</del> <ins>{after}</ins>" in page
    old = page.partition("The text of revision 1</summary>")[2]
    assert before in old
    assert after not in old


def test_an_article_that_was_never_edited_has_no_revisions_to_show(browsed) -> None:
    assert "Revisions" not in browsed.page_of("https://bao.example/tin-1.htm")[1]


@pytest.mark.parametrize("url", ["", "https://bao.example/khac.htm", "\x00"])
def test_an_address_without_an_article_is_not_found(browsed, url: str) -> None:
    assert browsed.page_of(url)[0] == 404


@pytest.mark.parametrize(
    "path",
    [ARTICLES, f"/-/article?url={quote(ATTACK, safe='')}", f"/-/article?url={SCRIPT}"],
)
def test_what_an_article_says_is_text_and_never_markup(browsed, path: str) -> None:
    _, page = browsed.ask(quote(path, safe="/?=%&-"))
    assert SCRIPT not in page
    assert 'lang=""><script' not in page
    assert escape(SCRIPT, quote=False).replace('"', "&#34;") in page
    assert "javascript:" not in page


def test_titles_and_leads_have_columns_wide_enough_to_read(browsed) -> None:
    _, page = browsed.ask(ARTICLES)
    assert "td.col-lead { min-width:" in page
    assert 'class="col-lead' in page
