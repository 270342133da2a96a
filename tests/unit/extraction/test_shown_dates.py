from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.extraction.date_pages import (
    ARTICLE,
    H1,
    JULY_4,
    PLAIN,
    dates_of,
    day_of,
    json_ld,
    meta,
    published,
)


@pytest.mark.parametrize(
    "markup",
    [
        '<span itemprop="datePublished" content="2025-07-04T09:15:00+02:00">Fr</span>',
        '<b property="schema:datePublished" content="2025-07-04T09:15+02:00">Fr</b>',
        '<p><i property="dc:date" content="2025-07-04T09:15:00+0200">x</i></p>',
        '<span data-datetime="2025-07-04T09:15:00+02:00">vor drei Wochen</span>',
        '<span class="ago" data-timestamp="1751613300">3 weeks ago</span>',
        '<div><time datetime="2025-07-04T09:15:00+02:00"></time></div>',
    ],
)
@pytest.mark.parametrize("paragraphs", [0, 12])
def test_microdata_rdfa_and_data_attributes_at_the_headline_are_read(
    markup, paragraphs
):
    text = "<p>Ban quản lý thư viện cho biết đã sửa xong mái của nhà đọc sách.</p>"
    found = published(ARTICLE.format(markup + text * paragraphs))
    assert found == datetime(2025, 7, 4, 7, 15, tzinfo=UTC)


def test_the_time_of_a_comment_is_not_the_articles():
    text = "<p>Ban quản lý thư viện cho biết đã sửa xong mái của nhà đọc sách.</p>"
    comment = '<div><time itemprop="datePublished" datetime="2025-07-06">x</time></div>'
    assert day_of(ARTICLE.format(text * 12 + comment)) is None


def test_a_date_a_few_lines_below_the_headlines_own_is_found():
    lines = "".join(f"<p>{line}</p>" for line in ("Văn hóa", "Mạnh Tú", "Ảnh", "In"))
    text = "<p>Ban quản lý thư viện cho biết đã sửa xong mái của nhà đọc sách.</p>"
    near = f"{lines}<p>July 4, 2025</p>{text * 6}<p>July 6, 2025</p><p>July 8, 2025</p>"
    assert day_of(ARTICLE.format(near)) == JULY_4


@pytest.mark.parametrize(
    "body",
    [
        (
            '<div class="bar"><a href="/b">Strike <time datetime="2025-07-10">now</time></a>'
            "</div>"
        ),
        '<nav><time datetime="2025-07-10T08:00:00Z">1 min</time></nav>',
        "<header><span>10 July 2025</span></header>",
    ],
)
def test_a_date_over_the_article_is_not_its_own(body):
    assert day_of(body + ARTICLE.format("<p>4 July 2025</p>")) == JULY_4
    assert day_of(body + ARTICLE.format("")) is None


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("Hôm nay, 10/07/2025", "vi"),
        ("Today is July 10, 2025", "en"),
        ("今日：2025年7月10日", "ja"),
    ],
)
def test_the_day_of_the_visit_is_none_of_the_articles(line, lang):
    body = f"<article><p>{line}</p>{H1}<p>Ban quản lý cho biết.</p></article>"
    assert day_of(body, lang=lang) is None


def test_a_date_right_above_the_headline_counts_if_none_is_below():
    assert day_of(f"<main><p>July 4, 2025</p>{H1}<p>x</p></main>") == JULY_4
    both = f"<main><p>July 9, 2025</p>{H1}<p>July 4, 2025</p></main>"
    assert day_of(both) == JULY_4


