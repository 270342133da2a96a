"""Kinds of credit, several of each: what a page states of its authors in many ways."""

from __future__ import annotations

import pytest

from scraper.extraction.people import parse_byline
from scraper.items import Page
from scraper.reading import read
from tests.unit.extraction.kit import VIETNAMESE, paragraphs
from tests.unit.extraction.test_authors import TITLE, authors, ld


def vietnamese_authors(*, above="", end=""):
    title = "Bến đò Lau Sậy đón khách trở lại"
    page = f"""<html lang="vi"><head><title>{title}</title></head><body>
    <article><h1>{title}</h1>{above}<div class="text">{paragraphs(VIETNAMESE)}{end}</div>
    </article></body></html>"""
    return read(Page("https://song.example/a", page.encode())).authors


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("記者陳大山／北港報導", ["陳大山"]),
        ("（记者张小雨）", ["张小雨"]),
        ("本报记者 张小雨 陈大山", ["张小雨", "陈大山"]),
        ("文・森田 花", ["森田 花"]),
        ("森田 花子", ["森田 花子"]),
        ("김보기·박나루 기자", ["김보기", "박나루"]),
        ("[김보기 기자]", ["김보기"]),
        ("بقلم: سارة المثال", ["سارة المثال"]),
        ("מאת דנה לדוגמה", ["דנה לדוגמה"]),
    ],
)
def test_a_script_without_capitals_has_names_too(printed, names):
    assert list(parse_byline(printed).authors) == names


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("By Dan Roe and Ann Poe", ["Dan Roe", "Ann Poe"]),
        ("Zoe Roe, Dan Poe", ["Zoe Roe", "Dan Poe"]),
        ("ZOE ROE AND ANN POE", ["ZOE ROE", "ANN POE"]),
        ("Oleh Dewi Sari dan Budi Laut", ["Dewi Sari", "Budi Laut"]),
    ],
)
def test_a_word_for_and_joins_names_but_begins_none(printed, names):
    assert list(parse_byline(printed).authors) == names


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("By Md Karim Alam", ["Md Karim Alam"]),
        ("Jane Doe, MD", ["Jane Doe"]),
        ("Jane Doe PhD", ["Jane Doe"]),
        ("By Jane Doe, M.D., and Al Poe, R.N.", ["Jane Doe", "Al Poe"]),
        ("MD", []),
    ],
)
def test_a_degree_is_no_part_of_a_name(printed, names):
    assert list(parse_byline(printed).authors) == names


@pytest.mark.parametrize(
    "printed",
    [
        "PV Lê Thị Bốn",
        "P.V Lê Thị Bốn",
        "Phóng viên Lê Thị Bốn",
        "CTV Lê Thị Bốn",
        "Nhà báo Lê Thị Bốn",
        "Lê Thị Bốn (T/h)",
        "Lê Thị Bốn (theo AFP)",
        "Lê Thị Bốn ⋅ 5/7/2025",
    ],
)
def test_a_vietnamese_credit_names_the_person_without_the_role(printed):
    line = f'<p class="author">{printed}</p>'
    assert vietnamese_authors(above=line) == ("Lê Thị Bốn",)


def test_a_signature_at_the_end_may_say_where_it_was_written():
    signed = '<p style="text-align:right"><b>Lê Thị Bốn (từ Sông Lau)</b></p>'
    assert vietnamese_authors(end=signed) == ("Lê Thị Bốn",)


@pytest.mark.parametrize(
    "printed",
    ["Ban Biên tập", "Tòa soạn", "Biên tập viên", "Tin tổng hợp", "The Editors"],
)
def test_of_a_desk_no_word_is_left_as_a_name(printed):
    assert parse_byline(printed).authors == ()


@pytest.mark.parametrize(
    "name",
    [
        "Guest Contributor",
        "Guest Author",
        "user17",
        "Online Editor",
        "Our Editors",
        "관리자",
        "Администратор",
        "Toà soạn",
        "管理员",
    ],
)
def test_an_account_signs_for_nobody_nor_beside_a_person(name):
    assert authors(head=ld(f'{{"@type": "Person", "name": "{name}"}}')) == ()
    both = f'[{{"name": "{name}"}}, {{"@type": "Person", "name": "Jane Doe"}}]'
    assert authors(head=ld(both)) == ("Jane Doe",)


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (ld('{"@type": "Person", "name": "Web Minder"}'), "<p>By Jane Doe</p>"),
        (
            ld('{"@type": "Person", "name": "Web Minder"}'),
            "<p class='byline'>Words by Jane Doe</p>",
        ),
        ("<meta name='author' content='minder'>", "<p>Written by Jane Doe</p>"),
    ],
)
def test_a_printed_credit_outranks_a_poster_who_is_printed_nowhere(head, line):
    assert authors(line, head=head) == ("Jane Doe",)


