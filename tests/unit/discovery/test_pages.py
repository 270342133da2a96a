from __future__ import annotations

import gzip
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery import Link, LinkKind, feeds_of, next_page, parse_links
from scraper.discovery.pages import MOST_LINKS
from scraper.errors import DiscoveryError
from worlds import VIETNAM

URL = "https://example.org/thoi-su/trang-2.htm"
SAVED = Path(__file__).parents[4] / "shared/data/baotintuc/pages"


def page(body: str, head: str = "") -> bytes:
    return (
        f"<!doctype html><html><head><meta charset=utf-8>{head}</head>"
        f"<body>{body}</body></html>"
    ).encode()


def urls(body: str, head: str = "") -> list[str]:
    return [link.url for link in parse_links(page(body, head), url=URL)]


def test_the_first_links_of_a_page_without_end_are_read():
    many = "".join(f"<a href=/{n}>bài</a>" for n in range(MOST_LINKS + 2))
    assert urls(many)[-1] == f"https://example.org/{MOST_LINKS - 1}"


def test_an_anchor_becomes_a_link_with_title_time_and_section():
    body = page('<h1>Thời sự</h1><a href="/a-20250712151300000.htm"> Một  bài </a>')
    url = "https://bao.vn/thoi-su"
    assert parse_links(body, url=url) == [
        Link(
            "https://bao.vn/a-20250712151300000.htm",
            LinkKind.OTHER,
            title="Một bài",
            time=datetime(2025, 7, 12, 15, 13, tzinfo=VIETNAM),
            section="Thời sự",
            source=url,
        )
    ]


def test_addresses_are_absolute_and_without_fragment():
    assert urls('<a href="b.htm#top">b</a><a href="//c.vn/d">d</a>') == [
        "https://example.org/thoi-su/b.htm",
        "https://c.vn/d",
    ]


def test_base_href_is_honoured():
    assert urls('<a href="b">b</a>', '<base href="/x/">') == ["https://example.org/x/b"]


def test_a_base_that_is_no_web_address_is_not():
    assert urls('<a href="b">b</a>', '<base href="data:x">') == [
        "https://example.org/thoi-su/b"
    ]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)",
        "mailto:a@b.vn",
        "tel:113",
        "#top",
        "",
        "http://[::1",
        "ftp://a/",
    ],
)
def test_what_is_no_web_address_is_dropped(href):
    assert urls(f'<a href="{href}">x</a><a>y</a><a href="/z">z</a>') == [
        "https://example.org/z"
    ]


@pytest.mark.parametrize("rel", ["nofollow", "external NOFOLLOW", "sponsored", "ugc"])
def test_links_the_page_does_not_vouch_for_are_left_out(rel):
    assert urls(f'<a rel="{rel}" href="/a">a</a>') == []


def test_anchors_of_one_address_are_merged_under_the_longest_title():
    body = '<a href="/a"></a><a href="/a?utm_source=x">Tựa dài</a><a href="/a">Tựa</a>'
    assert [(x.url, x.title) for x in parse_links(page(body), url=URL)] == [
        ("https://example.org/a", "Tựa dài")
    ]


def test_the_title_attribute_stands_in_for_a_missing_text():
    (link,) = parse_links(page('<a href="/a" title="Tựa"><img src=x></a>'), url=URL)
    assert link.title == "Tựa"


@pytest.mark.parametrize(
    ("body", "head", "section"),
    [
        ("<h1>Một</h1>", "<title>Hai</title>", "Một"),
        (
            "",
            (
                '<title>Hai</title><script type="application/ld+json">{"@type":'
                '"BreadcrumbList","itemListElement":[{"item":{"name":"Trang chủ"}},'
                '{"item":{"name":"Ba"}}]}</script>'
            ),
            "Ba",
        ),
        ("<h1>Một</h1><h1>Bốn</h1>", "<title>Hai</title>", "Hai"),
        ("", "", ""),
    ],
)
def test_the_section_is_what_the_page_calls_itself(body, head, section):
    (link,) = parse_links(page(body + '<a href="/a">a</a>', head), url=URL)
    assert link.section == section


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "windows-1258"])
def test_titles_are_decoded(encoding):
    body = '<html><body><a href="/a">Đà</a></body></html>'.encode(encoding)
    (link,) = parse_links(body, url=URL, encoding=encoding)
    assert link.title == "Đà"


