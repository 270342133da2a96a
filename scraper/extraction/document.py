"""Bytes to a tree: media type, encoding, and parsing within bounds far beyond real pages.

The time to read a page grows with its tags, blocks and attributes, not with its bytes.
What is beyond a bound is not read, and the ledger says so. Beside each bound stands the
most that any of 1,618 gold pages has (2026-11-30).
"""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import lxml.html
from lxml import etree

from scraper.errors import UndecodablePage
from scraper.extraction.encoding import UNREADABLE, decode_bytes, recode_bytes
from scraper.text import find_hidden, paired

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from scraper.items import Page


MAX_BYTES = 20 * 1024 * 1024
"""A larger page is cut here before parsing; the largest real one seen has 3 MB."""
MOST_TAGS = 200_000
"""Start tags, end tags and comments of a page, and each other ``<``; 21,646."""
MOST_ATTRIBUTES = 500
"""Attributes of an element; 136."""
MOST_BLOCKS = 15_000
"""Blocks of a page, each of which takes some 70 us to read; 2,641."""
MOST_TEXT = 300_000
"""Characters of a block, which are scanned some eighty times; 32,951."""
MOST_VALUES = 2_000
"""Values of the JSON-LD of a page; 1,172."""


class Bound(StrEnum):
    """The rules under which the ledger lists what is not read of a page."""

    TAGS = "tags_beyond"
    ATTRIBUTES = "attributes_beyond"
    BLOCKS = "blocks_beyond"
    TEXT = "text_beyond"
    JSON_LD = "json_ld_beyond"
    MARKS = "marks_beyond"


Beyond = dict[Bound, str]
"""What is beyond a bound, in words, by the bound."""

_TAG = re.compile(rb"<")
_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""


def _tag_up_to(most: int) -> re.Pattern[bytes]:
    """Return the pattern of a tag, up to an attribute after *most*, which is its group."""
    return re.compile(
        rb"<[^\s/>]*+(?:%b){0,%d}+(%b)?+" % (_ATTRIBUTE, most, _ATTRIBUTE)
    )


_PLAIN_ATTRIBUTE = (
    rb"""[\s/]++[^\s/<>"'=]++(?:\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>=]++))?+"""
)
_BEGIN_OF_MANY = re.compile(
    rb"""<[a-zA-Z](?![^\s/<>"'=]*+(?:%b){0,%d}+[\s/]*+>)"""
    % (_PLAIN_ATTRIBUTE, MOST_ATTRIBUTES)
)
"""The begin of what may be a tag, unless a tag of no more attributes follows.

Those have quotes around values alone, and ``<`` and ``>`` nowhere. Of 880 tags of a page
2 are left (2026-11-30)."""
_TAG_OF_MANY = _tag_up_to(MOST_ATTRIBUTES)
_TAG_OF_TOO_MANY = _tag_up_to(2 * MOST_ATTRIBUTES)
_TOLERATED = 20
"""Tags with up to twice MOST_ATTRIBUTES that are read whole: most are parts of scripts,
and they cost the parser a quarter of a second at most."""
_SCANNED = 20
"""Times the bytes of a page that are scanned; tags within tags take more."""


def _cut_tags(markup: bytes, beyond: Beyond) -> bytes:
    """Return *markup* up to MOST_TAGS; note in *beyond* what is cut off."""
    if markup.count(b"<") <= MOST_TAGS:
        return markup
    end = next(islice(_TAG.finditer(markup), MOST_TAGS, None)).start()
    rest = len(markup) - end
    beyond[Bound.TAGS] = f"{rest:,} bytes after {MOST_TAGS:,} tags"
    return markup[:end]


def _may_have_many_attributes(markup: bytes) -> bool:
    """Return True if elements of *markup* may have too many attributes for the parser.

    That is more than MOST_ATTRIBUTES, but for those that are _TOLERATED. Each ``<`` may
    begin a tag, so that nothing before it can hide it.
    """
    left, tolerated = _SCANNED * len(markup), _TOLERATED
    for begin in _BEGIN_OF_MANY.finditer(markup):
        tag = _match(_TAG_OF_MANY, markup, begin.start())
        left -= tag.end() - tag.start()
        if tag[1] is not None:
            tolerated -= 1
            tag = _match(_TAG_OF_TOO_MANY, markup, begin.start())
            if tag[1] is not None or tolerated < 0:
                return True
        if left < 0:
            return True
    return False


def _match(tag: re.Pattern[bytes], markup: bytes, at: int) -> re.Match[bytes]:
    found = tag.match(markup, at)
    assert found is not None  # noqa: S101  it matches at any "<"
    return found


class _TrimmingBuilder:
    """A target of a parser: builds the tree with MOST_ATTRIBUTES of an element."""

    def __init__(self, make: Callable[..., HtmlElement], beyond: Beyond) -> None:
        self._builder = etree.TreeBuilder(element_factory=make)
        self._beyond = beyond
        self._cut = 0
        self.data = self._builder.data
        self.end = self._builder.end

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        kept = dict(islice(attrib.items(), MOST_ATTRIBUTES))
        self._cut += len(attrib) - len(kept)
        self._builder.start(tag, kept)

    def comment(self, text: str | bytes) -> None:
        """Ignore comments, as the parser of whole pages does."""

    def close(self) -> HtmlElement:
        if self._cut:
            self._beyond[Bound.ATTRIBUTES] = (
                f"{self._cut:,} attributes after the {MOST_ATTRIBUTES}th of their element"
            )
        return self._builder.close()