@pytest.mark.parametrize(
    ("lines", "lang"),
    [
        ("<p>Cập nhật lúc 10:00 ngày 06/07/2025</p><p>Xuất bản: 04/07/2025</p>", "vi"),
        ("<p>Updated July 6, 2025 | Published July 4, 2025</p>", "en"),
        ("<p>July 4, 2025 Updated: July 6, 2025</p>", "en"),
        (
            "<p>Last modified</p><p>July 6, 2025</p><p>Posted</p><p>July 4, 2025</p>",
            "en",
        ),
        ("<p>Aktualisiert am 6. Juli 2025, veröffentlicht am 4. Juli 2025</p>", "de"),
        ("<p>Mis à jour le 6 juillet 2025, publié le 4 juillet 2025</p>", "fr"),
        ("<p>2025年7月6日 更新 2025年7月4日 公開</p>", "ja"),
        ("<p>수정 2025.07.06 10:00</p><p>입력 2025.07.04 09:15</p>", "ko"),
        ("<p>更新：2025年7月6日</p><p>发布：2025年7月4日</p>", "zh"),
        ("<p>Received: July 1, 2025</p><p>Published: July 4, 2025</p>", "en"),
        (
            (
                'Updated <time datetime="2025-07-06">6 July</time> | Published '
                '<time datetime="2025-07-04">4 July</time>'
            ),
            "en",
        ),
        (
            (
                '<time class="updated" datetime="2025-07-06">x</time>'
                '<time class="entry-date published" datetime="2025-07-04">x</time>'
            ),
            "en",
        ),
        (
            (
                '<time itemprop="dateModified" datetime="2025-07-06">x</time>'
                '<time itemprop="datePublished" datetime="2025-07-04">x</time>'
            ),
            "en",
        ),
    ],
)
def test_of_several_dates_that_of_the_publication_is_taken(lines, lang):
    assert day_of(ARTICLE.format(lines), lang=lang) == JULY_4


def test_a_printed_change_is_the_time_of_change_and_stands_in_with_a_doubt():
    found = dates_of(ARTICLE.format("<p>Updated: July 6, 2025</p>"), lang="en")
    assert (found.published_at.day, found.modified_at.day) == (6, 6)
    assert (found.modified_source, found.doubt) == ("page", "update")


@pytest.mark.parametrize(
    "after",
    [
        "<p>First posted: July 4, 2025</p>",
        "<p>Published</p><p>July 4, 2025</p>",
        "<p>July 4, 2025</p>",
    ],
)
def test_a_line_of_its_own_under_the_text_states_the_day(after):
    text = "<p>The keeper told us about the roof and the books below it.</p>" * 12
    assert day_of(f"<main>{H1}{text}{after}</main>") == JULY_4
    other = f"<main>{H1}{text}{after}{after.replace('4', '7')}</main>"
    assert day_of(other) is None


def test_the_date_of_a_teaser_is_not_the_articles():
    text = "<p>The keeper told us about the roof and the books below it.</p>" * 12
    teaser = (
        '<div><a href="/b">Heavy rain floods the valley</a><p>July 4, 2025</p></div>'
    )
    far = '<aside><a href="/c">x</a> <time datetime="2025-07-05">2 h</time></aside>'
    assert day_of(f"<main>{H1}{text}</main>{teaser}{far}") is None


@pytest.mark.parametrize(
    "sentence",
    [
        "The council will meet again on 2 July 2025.",
        "The law of 23 May 1999 stays as it is, said the mayor on 3 July 2025.",
        "Voting begins on July 1, 2025, and ends on July 3, 2025, in all of the towns.",
    ],
)
def test_a_day_that_the_text_tells_of_is_no_publication(sentence):
    assert day_of(ARTICLE.format(f"<p>{sentence}</p>")) is None


def test_a_caption_and_a_heading_name_no_publication():
    shown = (
        "<figure><img src=a><figcaption>The hall on July 2, 2025</figcaption></figure>"
        "<h2>What has changed for all readers of the town since July 1, 2025</h2>"
    )
    assert day_of(ARTICLE.format(shown)) is None


@pytest.mark.parametrize(
    ("printed", "declared", "day"),
    [
        ("July 4, 2025", "2025-07-10", 4),
        ("July 10, 2025", "2025-07-04", 4),
        ("July 9, 2025", "2025-07-10", 10),
    ],
)
def test_an_earlier_day_below_the_headline_outranks_the_declared(
    printed, declared, day
):
    head = json_ld(datePublished=declared)
    assert published(ARTICLE.format(f"<p>{printed}</p>"), head=head).day == day


def test_a_sentence_says_when_a_republished_article_was_new():
    body = (
        "<main>"
        + H1
        + "<p>July 9, 2025</p><p>Text.</p>"
        + "<p>This story was originally published on July 4, 2025 at 4:10pm.</p></main>"
    )
    assert day_of(body) == JULY_4
    assert day_of(body.replace("July 9", "Published July 9")) == (2025, 7, 9)