def test_a_declared_author_stands_if_the_page_prints_the_name_in_another_spelling():
    head = ld('{"@type": "Person", "name": "Jane Elizabeth Doe"}')
    assert authors("<p>By Jane Doe</p>", head=head) == ("Jane Elizabeth Doe",)


@pytest.mark.parametrize(
    "line",
    [
        "<p class='byline'>By Zoe Roe and Jane Doe</p>",
        "<p>By Zoe Roe &amp; Jane Doe</p>",
        "<p class='author'>By <b>Zoe Roe</b> and <b>Jane Doe</b></p>",
    ],
)
def test_all_of_a_printed_list_are_named_if_the_head_has_the_first(line):
    assert authors(line, head=ld('{"name": "Zoe Roe"}')) == ("Zoe Roe", "Jane Doe")


@pytest.mark.parametrize(
    "line",
    [
        (
            "<ul class='authors'><li><a href='/author/z'>Zoe Roe</a></li>"
            "<li><a href='/author/j'>Jane Doe</a></li></ul>"
        ),
        (
            "<div class='author'><a href='/staff/z'>Zoe Roe</a></div>"
            "<div class='author'><a href='/staff/j'>Jane Doe</a></div>"
        ),
        "<div class='authors'><span>Zoe Roe</span><span>Jane Doe</span></div>",
        (
            "<p><span itemprop='author'>Zoe Roe</span>, "
            "<span itemprop='author'>Jane Doe</span></p>"
        ),
    ],
)
def test_authors_in_elements_of_their_own_are_all_named(line):
    assert authors(line) == ("Zoe Roe", "Jane Doe")


@pytest.mark.parametrize("line", ["Sound Post Team", "By the Sound Post Team"])
def test_a_group_signs_without_a_word_around_it_that_says_so(line):
    assert authors(f"<p>{line}</p>")[-1].endswith("Sound Post Team")
    assert authors(f"<p>Dec 19, 2023 {line}</p>") in ((), ("Sound Post Team",))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Roe, Jane", ("Jane Roe",)),
        ("Roe, Jane B.", ("Jane B. Roe",)),
        ("Poe-Roe, Al", ("Al Poe-Roe",)),
        ("Jane Roe, Al Poe", ("Jane Roe", "Al Poe")),
    ],
)
def test_a_family_name_may_be_declared_first(value, names):
    assert authors(head=f'<meta name="author" content="{value}">') == names


def test_authors_stand_in_the_order_in_which_they_are_printed():
    head = ld('[{"name": "Jane Doe"}, {"name": "Zoe Roe"}]')
    line = "<p class='byline'>By Zoe Roe and Jane Doe</p>"
    assert authors(line, head=head) == ("Zoe Roe", "Jane Doe")


def test_given_and_family_name_in_elements_of_their_own_are_one_name():
    line = (
        "<p class='byline'><a href='/author/r'><span class='firstname'>Rosa May</span> "
        "<span class='lastname'>Roe</span></a></p>"
    )
    assert authors(line) == ("Rosa May Roe",)


def test_a_section_after_the_name_is_no_author():
    line = "<p class='byline'>By <a href='/author/z'>Zoe Roe</a> in <a href='/s'>Sea Life</a></p>"
    assert authors(line) == ("Zoe Roe",)


@pytest.mark.parametrize(
    ("author", "person"),
    [
        ('"#p"', '{"@id": "#p", "@type": "Person", "name": "Jane Doe"}'),
        ('{"@id": "#p"}', '{"@id": "#p", "givenName": "Jane", "familyName": "Doe"}'),
        (
            '[{"@id": "#o"}, {"@id": "#p"}]',
            """{"@id": "#p", "name": "Jane Doe"},
            {"@id": "#o", "@type": "Organization", "name": "Blue Bay"}""",
        ),
        ('{"@list": [{"@id": "#p"}]}', '{"@id": "#p", "name": "Jane Doe"}'),
    ],
)
def test_an_author_by_reference_is_looked_up(author, person):
    head = f"""<script type="application/ld+json">{{"@graph": [
    {{"@type": "NewsArticle", "headline": "{TITLE}", "author": {author}}}, {person}]}}
    </script>"""
    assert authors(head=head) == ("Jane Doe",)


def test_a_hidden_line_is_a_credit_only_if_it_is_told_to_be():
    hidden = "<p class='{}' style='display:none'>Jane Doe</p>"
    assert authors(hidden.format("author-name")) == ("Jane Doe",)
    assert authors(hidden.format("x")) == ()