_NOT_HTML = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (WebP, WAV or AVI)"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)
_FEED = re.compile(
    rb"(?i)^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(rss|feed|urlset|sitemapindex|rdf:rdf)[\s>]"
)
_HTML_TYPES = (
    "text/html",
    "application/xhtml",
    "text/plain",
    "application/octet-stream",
)
_ANY_TAG = re.compile(rb"<[a-zA-Z!]")
_EARLY_END = re.compile(rb"</(?:[bB][oO][dD][yY]|[hH][tT][mM][lL])\s*>")
"""What follows the end of a page is lost, though browsers show it; pages end without."""
_NUMBER = (
    rb"(?:0*(?:5[5-7]\d{3}|\d{7,})|0+|[xX]0*(?:[dD][89a-fA-F][\da-fA-F]{2}"
    rb"|[\da-fA-F]{6,})|[xX]0+);"
)
_NO_CHARACTERS = re.compile(rb"&#%b(?:&#%b)*" % (_NUMBER, _NUMBER))
"""References that libxml2 takes for U+FFFD: halves of a pair, and what is not a character."""
_REFERENCE = re.compile(rb"&#(?:[xX]([\da-fA-F]{1,10})|(\d{1,10}));")
CONTROLS = bytes({*range(32)} - set(b"\t\n\r"))
"""Bytes that no page means, and that lxml does not take."""
_NO_CONTROLS = dict.fromkeys(CONTROLS)


def parse_page(page: Page, beyond: Beyond | None = None) -> lxml.html.HtmlElement:
    """Return the root of *page*'s tree, comments left out.

    Nesting beyond libxml2's limit (2048 levels) is cut, as is text past
    :data:`MAX_BYTES` and past the tags that are read, which *beyond* takes note of.
    Raises :class:`UndecodablePage` if the bytes are empty, of another media type, or
    have no tag at all.
    """
    _refuse_other_media(page)
    markup = recode_bytes(page.body[:MAX_BYTES], page.encoding)
    if markup == UNREADABLE.encode():
        raise _refusal(
            page,
            "declares an encoding that browsers do not read either, such as iso-2022-kr",
        )
    markup = markup.translate(None, CONTROLS)
    if not _ANY_TAG.search(markup):
        raise _refusal(page, "plain text without any HTML tag")
    try:
        return parse_markup(_EARLY_END.sub(b"", markup), beyond)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise _refusal(page, f"no HTML could be parsed ({error})") from error


def parse_markup(markup: bytes, beyond: Beyond | None = None) -> lxml.html.HtmlElement:
    """Return the root of *markup*, clean UTF-8; raises what lxml does.

    *beyond* takes note of what is beyond the bounds.
    """
    beyond = {} if beyond is None else beyond
    markup = _NO_CHARACTERS.sub(_characters, _cut_tags(markup, beyond))
    if _may_have_many_attributes(markup):
        return _parse_trimmed(markup, beyond)
    return lxml.html.document_fromstring(markup, parser=_utf8_parser())


def _parse_trimmed(markup: bytes, beyond: Beyond) -> lxml.html.HtmlElement:
    """Return what :func:`parse_markup` does, with no more attributes than are read.

    The parser passes each element on, since appending n attributes to one takes it time
    proportional to the square of n.
    """
    builder = _TrimmingBuilder(_utf8_parser().makeelement, beyond)
    parser = etree.HTMLParser(target=builder, huge_tree=True, encoding="utf-8")
    return etree.fromstring(markup, parser)


def _characters(references: re.Match[bytes]) -> bytes:
    """Return the characters that *references* are, in UTF-8: pairs joined, others left out."""
    numbers = (
        int(digits, 16) if digits else int(decimal)
        for digits, decimal in _REFERENCE.findall(references[0])
    )
    return paired("".join(chr(n) for n in numbers if 0 < n <= sys.maxunicode)).encode()


def strip_unseen(root: lxml.html.HtmlElement) -> None:
    """Remove scripts, styles and drawings from the tree of *root*, in place.

    They have no text and are a third of the elements that every later stage visits. A
    template that is a declarative shadow root is shown without a script, so it stays.
    """
    for template in list(root.iter("template")):
        if template.get("shadowrootmode"):
            template.tag = "div"
    etree.strip_elements(root, "script", "style", "svg", "template", with_tail=False)


def decode(body: bytes, declared: str | None = None) -> str:
    """Return *body* as text without NUL and control characters.

    See :func:`~scraper.extraction.encoding.decode_bytes` for the encoding.
    """
    text = decode_bytes(body, declared)
    holds_some = len(body) != len(body.translate(None, CONTROLS))
    return text.translate(_NO_CONTROLS) if holds_some else text


def count_hidden(page: Page) -> dict[str, int]:
    """Return how often each invisible character is in *page*, by its name."""
    return find_hidden(decode(page.body, page.encoding))


def _refuse_other_media(page: Page) -> None:
    start = page.body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise _refusal(page, "empty answer, 0 bytes of text")
    for magic, name in _NOT_HTML:
        if start.startswith(magic):
            raise _refusal(page, f"{name}, not an HTML page")
    if _FEED.match(start):
        raise _refusal(page, "a feed or sitemap, not an HTML page")
    media = (page.content_type or "text/html").split(";")[0].strip().lower()
    if not media.startswith(_HTML_TYPES) and not start[:1] == b"<":
        raise _refusal(page, f"{media}, not an HTML page")


def _refusal(page: Page, reason: str) -> UndecodablePage:
    return UndecodablePage(f"{page.url or 'a page without URL'}: {reason}")


@cache
def _utf8_parser() -> etree.HTMLParser:
    """Return a parser whose elements are all of one class: lxml.html asks Python for each.

    One for all pages; lxml lets one thread at a time use it.
    """
    parser = etree.HTMLParser(
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,  # 2048 levels instead of 256
        encoding="utf-8",
    )
    lookup = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement)
    parser.set_element_class_lookup(lookup)
    return parser