def test_an_attribute_that_its_own_text_contradicts_is_no_date():
    stale = '<time datetime="2019-09-03">July 4, 2025</time>'
    assert day_of(ARTICLE.format(stale)) == JULY_4


@pytest.mark.parametrize(
    ("body", "head", "url"),
    [
        ("<p>04/07/2025</p>", meta("2025-07-04", "article:modified_time"), PLAIN),
        ("<p>04/07/2025</p>", "", "https://bao.example/2025/07/04/mo-thu-vien"),
        ("<p>04/07/2025</p>", "", "https://bao.example/2025/july/04/mo-thu-vien"),
        ("<p>04/07/2025</p><p>Comments</p><p>28/06/2025</p>", "", PLAIN),
        ('<p>04/07/2025</p><time datetime="2025-07-04">x</time>', "", PLAIN),
    ],
)
def test_other_dates_of_the_page_tell_day_from_month(body, head, url):
    found = dates_of(ARTICLE.format(body), head=head, url=url, lang="en")
    assert (found.published_at.month, found.published_at.day) == (7, 4)
    assert found.doubt in ("", "update")


def test_a_day_in_the_future_is_read_the_other_way_round():
    assert published(ARTICLE.format("<p>09/07/2025</p>")).month == 7


def test_a_day_that_could_be_a_month_is_doubted_where_both_orders_are_in_use():
    body = ARTICLE.format("<p>04/03/2025</p>")
    assert dates_of(body, lang="en").doubt == "order"
    assert dates_of(body, lang="en", url="https://paper.co.uk/a").doubt == ""
    assert dates_of(body, lang="vi").doubt == ""


@pytest.mark.parametrize(
    "lines",
    [
        '<p><b>Updated</b> <time datetime="2025-07-06">Sunday</time></p>',
        '<p><i>Last modified:</i><time datetime="2025-07-06">6 Jul</time></p>',
        '<p><span>Updated on</span> <b data-date="2025-07-06">6 July 2025</b></p>',
        "<p>Last <b>updated</b> <time datetime='2025-07-06'>6 July 2025</time></p>",
        (
            "<p>Updated <i>by Jane Doe,</i> "
            "<time datetime='2025-07-06'>6 July 2025</time></p>"
        ),
        '<time class="entry-date updated" datetime="2025-07-06">Sunday</time>',
    ],
)
def test_a_label_beside_an_element_says_what_its_date_is(lines):
    assert dates_of(ARTICLE.format(lines), lang="en").doubt == "update"
    both = f"{lines}<p><b>Published</b> <time datetime='2025-07-04'>Friday</time></p>"
    assert day_of(ARTICLE.format(both)) == JULY_4


def test_a_long_text_beside_an_element_is_no_label():
    before = "<b>All that we have updated about the roof of the old town library</b>"
    line = f'<p>{before} <time datetime="2025-07-04">Friday</time></p>'
    assert dates_of(ARTICLE.format(line), lang="en").doubt == ""


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("Thứ Sáu, 04/07/2025 15:13 (GMT+7) | Cập nhật 06/07/2025 09:00:20", "vi"),
        ("By Jane Doe | July 4, 2025 03:15:00 PM | Updated 07/06/2025 10:20:30", "en"),
        ("Erstellt 04.07.2025, 09:15:10 Uhr, aktualisiert 06.07.2025, 10:20:30", "de"),
    ],
)
def test_the_numbers_of_dates_make_no_line_a_sentence(line, lang):
    assert day_of(ARTICLE.format(f"<p>{line}</p>"), lang=lang) == JULY_4


@pytest.mark.parametrize(
    ("shown", "day"),
    [("https://bao.example/p/4Qd2", JULY_4), ("Heavy rain floods the valley", None)],
)
def test_a_link_that_shows_its_address_makes_no_teaser(shown, day):
    text = "<p>The keeper told us about the roof and the books below it.</p>" * 12
    facts = f'<ul><li>July 4, 2025</li><li>Link <a href="/a">{shown}</a></li></ul>'
    assert day_of(f"<main>{H1}{text}{facts}</main>") == day
