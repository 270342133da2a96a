from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.dates import extract_dates
from scraper.extraction.dates.choice import is_credible
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.kind import Evidence
from scraper.extraction.metadata import extract_declared
from scraper.urls import VIETNAM
from tests.unit.extraction.kit import FETCHED, page

PLAIN = "https://bao.example/van-hoa/mo-thu-vien.htm"
TITLE = "Thư viện mở cửa trở lại sau hai năm"
H1 = f"<h1>{TITLE}</h1>"
STAMPED = "https://bao.example/van-hoa/mo-thu-vien-20250711140623717.htm"


def dates_of(body="<p>x</p>", *, head="", url=PLAIN, lang="vi", fetched_at=FETCHED):
    given = page(body, head=head, url=url, lang=lang, fetched_at=fetched_at)
    root = parse_page(given)
    declared, data = extract_declared(root), extract_structured_data(root)
    strip_unseen(root)
    blocks = iter_blocks(root)
    headline = next((b.index for b in blocks if b.element.tag == "h1"), -1)
    near = blocks[max(0, headline - 3) : max(0, headline) + 5]
    return extract_dates(
        Evidence(given, blocks, [], declared, data),
        root,
        near_title=near,
        headline=headline,
        language=lang,
    )


def meta(content, name="article:published_time"):
    return f'<meta property="{name}" content="{content}">'


def json_ld(**fields):
    values = ",".join(f'"{name}": "{value}"' for name, value in fields.items())
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        f"{values}}}</script>"
    )


def test_a_naive_time_on_a_vn_site_is_in_plus_seven():
    found = dates_of(head=meta("2025-07-11T14:06:23"), url="https://bao.vn/a", lang="")
    assert found.published_at.isoformat() == "2025-07-11T14:06:23+07:00"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (FETCHED - timedelta(days=9000), True),
        (FETCHED, True),
        (FETCHED + timedelta(days=1), True),
        (FETCHED + timedelta(days=1, seconds=1), False),
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
    ],
)
def test_a_date_is_believed_from_1990_to_a_day_after_fetching(moment, expected):
    assert is_credible(moment, FETCHED + timedelta(days=1)) is expected


def test_a_page_without_time_of_fetching_is_not_checked_against_a_clock():
    found = dates_of(head=meta("2091-01-01T10:00:00+07:00"), fetched_at=None)
    assert found.published_at.year == 2091


def test_a_date_of_the_far_future_is_not_believed_without_a_time_of_fetching_either():
    head = meta("9999-12-31T23:59:59-11:00")
    assert dates_of(head=head, fetched_at=None).published_at is None


def test_a_date_in_the_future_gives_way_to_the_next_source():
    found = dates_of(head=meta("2031-01-01T10:00:00+07:00"), url=STAMPED)
    assert (found.published_source, found.published_at.day) == ("url", 11)


def test_sources_are_asked_in_order():
    head = json_ld(datePublished="2025-07-10T08:00:00+07:00") + meta(
        "2025-07-11T09:00:00+07:00"
    )
    body = '<time datetime="2025-07-12T07:00:00+07:00">x</time><p>12/07/2025 06:00</p>'
    both = (head, meta("2025-07-11T09:00:00+07:00"), "")
    pages = [dates_of(body, head=markup, url=STAMPED) for markup in both]
    seen = [found.published_source for found in (*pages, dates_of(body))]
    assert seen == ["json_ld", "meta", "url", "page"]


def test_a_time_element_outranks_a_printed_date():
    body = '<p>12/07/2025 06:00</p><time datetime="2025-07-12T07:00:00+07:00">x</time>'
    assert dates_of(body).published_at.hour == 7


def test_a_printed_date_near_the_title_is_taken():
    found = dates_of("<p>Thứ Sáu, 11/07/2025 15:13</p>")
    assert found.published_at == datetime(2025, 7, 11, 15, 13, tzinfo=VIETNAM)
    assert found.published_source == "page"


def test_a_day_without_a_time_takes_the_time_of_the_same_day():
    found = dates_of(head=meta("2025-07-11"), url=STAMPED)
    assert (found.published_source, found.published_at.hour) == ("url", 14)


def test_a_day_without_a_time_stays_where_others_name_another_day():
    found = dates_of(head=meta("2025-07-09"), url=STAMPED)
    assert (found.published_source, found.published_at.day) == ("meta", 9)


@pytest.mark.parametrize("name", ["pubdate", "dc.date", "parsely-pub-date", "DATE"])
def test_a_publication_date_is_found_under_the_names_in_use(name):
    head = f'<meta name="{name}" content="2025-07-11T09:00:00Z">'
    assert dates_of(head=head).published_source == "meta"


def test_a_change_is_read_from_json_ld_then_from_the_head():
    head = meta("2025-07-11T10:00:00+07:00", "article:modified_time")
    assert dates_of(head=head).modified_source == "meta"
    both = head + json_ld(dateModified="2025-07-11T11:00:00+07:00")
    found = dates_of(head=both)
    assert (found.modified_source, found.modified_at.hour) == ("json_ld", 11)


def test_a_change_in_the_future_is_refused():
    head = meta("2031-01-01T10:00:00+07:00", "article:modified_time")
    found = dates_of(head=head)
    assert (found.modified_at, found.modified_source) == (None, "")


def test_a_page_without_any_date_has_none():
    found = dates_of("<p>không có ngày</p>")
    assert (found.published_at, found.published_source) == (None, "")


def test_htmldate_is_the_last_resort_and_gives_a_day():
    found = dates_of('<abbr class="published" title="2025-07-09">x</abbr>', lang="en")
    assert (found.published_source, found.doubt) == ("htmldate", "guess")
    assert found.published_at == datetime(2025, 7, 9, tzinfo=UTC)


