from __future__ import annotations

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.head import read_head
from scraper.extraction.titles import extract_title
from tests.unit.extraction.kit import TITLE, tree


def title_of(body, head="", *, start=None):
    root = tree(body, head=head)
    stated = read_head(root, "https://www.example.com/a")
    return extract_title(stated, iter_blocks(root), start=start)


def og_title(text):
    return f'<meta property="og:title" content="{text}">'


def test_the_title_is_the_h1_that_agrees_with_the_head():
    body = f"<h1>Báo Ví dụ</h1><h1>{TITLE}</h1>"
    assert title_of(body, og_title(f"{TITLE} | Báo Ví dụ")) == TITLE


def test_without_an_h1_the_declared_title_counts_without_the_sites_name():
    assert title_of("<p>x</p>", f"<title>{TITLE} - baotintuc.vn</title>") == TITLE


def test_an_h1_that_names_a_section_does_not_count_beside_the_headline():
    body = f"<h1>Chuyên trang sách</h1><div>{TITLE}</div><p>x</p>"
    assert title_of(body, og_title(TITLE)) == TITLE


def test_the_h1_above_the_body_counts_before_a_headline_for_search_engines():
    body = "<h1>Những trang sách lên núi</h1><p>x</p><h1>Xem thêm tin khác</h1>"
    found = title_of(body, og_title(TITLE), start=1)
    assert found == "Những trang sách lên núi"


def test_an_h1_of_two_words_does_not_count_against_the_head():
    assert title_of("<h1>Văn hóa</h1><p>x</p>", og_title(TITLE), start=1) == TITLE


def test_an_h1_counts_where_the_head_declares_nothing():
    assert title_of(f"<h1>{TITLE}</h1>") == TITLE


def test_a_hidden_h1_does_not_count():
    body = f"<div hidden><h1>{TITLE} (bản in)</h1></div>"
    assert title_of(body, og_title(TITLE)) == TITLE


def test_a_title_of_many_parts_is_left_whole():
    parts = " | ".join(f"phần thứ {n}" for n in range(30))
    assert title_of("<p>x</p>", og_title(f"{parts} | Báo")) == f"{parts} | Báo"
    assert title_of("<p>x</p>", og_title(f"{parts[:40]} | Báo")) == parts[:40]


def test_a_page_without_any_title_has_none():
    assert title_of("<p>x</p>") == ""


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Báo Ví dụ - Lũ quét", "Lũ quét"),
        ("Example: | Lũ quét", "Lũ quét"),
        ("Lũ quét | EXAMPLE", "Lũ quét"),
        ("Example.com | Lũ quét | Báo Ví dụ", "Lũ quét"),
    ],
)
def test_the_sites_name_is_cut_on_either_side_its_domain_is_one(declared, title):
    site = '<meta property="og:site_name" content="Báo Ví dụ">'
    assert title_of("<p>x</p>", site + og_title(declared)) == title


def test_the_sites_name_is_cut_from_a_printed_headline():
    site = '<meta property="og:site_name" content="Báo Ví dụ">'
    assert title_of(f"<h1>{TITLE} | Báo Ví dụ</h1>", site) == TITLE


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Xe sách về bản vùng cao | Báo Ví dụ", "Xe sách về bản vùng cao"),
        ("Xe sách về bản vùng cao - Báo Ví dụ", "Xe sách về bản vùng cao"),
        ("Xe sách – chuyện ở bản xa", "Xe sách – chuyện ở bản xa"),
        ("Lũ quét - Nỗi lo", "Lũ quét - Nỗi lo"),
        ("Một tít không có dấu ngăn", "Một tít không có dấu ngăn"),
    ],
)
def test_only_a_last_part_that_names_the_site_is_cut(declared, title):
    assert title_of("<p>x</p>", og_title(declared)) == title


