from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery import Link, LinkKind, feeds, parse_feed
from scraper.errors import DiscoveryError
from worlds import VIETNAM

URL = "https://example.org/rss/home.rss"
MOMENT = datetime(2025, 7, 12, 8, 13, tzinfo=UTC)


def rss(*items: str, head: str = "") -> bytes:
    channel = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel>'
        f"<title>Tin</title>{channel}</channel></rss>"
    ).encode()


def item(link: str = "https://example.org/a.htm", more: str = "") -> str:
    return f"<title>Tựa</title><link>{link}</link>{more}"


def test_an_rss_item_becomes_a_link_to_an_article():
    more = (
        "<pubDate>Sat, 12 Jul 2025 15:13:00 +0700</pubDate><category>Thời sự</category>"
    )
    assert parse_feed(rss(item(more=more)), url=URL) == [
        Link(
            "https://example.org/a.htm",
            LinkKind.ARTICLE,
            title="Tựa",
            time=MOMENT,
            section="Thời sự",
            source=URL,
        )
    ]


def test_an_atom_entry_becomes_a_link():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry>
    <title>One</title><link rel="alternate" href="/one.html"/>
    <updated>2025-07-12T08:13:00Z</updated></entry></feed>"""
    (link,) = parse_feed(body, url=URL)
    assert (link.url, link.title, link.time) == (
        "https://example.org/one.html",
        "One",
        MOMENT,
    )


def test_an_rdf_item_becomes_a_link():
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <item rdf:about="https://example.org/1"><title>One</title>
    <link>https://example.org/1</link><dc:date>2025-07-12T15:13:00+07:00</dc:date>
    </item></rdf:RDF>"""
    (link,) = parse_feed(body, url=URL)
    assert (link.url, link.time) == ("https://example.org/1", MOMENT)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_a_feed_is_read_in_its_encoding_whatever_it_declares(encoding):
    body = rss(item()).decode().encode(encoding)
    assert parse_feed(body, url=URL)[0].title == "Tựa"


def test_a_gzipped_feed_is_read():
    assert len(parse_feed(gzip.compress(rss(item())), url=URL)) == 1


def test_a_relative_address_is_resolved_against_the_feeds():
    (link,) = parse_feed(rss(item("../a.htm")), url=URL)
    assert link.url == "https://example.org/a.htm"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.vn", "", "http://"]
)
def test_an_item_without_a_web_address_is_passed_over(link):
    assert [x.url for x in parse_feed(rss(item(link), item()), url=URL)] == [
        "https://example.org/a.htm"
    ]


def test_a_time_without_zone_is_utc_unless_the_caller_knows_better():
    body = rss(item(more="<pubDate>Sat, 12 Jul 2025 15:13:00</pubDate>"))
    assert parse_feed(body, url=URL)[0].time == MOMENT.replace(hour=15)
    assert parse_feed(body, url=URL, tz=VIETNAM)[0].time == MOMENT


def test_without_a_printed_time_the_address_tells_it():
    (link,) = parse_feed(rss(item("https://bao.vn/a-20250712151300000.htm")), url=URL)
    assert link.time == MOMENT


def test_a_title_loses_its_markup():
    title = "<title><![CDATA[<b>Giá &amp; lãi</b> suất]]></title>"
    body = rss(f"{title}<link>https://example.org/a</link>")
    assert parse_feed(body, url=URL)[0].title == "Giá & lãi suất"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<!DOCTYPE html><html><body>Kinh te</body></html>", "an HTML page"),
        (b'{"items": []}', "JSON"),
        (b"", "0 bytes without content"),
        (b"<urlset><url/></urlset>", "a sitemap"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG", "an image"),
        (b"<note/>", "markup of another kind"),
    ],
)
def test_what_is_no_feed_is_named_with_its_address(body, found):
    with pytest.raises(DiscoveryError) as refusal:
        parse_feed(body, url=URL)
    assert str(refusal.value).startswith(f"{URL}: not a feed but ")
    assert found in str(refusal.value)