def test_htmldate_is_held_to_the_time_of_fetching():
    found = dates_of('<p class="published">July 29, 2025</p>', lang="en")
    assert found.published_at is None


@pytest.mark.parametrize("error", [ValueError, RecursionError])
def test_a_page_that_htmldate_fails_on_has_no_date(error, monkeypatch):
    def fail(*_, **__):
        raise error("no")

    monkeypatch.setitem(sys.modules, "htmldate", SimpleNamespace(find_date=fail))
    assert dates_of("<p>x</p>").published_at is None


def test_no_clock_is_asked():
    body = '<p class="published">July 9, 2025</p>'
    early = dates_of(body, lang="en", fetched_at=FETCHED)
    late = dates_of(body, lang="en", fetched_at=FETCHED + timedelta(days=3000))
    assert early == late


UTC_STAMP = meta("2025-07-11T02:30:00Z")


def test_a_stamp_in_utc_gets_the_offset_that_a_printed_time_shows():
    found = dates_of("<p>July 10, 2025 10:30 PM</p>", head=UTC_STAMP, lang="en")
    assert found.published_at.isoformat() == "2025-07-10T22:30:00-04:00"


def test_a_stamp_in_utc_gets_the_offset_of_the_same_time_elsewhere():
    body = '<p><time datetime="2025-07-11T12:30:00+10:00">x</time></p>'
    found = dates_of(body, head=UTC_STAMP, lang="en")
    assert found.published_at.isoformat() == "2025-07-11T12:30:00+10:00"


def test_the_time_of_a_change_shows_no_offset():
    body = "<p>Updated July 11, 2025 10:30 AM</p>"
    found = dates_of(body, head=UTC_STAMP, lang="en")
    assert found.published_at.utcoffset() == timedelta()


def test_a_change_gets_the_offset_of_the_publication():
    head = UTC_STAMP + meta("2025-07-11T03:30:00Z", "article:modified_time")
    found = dates_of("<p>July 10, 2025 10:30 PM</p>", head=head, lang="en")
    assert found.modified_at.isoformat() == "2025-07-10T23:30:00-04:00"


def test_a_printed_day_counts_before_htmldate():
    found = dates_of("<p>July 9, 2025</p>", lang="en")
    assert (found.published_source, found.published_at.day) == ("page", 9)


@pytest.mark.parametrize(
    ("path", "source"),
    [("/2025/07/09/a", "url"), ("/2025/13/09/a", ""), ("/2031/01/01/a", "")],
)
def test_the_day_in_the_path_counts_where_it_is_one(path, source):
    found = dates_of(url=f"https://bao.example{path}", lang="en")
    assert found.published_source == source


def published(body, *, head="", lang="en", url=PLAIN, **options):
    return dates_of(body, head=head, lang=lang, url=url, **options).published_at


def day_of(body, **options):
    found = published(body, **options)
    return found and (found.year, found.month, found.day)


JULY_4 = (2025, 7, 4)
ARTICLE = (
    f"<article>{H1}{{}}<p>Ban quản lý thư viện cho biết đã sửa xong mái.</p></article>"
)


@pytest.mark.parametrize(
    "content",
    [
        "Fri, 07/04/2025 - 17:57",
        "Fri Jul 04 2025 17:57:00 GMT+0000 (Coordinated Universal Time)",
        "Fri, 04 Jul 2025 17:57:00 +0000",
        "2025-7-4T17:57:00Z",
        "7/4/2025 5:57:00 PM",
        "2025-07-04T17:57:00.123Z UTC",
        "20250704175700",
        "1751651820",
        "1751651820000",
    ],
)
@pytest.mark.parametrize("stated", [meta, lambda text: json_ld(datePublished=text)])
def test_a_declared_time_is_read_in_the_forms_that_systems_write(content, stated):
    found = published("", head=stated(content))
    assert found.replace(second=0, microsecond=0) == datetime(
        2025, 7, 4, 17, 57, tzinfo=UTC
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


def test_the_offset_that_most_stamps_name_is_the_pages():
    head = json_ld(datePublished="2025-07-04T09:15:00+08:00")
    others = meta("2025-07-04T09:15:00+07:00") + meta(
        "2025-07-04T10:00:00+07:00", "article:modified_time"
    )
    assert published("", head=head + others).isoformat() == "2025-07-04T09:15:00+07:00"
    assert published("", head=head).isoformat() == "2025-07-04T09:15:00+08:00"


@pytest.mark.parametrize(
    ("stamp", "url", "lang", "expected"),
    [
        (
            "2025-07-03T22:30:00Z",
            "https://giornale.it/a",
            "it",
            "2025-07-04T00:30+02:00",
        ),
        ("2025-07-05T02:30:00Z", PLAIN, "en", "2025-07-04T23:30-03:00"),
        ("2025-07-04T09:30:00Z", PLAIN, "en", "2025-07-04T09:30+00:00"),
        ("2025-07-07T09:30:00Z", PLAIN, "en", "2025-07-04T00:00+00:00"),
    ],
)
def test_a_stamp_in_utc_falls_on_the_day_that_the_page_prints(
    stamp, url, lang, expected
):
    line = "<p>4 luglio 2025</p>" if lang == "it" else "<p>July 4, 2025</p>"
    found = published(ARTICLE.format(line), head=meta(stamp), url=url, lang=lang)
    assert found.isoformat(timespec="minutes") == expected


def test_the_name_of_a_winter_zone_in_summer_shows_the_offset_all_the_same():
    head = meta("2025-07-04T14:10:00Z")
    body = ARTICLE.format("<p>July 4, 2025 10:10 AM EST</p>")
    assert published(body, head=head).isoformat() == "2025-07-04T10:10:00-04:00"