def test_the_declared_name_of_the_site_is_cut_from_a_short_title():
    site = '<meta property="og:site_name" content="Báo Ví dụ">'
    assert title_of("<p>x</p>", f"{site}{og_title('Xe sách - báo ví dụ')}") == "Xe sách"


NAMED = '<meta property="og:site_name" content="Brook Daily">'
CLOCK = "The town hall clock runs again after a year"


@pytest.mark.parametrize(
    "joined",
    [
        "{} › Brook Daily",
        "{} * Brook Daily",
        "{} :: Brook Daily",
        "{} / Brook Daily",
        "{}｜Brook Daily",
        "{}-Brook Daily",
        "{}_Brook Daily",
    ],
)
def test_the_sites_name_is_cut_after_any_mark(joined):
    head = f"{NAMED}<title>{joined.format(CLOCK)}</title>"
    assert title_of("<p>x</p>", head) == CLOCK


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("河边图书馆重新开放迎来读者_本地_河网", "河边图书馆重新开放迎来读者"),
        ("川辺の図書館が改装を終えて再開｜川辺新聞", "川辺の図書館が改装を終えて再開"),
        (
            "강변 도서관이 새 단장을 마치고 다시 문을 열었다 | 강변뉴스",
            "강변 도서관이 새 단장을 마치고 다시 문을 열었다",
        ),
        (
            "snake_case and camelCase in one file",
            "snake_case and camelCase in one file",
        ),
    ],
)
def test_an_unknown_site_is_cut_in_every_script(stated, title):
    assert title_of("<p>x</p>", f"<title>{stated}</title>") == title


def test_what_a_line_above_the_body_prints_of_a_title_is_the_headline():
    head = f"<title>{CLOCK} | News from the towns of the north coast</title>"
    body = f"<div class=a>{CLOCK}</div><p>x</p>"
    assert title_of(body, head, start=1) == CLOCK


def test_a_printed_headline_with_a_mark_in_it_is_not_cut():
    whole = f"{CLOCK} - and how"
    head = og_title(f"{whole}")
    assert title_of(f"<h2>{whole}</h2><p>x</p>", head) == whole


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        (f"<span>Town</span> {CLOCK}", CLOCK),
        (f"<small>4 July</small><b>{CLOCK}</b>", CLOCK),
        (f"Town {CLOCK}", f"Town {CLOCK}"),
        (
            "<span>Clock of the town</span><span>It runs again</span>",
            "Clock of the town: It runs again",
        ),
    ],
)
def test_a_kicker_set_apart_in_the_headline_is_left_out(heading, title):
    stated = title if title.startswith("Clock") else CLOCK
    assert title_of(f"<h1>{heading}</h1>", og_title(stated)) == title


@pytest.mark.parametrize("rest", [" | Opinion", " / July", "｜社説"])
def test_what_follows_a_bar_is_left_out_if_the_head_has_it_not_twice(rest):
    twice = og_title(CLOCK) + f'<meta name="twitter:title" content="{CLOCK}">'
    assert title_of(f"<h1>{CLOCK}{rest}</h1>", twice) == CLOCK
    whole = title_of(f"<h1>{CLOCK}{rest}</h1>", og_title(CLOCK))
    assert whole.startswith(f"{CLOCK}{rest[:2]}")


@pytest.mark.parametrize(
    "written", ["Tide &amp;amp; time on the quay", "Tide &amp;#38; time on the quay"]
)
def test_entities_in_a_headline_are_decoded_once_more(written):
    assert title_of(f"<h1>{written}</h1>") == "Tide & time on the quay"
    assert title_of("<p>x</p>", og_title(written)) == "Tide & time on the quay"