@pytest.mark.parametrize(
    "markup",
    [
        '<link rel="next" href="/p3"><a href="/p4">Tiếp</a>',
        '<a rel="next" href="/p3">3</a>',
        '<a href="/p3">Tiếp</a>',
        '<a href="/p3">Trang sau »</a>',
        '<a href="/p3">NEXT</a>',
        '<a href="/p3">Suivant</a>',
        '<a href="/p1">1</a><a href="/p3">›</a>',
        '<a href="/p3">»</a>',
        '<a href="/p3" title="Trang sau"><i></i></a>',
        '<a href="https://other.vn/">Tiếp</a><a href="/p3">Tiếp</a>',
        f'<a href="{URL}">Tiếp</a><a href="/p3">Tiếp</a>',
    ],
)
def test_the_next_page_is_found(markup):
    assert next_page(page(markup), url=URL) == "https://example.org/p3"


@pytest.mark.parametrize(
    "markup",
    ["", '<a href="/a">Đọc tiếp</a>', '<a href="javascript:void(0)">Tiếp</a>'],
)
def test_the_last_page_has_no_next(markup):
    assert next_page(page(markup), url=URL) is None


PLACES = "<ul><li><a href=/a>1</a></ul><p><a href=/b>2</a></p><ol></ol>"


@pytest.mark.parametrize(
    ("places", "found"),
    [
        (("ul",), ["/a"]),
        (("p", "UL"), ["/a", "/b"]),
        (("ol",), []),
        (("table",), ["/a", "/b"]),
        ((), ["/a", "/b"]),
    ],
)
def test_links_outside_the_places_are_left_out_where_one_is_there(places, found):
    links = parse_links(page(PLACES), url=URL, places=places)
    assert [x.url.removeprefix("https://example.org") for x in links] == found


def test_the_feeds_that_a_page_names_are_found_once():
    rss = '<link rel="alternate" type="application/rss+xml" href="/x.rss" title="Tin">'
    atom = '<link rel="alternate home" type="Application/Atom+XML" href="x.atom">'
    other = (
        '<link rel="alternate" type="text/html" href="/en">'
        '<link rel="stylesheet" type="application/rss+xml" href="/no">'
    )
    assert feeds_of(page("", rss + rss + atom + other), url=URL) == [
        Link("https://example.org/x.rss", LinkKind.FEED, title="Tin", source=URL),
        Link("https://example.org/thoi-su/x.atom", LinkKind.FEED, source=URL),
    ]


@pytest.mark.parametrize("read", [parse_links, next_page, feeds_of])
@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"just words", b"<rss></rss>"])
def test_what_is_no_html_is_refused_by_its_address(read, body):
    with pytest.raises(DiscoveryError, match=URL):
        read(body, url=URL)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_refused(body):
    with suppress(DiscoveryError):
        assert all(x.url.startswith("http") for x in parse_links(body, url=URL))


@given(
    st.lists(
        st.sampled_from(['<a href="', "/a", '">', "<base href=//", "x</a>", "//["])
    )
)
def test_anchors_in_pieces_are_read_or_refused(pieces):
    body = "".join(pieces).encode()
    with suppress(DiscoveryError):
        assert all(x.url.startswith("http") for x in parse_links(body, url=URL))
        next_page(body, url=URL)


@pytest.mark.skipif(not SAVED.exists(), reason=f"no saved pages at {SAVED}")
@pytest.mark.parametrize("name", ["475ct0-02", "475ct0-04", "475ct0-10"])
def test_a_saved_section_page_yields_its_articles_and_the_next_page(name):
    body = gzip.decompress((SAVED / f"section-{name}.html.gz").read_bytes())
    url = "https://baotintuc.vn/phap-luat-475ct0.htm"
    links = parse_links(body, url=url)
    listed = re.findall(
        r'<a href="(/[^"]+-\d{17}\.htm)"[^>]*class="title"', body.decode()
    )
    titles = {x.url: x.title for x in links if x.time}
    assert len(listed) >= 20
    assert all(len(titles["https://baotintuc.vn" + path]) > 15 for path in listed)
    assert {x.section for x in links} == {"Pháp luật"}
    assert (
        next_page(body, url=url) == "https://baotintuc.vn/phap-luat-475ct0/trang-2.htm"
    )
