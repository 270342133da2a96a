"""Bytes that are damaged, declared wrongly, or of two encodings on one page."""

from __future__ import annotations

import pytest
from scrapy.http import HtmlResponse

from scraper.crawling.leases import encoding_of
from scraper.discovery import parse_feed, parse_sitemap
from scraper.discovery.markup import robots_text
from scraper.errors import UndecodablePage
from scraper.extraction.document import parse_page
from scraper.extraction.encoding import (
    UNREADABLE,
    decode_bytes,
    encoding_name,
    header_encoding,
    stated_encodings,
)
from scraper.items import Page
from tests.unit.extraction.kit import ADDRESS
from tests.unit.extraction.test_encoding import (
    CHINESE,
    FRENCH,
    GREEK,
    JAPANESE,
    KOREAN,
    POLISH,
    RUSSIAN,
    SIMPLIFIED,
    THAI,
    VIETNAMESE,
    page,
)

ARABIC = (
    "أعيد يوم السبت فتح قاعة القراءة في مكتبة المدينة بعد تجديدها. وأضيف عشرون مقعدا قرب "
    "النوافذ، كما أصبحت رفوف كتب الأطفال أقل ارتفاعا."
)
CZECH = (
    "Městská knihovna v sobotu otevřela opravenou čítárnu. U oken přibylo dvacet míst a "
    "police s dětskými knihami jsou nižší. Vedoucí říká, že chce, aby tu lidé zůstávali déle."
)
TURKISH = (
    "Şehir kütüphanesi cumartesi günü yenilenen okuma salonunu açtı. Pencerelerin yanına "
    "yirmi yer eklendi, çocuk rafları da alçaltıldı. Müdür, burasının uzun süre oturulan bir "
    "yer olmasını istediğini söyledi."
)
OLD = [
    (RUSSIAN, "iso8859_5"),
    (RUSSIAN, "cp866"),
    (RUSSIAN, "mac_cyrillic"),
    (ARABIC, "iso8859_6"),
    (CZECH, "iso8859_2"),
    (POLISH, "iso8859_2"),
]
OF_TWO_BYTES = [
    (JAPANESE, "euc_jp"),
    (JAPANESE, "shift_jis"),
    (KOREAN, "euc_kr"),
    (CHINESE, "big5"),
    (SIMPLIFIED, "gb18030"),
    (THAI, "cp874"),
]


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(("text", "encoding"), OLD)
def test_an_encoding_of_old_systems_is_detected(text, encoding, declared):
    whole = page(text * 3)
    assert decode_bytes(whole.encode(encoding), declared) == whole


@pytest.mark.parametrize(
    ("text", "encoding"), [*OLD[:2], *OLD[3:], (FRENCH, "macintosh")]
)
def test_an_old_encoding_that_is_declared_is_believed(text, encoding):
    whole = page(text * 3, f'<meta charset="{encoding.replace("_", "-")}">')
    assert decode_bytes(whole.encode(encoding)) == whole


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(TURKISH, "cp1254"), (CZECH, "cp1250"), (POLISH, "cp1250"), (RUSSIAN, "cp1251")],
)
def test_latin_1_by_default_is_no_word_on_a_text_in_other_letters(text, encoding):
    head = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">'
    whole = page(text * 2, head)
    assert decode_bytes(whole.encode(encoding)) == whole


def test_an_encoding_of_seven_bits_is_read():
    whole = page(JAPANESE, '<meta charset="iso-2022-jp">')
    assert decode_bytes(whole.encode("iso2022_jp")) == whole
    assert decode_bytes(page(JAPANESE).encode("iso2022_jp")) == page(JAPANESE)


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [(KOREAN, "iso2022_kr", "iso-2022-kr"), (SIMPLIFIED, "hz", "hz-gb-2312")],
)
def test_what_browsers_do_not_decode_is_not_read(text, encoding, name):
    stated = page(text, f'<meta charset="{name}">').encode(encoding)
    assert decode_bytes(stated) == UNREADABLE
    with pytest.raises(UndecodablePage, match="such as iso-2022-kr"):
        parse_page(Page(ADDRESS, page(text).encode(encoding), encoding=name))


NO_LABELS = (
    *("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape"),
    *("utf-7", "rot13", "zlib", "hex", "uu", "mbcs", "oem", "palmos", "cp850"),
    *("utf-32", "cp1252x", "latin-1", "", "\x00"),
)