@pytest.mark.parametrize(
    ("heading", "twice"),
    [
        ("<span>社会</span><span>川辺の図書館が再開した</span>", False),
        ("<span>川辺の図書館が再開した</span><small>改装を終えて</small>", True),
        ("<h1>くらしの案内</h1><h2>川辺の図書館が再開した</h2>", False),
    ],
)
def test_parts_of_a_headline_are_told_in_a_script_without_spaces(heading, twice):
    stated = "川辺の図書館が再開した"
    head = og_title(stated)
    head += f'<meta name="twitter:title" content="{stated}">' if twice else ""
    heading = heading if heading.startswith("<h1") else f"<h1>{heading}</h1>"
    assert title_of(f"{heading}<p>x</p>", head, start=2) == stated


def test_headlines_in_a_script_without_spaces_are_compared_by_characters():
    head = og_title("川辺の図書館が改装を終えて再開した")
    body = "<h1>くらしと文化のページ案内</h1><h1>川辺の図書館が改装を終え再開した</h1>"
    assert title_of(body, head) == "川辺の図書館が改装を終え再開した"


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (f"<ul><li>Start · Town · {CLOCK}</ul><p class=title>{CLOCK}</p>", ""),
        (f"<div>Home / {CLOCK}</div><h2>{CLOCK}</h2>", ""),
        (f"<div>{CLOCK} | 4</div><div>{CLOCK}</div>", og_title(CLOCK)),
    ],
)
def test_of_lines_like_the_stated_title_the_likest_is_the_headline(body, head):
    head = head or f"<title>{CLOCK}</title>"
    assert title_of(f"{body}<p>x</p>", head, start=2) == CLOCK


OTHER = "Eleven steps lead up to the bell"


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("River diary", f"<h2>{CLOCK}</h2>"),
        ("A diary of small rivers", f"<h3>{CLOCK}</h3>"),
        ("Zoe writes", f"<h2><a>{CLOCK}</a></h2>"),
    ],
)
def test_a_heading_that_says_the_title_counts_before_an_h1_that_says_nothing_of_it(
    heading, line
):
    head = f"<title>{CLOCK}</title>"
    assert title_of(f"<h1>{heading}</h1>{line}<p>x</p>", head, start=2) == CLOCK


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (f"<h1>A clock</h1><p>{CLOCK}</p><h2>x</h2>", CLOCK),
        (f"<p>{CLOCK}</p><h1>Tides</h1><p>x</p>", "Tides"),
        ("<h1>Tides</h1><p>x</p>", "Tides"),
        ("<div>x</div><p>x</p><p>x</p><h1>Tides</h1>", CLOCK),
        (f"<h1>{OTHER}</h1><h2>{CLOCK} now</h2><p>x</p>", f"{CLOCK} now"),
    ],
)
def test_an_only_h1_beside_a_bare_title_counts_by_its_place(body, title):
    assert title_of(body, f"<title>{CLOCK}</title>", start=2) == title


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("{}<p>x</p>", og_title(CLOCK)),
        ("{}<p>x</p>", f"<title>{CLOCK}</title>"),
        (f"{{}}<h2>{CLOCK}</h2><p>x</p>", og_title(CLOCK)),
    ],
)
def test_a_paragraph_that_is_set_as_h1_is_no_headline(body, head):
    sentence = "The keeper wound it up by hand after a year of work in the town hall."
    body = body.format(f"<h1>{' '.join([sentence] * 3)}</h1>")
    assert title_of(body, head, start=1) == CLOCK


@pytest.mark.parametrize(
    "line", [f"<li>{CLOCK}</li>", f"<p>{CLOCK}</p>", f"<div>Home {CLOCK}</div>"]
)
def test_an_h1_counts_before_a_line_above_it_that_is_no_heading(line):
    head = og_title(CLOCK)
    assert title_of(f"{line}<h1>{OTHER}</h1><p>x</p>", head, start=2) == OTHER
    below = f"<h1>{OTHER}</h1><div>{CLOCK}</div><p>x</p>"
    assert title_of(below, head, start=2) == CLOCK
    heading = f"<h3>{CLOCK}</h3><h1>{OTHER}</h1><p>x</p>"
    assert title_of(heading, head, start=2) == CLOCK


