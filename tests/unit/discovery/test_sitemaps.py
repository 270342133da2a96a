from __future__ import annotations

import gzip
import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery import LinkKind, feeds, markup, parse_sitemap
from scraper.errors import DiscoveryError
from worlds import VIETNAM

URL = "https://example.org/sitemap.xml"
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*entries: str, attributes: str = f"{SPACE} {NEWS}") -> bytes:
    body = "".join(f"<url>{entry}</url>" for entry in entries)
    return f'<?xml version="1.0"?><urlset {attributes}>{body}</urlset>'.encode()


def loc(path: str) -> str:
    return f"<loc>https://example.org/{path}</loc>"


def test_an_entry_becomes_a_link_with_the_time_of_its_change():
    (link,) = parse_sitemap(urlset(loc("a") + "<lastmod>2025-07-12</lastmod>"), url=URL)
    assert (link.url, link.kind, link.source) == (
        "https://example.org/a",
        LinkKind.OTHER,
        URL,
    )
    assert link.time == datetime(2025, 7, 12, tzinfo=UTC)


def test_an_entry_of_an_index_is_a_sitemap():
    body = f"<sitemapindex {SPACE}><sitemap>{loc('1.xml')}</sitemap></sitemapindex>"
    (link,) = parse_sitemap(body.encode(), url=URL)
    assert (link.url, link.kind) == ("https://example.org/1.xml", LinkKind.SITEMAP)


def test_a_news_entry_is_an_article_with_title_and_time():
    news = (
        "<news:news><news:publication_date>2025-07-12T15:13:00+07:00"
        "</news:publication_date><news:title>Tựa  bài</news:title></news:news>"
        "<lastmod>2026-01-01</lastmod>"
    )
    (link,) = parse_sitemap(urlset(loc("a") + news), url=URL)
    assert (link.kind, link.title) == (LinkKind.ARTICLE, "Tựa bài")
    assert link.time == datetime(2025, 7, 12, 8, 13, tzinfo=UTC)


def test_a_time_in_the_address_makes_an_article_and_beats_the_last_change():
    stated = "<loc>https://bao.vn/a-20250712151300000.htm</loc>"
    entry = stated + "<lastmod>2026-01-01</lastmod>"
    (link,) = parse_sitemap(urlset(entry), url=URL)
    assert link.kind is LinkKind.ARTICLE
    assert link.time == datetime(2025, 7, 12, 8, 13, tzinfo=UTC)


def test_times_without_zone_are_the_callers():
    body = urlset(loc("a") + "<lastmod>2025-07-12T07:00:00</lastmod>")
    (link,) = parse_sitemap(body, url=URL, tz=VIETNAM)
    assert link.time == datetime(2025, 7, 12, tzinfo=UTC)


def test_namespaces_are_optional():
    assert len(parse_sitemap(urlset(loc("a"), attributes=""), url=URL)) == 1


def test_a_relative_address_is_resolved_and_others_passed_over():
    body = urlset(
        "<loc>/b</loc>",
        "<loc>ftp://example.org/</loc>",
        "<loc/>",
        "<loc>http://[x</loc>",
        "",
    )
    assert [x.url for x in parse_sitemap(body, url=URL)] == ["https://example.org/b"]


def test_an_image_has_no_say_in_the_address_of_its_entry():
    image = (
        '<image:image xmlns:image="x"><image:loc>https://c.vn/1.jpg</image:loc>'
        "</image:image>"
    )
    (link,) = parse_sitemap(urlset(image + loc("a")), url=URL)
    assert link.url == "https://example.org/a"


def test_utf_16_is_read():
    body = urlset(loc("a")).replace(b'"1.0"', b'"1.0" encoding="utf-16"')
    assert len(parse_sitemap(body.decode().encode("utf-16"), url=URL)) == 1


def test_gzip_is_unpacked_also_in_several_members():
    body = urlset(loc("a"), loc("b"))
    packed = gzip.compress(body[:60]) + gzip.compress(body[60:])
    assert len(parse_sitemap(packed, url=URL)) == 2


def test_gzip_cut_off_gives_what_is_there(caplog):
    body = urlset(*(loc(f"{n * 7919}") for n in range(2000)))
    links = parse_sitemap(gzip.compress(body)[:3000], url=URL)
    assert 10 < len(links) < 2000
    assert f"{URL}: cut after {len(links)} entries" in caplog.text