def test_a_feed_without_items_has_no_links():
    assert parse_feed(rss(), url=URL) == []


def paths(body: bytes) -> list[str]:
    return [
        link.url.removeprefix("https://example.org/")
        for link in parse_feed(body, url=URL)
    ]


def test_a_feed_that_is_cut_gives_what_is_whole():
    body = rss(*(item(f"https://example.org/{n}") for n in range(4)))
    assert paths(body[: body.index(b"/3<")]) == ["0", "1", "2"]


@pytest.mark.parametrize(
    "fault",
    [
        *("&", "<", "&#xD800;", "&#99999999;", "&#0;", "&#" + "9" * 5000 + ";"),
        *("\x0b", "\ufffe", "<dc:x/>", "</b>", "<br>", "<!--", "<![CDATA[", "]]>"),
        *("<?", "<!ELEMENT", "</item>", "</entry>", '"', "&nbsp;", "&nothing;"),
    ],
)
@pytest.mark.parametrize(
    "place", ["Tựa ", "<category>Thời ", "<description>Một ", "<description><![CDATA["]
)
def test_a_fault_costs_at_most_its_item(fault, place):
    more = (
        "<category>Thời sự</category>"
        "<description>Một hai</description><description><![CDATA[<p>x</p>]]></description>"
    )
    items = [
        item(f"https://example.org/{n}", more).replace("Tựa", "Tựa bài")
        for n in range(5)
    ]
    items[2] = items[2].replace(place, place + fault, 1)
    left = paths(rss(*items))
    assert [path for path in left if path in set("0134")] == ["0", "1", "3", "4"]


def test_what_feedparser_chokes_on_costs_its_item_alone(monkeypatch):
    parse = feedparser.parse

    def choke(stream, **options):
        if b"choke" in stream.getvalue():
            raise AssertionError("unexpected markup")
        return parse(stream, **options)

    monkeypatch.setattr(feedparser, "parse", choke)
    body = rss(item("https://example.org/0"), "choke", item("https://example.org/2"))
    assert paths(body) == ["0", "2"]


@pytest.mark.parametrize(
    "before",
    [
        "<br />\n<b>Notice</b>: Undefined index in <b>/srv/feed.php</b><br />\n",
        "\ufeff\ufeff",
        "\n\n  ",
        "<!-- made by hand -->",
        '<?xml-stylesheet href="a.xsl"?>',
        '<!DOCTYPE rss SYSTEM "rss.dtd">',
        '<!DOCTYPE rss PUBLIC "-//X//DTD" "http://127.0.0.1:9/rss.dtd">',
    ],
)
def test_what_stands_before_a_feed_does_no_harm(before):
    body = rss(item(), head=before)
    assert paths(body) == paths(before.encode() + body) == ["a.htm"]


def test_entities_that_name_characters_are_declared_in_vain():
    head = '<!DOCTYPE rss [<!ENTITY eacute "&#233;"><!ENTITY nbsp "&#160;">]>'
    body = rss(item().replace("Tựa", "Caf&eacute;&nbsp;Một"), head=head)
    assert parse_feed(body, url=URL)[0].title == "Café Một"


def test_an_entity_is_not_expanded():
    head = '<!DOCTYPE rss [<!ENTITY home "https://example.org/secret">]>'
    assert paths(rss(item("&home;"), item(), head=head)) == ["a.htm"]


@pytest.mark.parametrize(
    "name", ["feedburner:origLink", "pheedo:origLink", "feedburner:origlink"]
)
@pytest.mark.parametrize("space", ["", ' xmlns:feedburner="x" xmlns:pheedo="y"'])
def test_a_feed_that_counts_clicks_keeps_the_address_of_the_article(name, space):
    more = f"<{name}>https://example.org/real.htm</{name}>"
    body = rss(item("https://clicks.example.net/~r/abc", more))
    body = body.replace(b'version="2.0"', b'version="2.0"' + space.encode())
    assert paths(body) == ["real.htm"]


def test_what_is_no_address_takes_the_place_of_none():
    more = "<feedburner:origLink>abc</feedburner:origLink>"
    assert paths(rss(item(more=more))) == ["a.htm"]