SAID = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s"}</script>'


@pytest.mark.parametrize(
    "head",
    [
        og_title(OTHER),
        SAID % OTHER,
        f'<meta name="twitter:title" content="{OTHER} | Brook Daily">{NAMED}',
    ],
)
@pytest.mark.parametrize("between", ["", "<p>4 July</p>"])
def test_a_heading_just_below_the_h1_is_the_headline_if_the_head_states_it(
    head, between
):
    body = f"<h1>{CLOCK}</h1>{between}<h2>{OTHER}</h2><p>x</p>"
    head += f"<title>{CLOCK}</title>"
    assert title_of(body, head, start=3) == OTHER


@pytest.mark.parametrize("tag", ["h1", "h2", "h3"])
def test_a_colon_that_the_head_has_after_a_kicker_is_put_in(tag):
    parts = f"<span>Town hall</span> <span>{CLOCK}</span>"
    heading = f"<h1>{OTHER}</h1>" if tag != "h1" else ""
    body = f"{heading}<{tag}>{parts}</{tag}><p>x</p>"
    head = og_title(f"Town hall: {CLOCK}")
    assert title_of(body, head, start=2) == f"Town hall: {CLOCK}"


@pytest.mark.parametrize("mark", [":", " -", ","])
def test_a_heading_that_repeats_the_h1_in_other_marks_does_not_count_before_it(mark):
    body = f"<h1>Town hall{mark} {CLOCK}</h1><h2>Town hall {CLOCK}</h2><p>x</p>"
    whole = f"Town hall{mark} {CLOCK}"
    assert title_of(body, og_title(whole), start=2) == whole


@pytest.mark.parametrize(
    ("below", "stated"),
    [
        (f"<h2><a href=/b>{OTHER}</a></h2>", og_title(OTHER)),
        (f"<p>a</p><p>b</p><h2>{OTHER}</h2>", og_title(OTHER)),
        (f"<p>{OTHER}</p>", og_title(OTHER)),
        ("<h2>The bell</h2>", og_title("The bell")),
        (f"<h2>{OTHER}</h2>", ""),
        (f"<p>x</p><h2>{OTHER}</h2>", og_title(OTHER)),
    ],
)
def test_other_lines_below_the_h1_do_not_count_before_it(below, stated):
    head = f"{stated}{SAID % CLOCK}<title>{OTHER}</title>"
    start = 1 if below.startswith("<p>x") else 4
    assert title_of(f"<h1>{CLOCK}</h1>{below}<p>x</p>", head, start=start) == CLOCK


TWICE = og_title(CLOCK) + f'<meta name="twitter:title" content="{CLOCK}">'


@pytest.mark.parametrize(
    "rest",
    [
        "<small>The keeper wound it up by hand</small>",
        " <a href=https://other.example>(other.example)</a><span>12</span>",
        "<span>Updated on Friday</span>",
    ],
)
def test_what_is_set_apart_after_the_headline_is_left_out_if_it_is_twice_stated_so(
    rest,
):
    heading = f"<h1><span>{CLOCK}</span>{rest}</h1>"
    assert title_of(heading, TWICE) == CLOCK
    whole = title_of(heading, og_title(CLOCK))
    assert whole.startswith(CLOCK)
    assert whole != CLOCK
    plain = f"<h1>{CLOCK} as it did before</h1>"
    assert title_of(plain, TWICE) == f"{CLOCK} as it did before"


@pytest.mark.parametrize(
    ("kicker", "stated"),
    [
        ("<span>Town</span> - ", "Town hall: “{}”"),
        ("Town<b> - </b>", "Town hall: “{}”"),
        ("<b>Round the tower</b>", "News – “{}”"),
        ("<em>Bells:</em> ", "Bells and clocks | “{}”"),
    ],
)
def test_a_kicker_is_left_out_if_the_head_has_another_one(kicker, stated):
    heading = f"<h1>{kicker}<span>“{CLOCK}”</span></h1>"
    assert title_of(heading, og_title(stated.format(CLOCK))) == f"“{CLOCK}”"