@pytest.mark.parametrize("name", NO_LABELS)
@pytest.mark.parametrize("text", [VIETNAMESE, FRENCH, r"a\u0041 +AGE- b"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1258", "cp1252"])
def test_what_is_no_label_of_the_encoding_standard_declares_nothing(
    name, text, encoding
):
    raw = page(text).encode(encoding, "ignore")
    assert encoding_name(name) is None
    assert decode_bytes(raw, name) == decode_bytes(raw)
    for stated in (f'<meta charset="{name}">', f'<?xml encoding="{name}"?>'):
        head = stated.encode()
        assert decode_bytes(head + raw) == stated + decode_bytes(raw)


@pytest.mark.parametrize("name", NO_LABELS[:6])
def test_no_reader_is_stopped_by_what_is_no_label(name):
    head = f'<?xml version="1.0" encoding="{name}"?>'
    link = "<loc>https://a.example/b</loc>"
    [entry] = parse_sitemap(f"{head}<urlset><url>{link}</url>".encode(), url=ADDRESS)
    item = "<item><title>Đọc</title><link>https://a.example/b</link></item>"
    feed = f"{head}<rss><channel>{item}</channel></rss>"
    [news] = parse_feed(feed.encode(), url=ADDRESS)
    assert (entry.url, news.title) == ("https://a.example/b", "Đọc")
    assert robots_text(f"{head}\nDisallow: /đ".encode()).endswith("/đ")
    answer = HtmlResponse(
        ADDRESS, headers={"Content-Type": f"text/html;charset={name}"}
    )
    assert encoding_of(answer) is None


@pytest.mark.parametrize(
    ("label", "name"),
    [
        *(("Latin1", "windows-1252"), (" x-sjis\n", "shift_jis")),
        *(("ks_c_5601-1987", "euc-kr"), ("dos-874", "windows-874")),
        *(("hz-gb-2312", "replacement"), ("UTF8", "utf-8")),
    ],
)
def test_a_label_has_the_name_that_the_encoding_standard_gives_it(label, name):
    assert encoding_name(label) == name
    assert header_encoding(f"text/html; charset={label.strip()}") == name
    assert header_encoding(f'text/html;a=b; Charset="{label.strip()}"') == name


@pytest.mark.parametrize(
    "declaration",
    [
        "<meta charset=koi8-r>",
        "<META content='text/html; charset=koi8-r' HTTP-EQUIV=Content-Type>",
        '<!-- <meta charset="big5"> --><meta name="a>b" charset = "koi8-r">',
        "<?xml version='1.0' encoding='koi8-r'?>",
    ],
)
def test_a_declaration_of_the_page_is_found(declaration):
    assert [*stated_encodings(declaration.encode())] == ["koi8-r"]


def test_a_charset_in_a_text_declares_nothing():
    assert not [*stated_encodings(b'<meta name="description" content="charset=big5">')]


@pytest.mark.parametrize("name", ["iso-2022-jp", "hz-gb-2312", "utf-7"])
def test_a_text_of_eight_bits_is_in_none_of_seven_whatever_is_declared(name):
    assert decode_bytes(page(VIETNAMESE).encode(), name) == page(VIETNAMESE)


@pytest.mark.parametrize("stray", [b"\xff", b"\x80", b"\xa0"])
@pytest.mark.parametrize(("text", "encoding"), OF_TWO_BYTES)
def test_a_stray_byte_does_not_hide_an_old_encoding(text, encoding, stray):
    packed = text.encode(encoding)
    damaged = packed[:30] + stray + packed[30:]
    raw = b"<p>" + packed + b"</p><p>" + damaged + b"</p><p>" + packed + b"</p>"
    assert decode_bytes(raw).count(f"<p>{text}</p>") >= 2


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "cp1251"),
        (GREEK, "cp1253"),
        (SIMPLIFIED, "gb18030"),
        (JAPANESE, "shift_jis"),
        (ARABIC, "cp1256"),
    ],
)
def test_each_part_of_a_page_is_read_in_its_own_encoding(text, encoding):
    part, rest = f"<div>{text[:70]}</div>", page(text) * 3
    assert decode_bytes(rest.encode() + part.encode(encoding)) == rest + part
    assert decode_bytes(rest.encode(encoding) + part.encode()) == rest + part


@pytest.mark.parametrize(
    "part",
    [
        "the keeper’s bell – at last…",
        "Près de la rivière, l’été",
        "He said “no” twice",
    ],
)
@pytest.mark.parametrize("between", ["latin-1", "cp1252"])
def test_a_part_that_was_encoded_twice_is_decoded_twice(part, between):
    if between == "cp1252":
        part = part.replace("”", "’")  # its last byte is none of Windows-1252
    twice = part.encode().decode(between)
    raw = f"{page(VIETNAMESE)}<p>{twice}</p>".encode()
    assert decode_bytes(raw) == f"{page(VIETNAMESE)}<p>{part}</p>"


@pytest.mark.parametrize(
    "text",
    ["« l’été\xa0» et « voilà\xa0»", "“AMANHÔ e “IRMÔ", "está»” y «ROMû", "5 Â° C"],
)
def test_accents_before_marks_are_no_text_encoded_twice(text):
    raw = f"{page(FRENCH)}<p>{text}</p>".encode()
    assert decode_bytes(raw) == f"{page(FRENCH)}<p>{text}</p>"


def test_marks_of_windows_that_became_controls_are_marks():
    assert decode_bytes("<p>It\x92s \x93here\x94 \x96 5 \x80</p>".encode()) == (
        "<p>It’s “here” – 5 €</p>"
    )


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a &#55357;&#56832; b", "a \U0001f600 b"),
        ("a &#xD83D;&#xde00; b", "a \U0001f600 b"),
        ("a&#55357;b&#xDE00;c", "abc"),
        ("a&#0;b&#x0;c&#x110000;d&#99999999;", "abcd"),
        ("a &#26085;&#x672C; &lt;b&#00062;", "a 日本 <b>"),
    ],
)
def test_references_to_halves_of_a_character_become_it(written, shown):
    root = parse_page(Page(ADDRESS, f"<p>{written}</p>".encode()))
    assert root.text_content() == shown