@pytest.mark.parametrize(
    "printed",
    [
        "12/07/2025 3:13:00 CH",
        "2025年7月12日 15時13分",
        "sam., 12 juil. 2025 15:13:00",
        "1752307980",
        "12 tháng 7, 2025 15:13",
    ],
)
def test_times_are_read_as_feeds_print_them(printed):
    body = rss(item(more=f"<pubDate>{printed}</pubDate>"))
    assert parse_feed(body, url=URL, tz=VIETNAM)[0].time == MOMENT


def test_a_time_of_publication_that_says_nothing_leaves_that_of_the_change():
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>One</title>
    <link href="/one.html"/><published>soon</published>
    <updated>2025-07-12T08:13:00Z</updated></entry></feed>"""
    assert parse_feed(body, url=URL)[0].time == MOMENT


def test_no_more_than_the_limit_is_read(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_ITEMS", 3)
    many = rss(*(item(f"https://example.org/{n}") for n in range(9)))
    assert len(parse_feed(many, url=URL)) == 3


def test_a_feed_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_FEED_BYTES", 100)
    with pytest.raises(DiscoveryError, match=r"a feed of \d+ bytes, not read"):
        parse_feed(rss(item()), url=URL)


def test_a_feed_of_nothing_but_tags_is_refused():
    with pytest.raises(DiscoveryError, match="a feed of 400,000 tags, not read"):
        parse_feed(b"<rss>" + b"<a>" * 400_000, url=URL)


def test_what_feedparser_chokes_on_is_refused(monkeypatch):
    def choke(*args, **kwargs):
        raise AssertionError("unexpected markup")

    monkeypatch.setattr(feedparser, "parse", choke)
    with pytest.raises(DiscoveryError, match=r"cannot be parsed .*unexpected markup"):
        parse_feed(rss(item()), url=URL)


def test_a_page_that_quotes_a_feed_is_none():
    with pytest.raises(DiscoveryError, match="not a feed but an HTML page"):
        parse_feed(b"<html><pre>" + rss(item()), url=URL)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_that_declares_entities_is_refused(encoding):
    bomb = '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    body = rss(item(more="<description>&b;</description>"), head=bomb)
    with pytest.raises(DiscoveryError, match="declares entities"):
        parse_feed(body.decode().encode(encoding), url=URL)


def test_a_file_is_never_read_into_a_feed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("SECRET")
    head = f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">'
    (link,) = parse_feed(rss(item(), head=head), url=URL)
    assert "SECRET" not in repr(link)
    with pytest.raises(DiscoveryError):
        parse_feed(str(secret).encode(), url=URL)
    assert Path(secret).exists()


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_as_a_discovery_error(body):
    with pytest.raises(DiscoveryError):
        parse_feed(body, url=URL)


@given(st.lists(st.sampled_from(rss(item()).decode().split("<")), max_size=20))
def test_a_feed_in_pieces_is_read_or_refused(pieces):
    try:
        links = parse_feed(("<rss>" + "<".join(pieces)).encode(), url=URL)
    except DiscoveryError:
        return
    assert all(link.url.startswith("http") for link in links)


@pytest.mark.parametrize("name", ["category", "dc:subject", "keywords"])
@pytest.mark.parametrize("in_head", [False, True])
def test_an_item_of_too_many_categories_is_passed_over(name, in_head):
    many = f"<{name}>a</{name}>" * (feeds.MAX_CATEGORIES + 1)
    good = "https://example.org/b.htm"
    items = (item(good),) if in_head else (item(more=many), item(good))
    body = rss(*items)
    if in_head:
        body = body.replace(b"<title>Tin</title>", many.encode())
    assert [link.url for link in parse_feed(body, url=URL)] == [good]


def test_an_item_of_many_categories_is_read():
    many = "".join(f"<category>a{n}</category>" for n in range(feeds.MAX_CATEGORIES))
    [link] = parse_feed(rss(item(more=many)), url=URL)
    assert link.section == "a0"