@pytest.mark.parametrize(
    ("heading", "stated"),
    [
        (f"<em>How</em> {CLOCK.lower()}", f"Why {CLOCK.lower()}"),
        (f"<span>Town</span> {CLOCK}", f"Town {CLOCK}"),
        ("<b>Town hall:</b> It chimes", "Tower: It chimes"),
    ],
)
def test_words_that_are_no_kicker_stay(heading, stated):
    printed = heading.replace("</", "<").split("<")
    whole = " ".join("".join(part.split(">")[-1] for part in printed).split())
    assert title_of(f"<h1>{heading}</h1>", og_title(stated)) == whole


def test_a_kicker_stays_if_the_head_has_it_too():
    heading = f"<h1><span>Town</span> <span>“{CLOCK}”</span></h1>"
    head = f"{og_title(f'Town “{CLOCK}”')}<title>Coast: “{CLOCK}”</title>"
    assert title_of(heading, head) == f"Town “{CLOCK}”"


def test_a_kicker_is_left_out_with_the_mark_before_the_headline():
    heading = f"<h1><span>Town</span> – {CLOCK}</h1>"
    assert title_of(heading, og_title(f"Coast: {CLOCK}")) == CLOCK


def test_a_start_of_two_words_is_no_headline_that_was_added_to():
    heading = "<h1><span>Spring tides</span><span>, and what they leave</span></h1>"
    head = TWICE.replace(CLOCK, "Spring tides")
    assert title_of(heading, head, start=1) == "Spring tides, and what they leave"


@pytest.mark.parametrize("between", ["<br>", "</span><span>", "</b><i>"])
def test_words_that_elements_glue_together_are_parted_as_they_are_stated(between):
    heading = f"<h1><span>Eleven steps{between}lead up</span></h1>"
    assert title_of(heading, og_title("Eleven steps lead up")) == "Eleven steps lead up"


def test_without_any_title_in_the_head_the_first_h1_counts():
    assert title_of("<h1>Tides</h1><p>x</p><h1>Heights of the tides</h1>") == "Tides"


def test_a_headline_is_whole_if_the_head_states_it_as_often_as_its_end():
    heading = f"<h1><span>News of the coast</span> <span>{CLOCK}</span></h1>"
    whole = f"News of the coast {CLOCK}"
    head = og_title(whole) + f"<title>{CLOCK}</title>"
    assert title_of(heading, head) == whole


@pytest.mark.parametrize("mark", ["」:", "!-", ")_"])
def test_the_sites_name_is_cut_after_a_mark_that_follows_punctuation(mark):
    head = f"{NAMED}<title>{CLOCK}{mark}Brook Daily</title>"
    assert title_of("<p>x</p>", head) == f"{CLOCK}{mark[0]}"
    other = f"{CLOCK}{mark}Then it stopped"
    assert title_of("<p>x</p>", f"{NAMED}<title>{other}</title>") == other


@pytest.mark.parametrize(
    ("site", "stated", "title"),
    [
        ("Brook Daily News", "Brook Daily | The clock", "The clock"),
        ("Brook Daily Media", "The clock | Brook Daily", "The clock"),
        ("Brook Valley Times", "Brook Valley: | The clock", "The clock"),
        ("Brooks", "Brook | The clock", "Brook | The clock"),
        (
            "Brook Daily and Evening Post",
            "Brook Daily | The clock",
            "Brook Daily | The clock",
        ),
    ],
)
def test_most_of_the_sites_name_is_cut_too(site, stated, title):
    named = f'<meta property="og:site_name" content="{site}">'
    assert title_of("<p>x</p>", named + og_title(stated)) == title