def test_damaged_gzip_is_refused():
    with pytest.raises(DiscoveryError, match="damaged gzip"):
        parse_sitemap(b"\x1f\x8b" + b"\xff" * 50, url=URL)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_more_bytes_than_the_limit_are_refused(monkeypatch, pack):
    monkeypatch.setattr(markup, "MAX_BYTES", 100)
    with pytest.raises(DiscoveryError, match="more than 100 bytes"):
        parse_sitemap(pack(urlset(loc("a"), loc("b"))), url=URL)


def paths(body: bytes) -> list[str]:
    return [
        link.url.removeprefix("https://example.org/")
        for link in parse_sitemap(body, url=URL)
    ]


@pytest.mark.parametrize(
    "end", ["<loc>https://exam", "<loc", "<loc>https://x.org</l", ""]
)
def test_a_sitemap_that_is_cut_gives_what_is_whole_and_says_so(caplog, end):
    whole = urlset(loc("a"), loc("b"), "CUT")
    assert paths(whole[: whole.index(b"CUT")] + end.encode())[:2] == ["a", "b"]
    assert f"{URL}: cut after" in caplog.text


@pytest.mark.parametrize(
    "fault",
    [
        *("&", "<", ">", "&#xD800;", "&#0;", "&#x110000;", "\x00", "\x1b", "\ufffe"),
        *("<x:y/>", "</b>", "<br>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "<!X"),
        *("</url>", "<url>", "</urlset>", "</sitemap>", '"', "&nbsp;", "&nothing;"),
    ],
)
@pytest.mark.parametrize(
    "place",
    ["<loc>", "https://example.org/", "<lastmod>", "<news:title>T", "<ur", "</l"],
)
def test_a_fault_costs_at_most_its_entry(fault, place):
    news = "<news:news><news:title>Tựa</news:title></news:news>"
    entries = [loc(str(n)) + "<lastmod>2025-07-12</lastmod>" + news for n in range(5)]
    body = urlset(*entries).decode()
    at = body.index(place, body.index("<loc>https://example.org/2") - 5) + len(place)
    left = paths((body[:at] + fault + body[at:]).encode())
    assert [path for path in left if path in set("0134")] == ["0", "1", "3", "4"]


@pytest.mark.parametrize("mark", ["&", "&amp;", "&#38;", "&amp;amp;", "&#x26;"])
def test_an_ampersand_of_an_address_is_one(mark):
    body = urlset(f"<loc>https://example.org/?a=1{mark}b=2{mark}copy=3</loc>")
    assert paths(body) == ["?a=1&b=2&copy=3"]


@pytest.mark.parametrize("before", [b"\n", b"\r\n", b"\xef\xbb\xbf", b" \n"])
def test_white_space_before_gzip_does_no_harm(before):
    assert paths(before + gzip.compress(urlset(loc("a")))) == ["a"]


def test_comments_hold_no_entries_and_sections_do():
    hidden = f"<!-- <url>{loc('no')}</url> <![CDATA[ -->"
    body = urlset("<loc><![CDATA[https://example.org/?a=1&b=2]]></loc>", loc("b"))
    assert paths(body.replace(b"<url>", hidden.encode() + b"<url>", 1)) == [
        "?a=1&b=2",
        "b",
    ]


@pytest.mark.parametrize(
    "before",
    [
        "<br />\n<b>Warning</b>: Cannot modify header information<br />\n",
        "\ufeff\ufeff",
        "\n \t",
        "Deprecated: something on line 3\n",
        '<!DOCTYPE urlset SYSTEM "sitemap.dtd">',
        '<!DOCTYPE urlset [<!ELEMENT urlset ANY> <!ENTITY x "y">]>',
    ],
)
def test_what_stands_before_a_sitemap_does_no_harm(before):
    assert paths(before.encode() + urlset(loc("a"), loc("b"))) == ["a", "b"]


@pytest.mark.parametrize("root", ["", "<urlst>", "<url set>"])
def test_entries_without_their_root_are_a_sitemap(root):
    entries = f"<url>{loc('a')}</url>\n<url>\n {loc('b')}</url>"
    assert paths((root + entries).encode()) == ["a", "b"]


def test_a_prefix_of_its_own_is_read():
    body = f"<s:urlset {SPACE.replace('xmlns', 'xmlns:s')}><s:url>{loc('a')}</s:url>"
    body = body.replace("loc>", "s:loc>") + "</s:urlset>"
    assert paths(body.encode()) == ["a"]


def test_a_page_that_quotes_a_sitemap_is_none():
    with pytest.raises(DiscoveryError, match="not a sitemap but an HTML page"):
        parse_sitemap(b"<html><pre>" + urlset(loc("a")), url=URL)


@pytest.mark.parametrize(
    "pack",
    [
        str.encode,
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.replace("\n", "\r\n\r\n").encode(),
        lambda text: b"# all pages\n" + text.encode(),
    ],
)
def test_a_text_with_an_address_a_line_is_a_sitemap(pack):
    lines = (
        "https://example.org/a?x=1&y=2\nno address\nftp://example.org/\n"
        "https://example.org/b-20250712151300000.htm"
    )
    links = parse_sitemap(pack(lines), url=URL)
    assert [(link.url[20:23], link.kind) for link in links] == [
        ("a?x", LinkKind.OTHER),
        ("b-2", LinkKind.ARTICLE),
    ]


@pytest.mark.parametrize(
    "text", ["Not found", "see https://example.org/a", "https://", "<p>https://x.org/"]
)
def test_another_text_is_no_sitemap(text):
    with pytest.raises(DiscoveryError, match="not a sitemap but"):
        parse_sitemap(text.encode(), url=URL)


@pytest.mark.parametrize(
    "printed", ["12/07/2025 3:13 CH", "1752307980", "2025-07-12T15:13:00 07:00"]
)
def test_the_last_change_is_read_as_sitemaps_print_it(printed):
    body = urlset(loc("a") + f"<lastmod>{printed}</lastmod>")
    (link,) = parse_sitemap(body, url=URL, tz=VIETNAM)
    assert link.time == datetime(2025, 7, 12, 8, 13, tzinfo=UTC)


def test_no_more_than_the_limit_is_read(monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(feeds, "MAX_ENTRIES", 2)
    assert len(parse_sitemap(urlset(*map(loc, "abc")), url=URL)) == 2
    assert "cut after 2 entries" in caplog.text


def test_entities_are_not_expanded_and_files_not_read(tmp_path):
    (tmp_path / "secret").write_text("https://example.org/SECRET")
    declared = (
        f'<!DOCTYPE urlset [<!ENTITY f SYSTEM "{(tmp_path / "secret").as_uri()}">'
        '<!ENTITY a "https://example.org/a"><!ENTITY b "&a;&a;&a;">]>'
    )
    body = urlset("<loc>&f;</loc>", "<loc>&b;</loc>", loc("kept")).replace(
        b"<urlset", declared.encode() + b"<urlset"
    )
    assert [x.url for x in parse_sitemap(body, url=URL)] == ["https://example.org/kept"]


def test_a_feed_in_the_place_of_a_sitemap_is_read():
    body = b"""<rss version="2.0"><channel><item><title>t</title>
    <link>https://example.org/a</link></item></channel></rss>"""
    assert [x.kind for x in parse_sitemap(body, url=URL)] == [LinkKind.ARTICLE]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!doctype html><html><p>x</html>", "an HTML page"),
        (b"", "0 bytes"),
        (b"[]", "JSON"),
        (b"<note/>", "markup of another kind"),
    ],
)
def test_what_is_no_sitemap_is_named_with_its_address(body, found):
    with pytest.raises(DiscoveryError) as refusal:
        parse_sitemap(body, url=URL)
    assert str(refusal.value).startswith(f"{URL}: not a sitemap but ")
    assert found in str(refusal.value)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_as_a_discovery_error(body):
    with pytest.raises(DiscoveryError):
        parse_sitemap(body, url=URL)


@given(st.binary(max_size=100), st.integers(0, 200))
def test_a_sitemap_with_garbage_in_it_is_read_or_refused(garbage, place):
    body = urlset(loc("a"), loc("b"))
    try:
        links = parse_sitemap(body[:place] + garbage + body[place:], url=URL)
    except DiscoveryError:
        return
    assert all(link.url.startswith("http") for link in links)
