"""The bytes of feeds, sitemaps and robots.txt: unpacked, decoded and repaired."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from html import escape, unescape
from html.entities import html5
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.errors import DiscoveryError
from scraper.extraction.document import decode
from scraper.extraction.encoding import is_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator


UNKNOWN = "\ufffd"
"""Replaces a reference that would have to be resolved."""
_ROOT_WITHIN = 20_000
"""Characters within which the root element begins."""
_END_WITHIN = 1_000
"""Characters within which its end stands."""
_HTML = re.compile(r"(?i)<!doctype html|<html[\s>]")
_OPENING = re.compile(
    r"(?i)<!--(?:(?!<!--).)*?-->"
    r"|<!DOCTYPE[^\[<>]*(?:\[(?P<declared>(?:(?!<!DOCTYPE).)*?)\]\s*)?>"
    r"|<(?P<prefix>[\w.-]+:)?(?:(?P<root>rss|feed|rdf|urlset|sitemapindex)(?=[\s>/])"
    r"|(?P<entry>url|sitemap)(?=>\s*<(?:[\w.-]+:)?loc\s*>))",
    re.DOTALL,
)
_ENTITY = re.compile(r"""(?i)<!ENTITY\s+([^\s"'<>]+)\s*("[^"]*"|'[^']*')?""")
"""Entities of files, and parameter entities, match without a value."""
_COMMENT = "<!--"
_SECTION = re.compile(r"<!--|<!\[CDATA\[|\]\]>")
_ENDS = {
    _COMMENT: re.compile("<!--|-->"),
    "<![CDATA[": re.compile(r"<!\[CDATA\[|\]\]>"),
}
"""What ends each section, or shows that its opening was stray."""
_INSTRUCTION = re.compile(r"<\?[^<>?]*\?>")
_NO_TAG = re.compile(r"<(?!/?[^\W\d])")
_REFERENCE = re.compile(r"&(?:#(?:[xX][0-9a-fA-F]{1,8}|[0-9]{1,10});|(\w{1,40});)?")
_KEPT = frozenset({"amp", "lt", "gt", "quot", "apos"})
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}
"""Characters that XML 1.0, section 2.2, forbids and :func:`decode` keeps."""
MAX_BYTES = 50_000_000
"""The sitemap protocol's own limit, after unpacking."""
_GZIP = b"\x1f\x8b"
_GZIP_WITHIN = 20
"""Bytes within which gzip begins, after white space that a script printed."""
_MOST_LAYERS = 2
"""The most layers of gzip: a packed file may be packed again in transfer."""
_PIECE_BYTES = 512
"""Bytes unpacked at once; a damaged piece is lost completely."""
_TRAILER_BYTES = 8
"""Bytes of the trailer, which may be wrong although the content is right."""
_KNOWN = (
    (re.compile(rb"(?i)<!doctype html|<html[\s>]"), "an HTML page"),
    (re.compile(rb"[{\[]"), "JSON"),
    (re.compile(rb"%PDF-"), "a PDF"),
    (re.compile(rb"\x89PNG|GIF8|\xff\xd8\xff"), "an image"),
    (re.compile(rb"(?i)(<\?xml[^>]*>\s*)?<(urlset|sitemapindex)[\s>]"), "a sitemap"),
    (re.compile(rb"(?i)(<\?xml[^>]*>\s*)?<(rss|feed|rdf:RDF)[\s>]"), "a feed"),
    (re.compile(rb"(<\?xml[^>]*>\s*)?<"), "markup of another kind"),
)


@dataclass(frozen=True, slots=True)
class Markup:
    """A document from its root element on, with only tags and text.

    *root* is the local name of the root in lower case, or of a sitemap's entry if the
    root is missing; "" for another document, whose *text* is complete. *prefix* is the
    root's, with its colon. *is_cut* says that the end is missing: the rest of a truncated
    tag or text is removed. *follows* says that entities are declared that name a file or
    one another.
    """

    text: str
    root: str = ""
    prefix: str = ""
    is_cut: bool = False
    follows: bool = False


def parse_markup(content: bytes) -> Markup:
    """Return *content*, a feed or a sitemap, repaired.

    The part before the root, comments, document types and instructions are removed, CDATA
    is escaped, and stray ``&``, ``<`` and ``]]>`` become text. References to characters, by
    number or HTML name, are resolved. No entity is expanded and no file is read: a
    reference to a declared entity becomes UNKNOWN.
    """
    text = decode(content).translate(_NO_CHARACTERS)
    root, declared = _opening(text)
    entities = dict(declared)
    whole = "".join(_repaired(text[root.start() if root else 0 :], frozenset(entities)))
    if root is None:
        return Markup(whole)
    name, prefix = (root["root"] or root["entry"]).lower(), root["prefix"] or ""
    is_cut = f"</{prefix}{name}".lower() not in whole[-_END_WITHIN:].lower()
    return Markup(
        whole[: whole.rfind("<")] if is_cut else whole,
        name,
        prefix,
        is_cut,
        any(_follows(value, entities) for _, value in declared),
    )


def _opening(text: str) -> tuple[re.Match[str] | None, list[tuple[str, str]]]:
    """Return where the root begins, and the entities declared before it, with values."""
    declared: list[tuple[str, str]] = []
    for found in _OPENING.finditer(text, 0, _ROOT_WITHIN):
        declared += _ENTITY.findall(found["declared"] or "")
        if found["root"] or found["entry"]:
            is_page = _HTML.search(text, 0, found.start())
            return (None if is_page else found), declared
    return None, declared


def _follows(value: str, entities: dict[str, str]) -> bool:
    """Return True if the *value* of an entity is a file, or names another entity."""
    return not value or any(name in entities for name in _REFERENCE.findall(value))


def _repaired(text: str, entities: frozenset[str]) -> Iterator[str]:
    """Yield the parts of *text*: comments left out, CDATA escaped, the rest repaired.

    What opens a section is stray if another opens before that one ends.
    """
    done = 0
    while mark := _SECTION.search(text, done):
        yield _as_markup(text[done : mark.start()], entities)
        done = mark.end()
        opened = mark[0]
        end = _ENDS[opened].search(text, done) if opened in _ENDS else None
        if end and end[0] != opened:
            if opened != _COMMENT:
                yield escape(text[done : end.start()], quote=False)
            done = end.end()
        elif opened == "]]>":
            yield "]]&gt;"
    yield _as_markup(text[done:], entities)


def _as_markup(text: str, entities: frozenset[str]) -> str:
    """Return *text*, without sections, with only tags and references."""

    def replace(found: re.Match[str]) -> str:
        name = found[1]
        if name in _KEPT:
            return found[0]
        if name and f"{name};" not in html5:
            return UNKNOWN if name in entities else escape(found[0])
        return escape(unescape(found[0]).replace("\f", ""))

    text = _NO_TAG.sub("&lt;", _INSTRUCTION.sub("", text))
    return _REFERENCE.sub(replace, text)


def unpack(body: bytes, *, url: str) -> bytes:
    """Return *body*, unpacked if it is gzip, also twice.

    If it is truncated or damaged, return what precedes the fault. Raises DiscoveryError
    for more than MAX_BYTES, and if nothing could be unpacked.
    """
    content = body
    for _ in range(_MOST_LAYERS):
        start = content[:_GZIP_WITHIN].lstrip(b"\xef\xbb\xbf \r\n")
        if start.startswith(_GZIP):
            content = _gunzip(content[content.index(_GZIP) :], url)
    if len(content) > MAX_BYTES:
        raise DiscoveryError(f"{url}: more than {MAX_BYTES:,} bytes, not read")
    return content


def _gunzip(body: bytes, url: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    try:
        for piece in _iter_pieces(body):
            parts.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                break
    except zlib.error as error:
        if not size:
            raise DiscoveryError(f"{url}: damaged gzip data ({error})") from error
    return b"".join(parts)


def _iter_pieces(body: bytes) -> Iterator[bytes]:
    """Yield the content of all members of *body* in pieces; raises zlib.error."""
    unzip = zlib.decompressobj(wbits=31)
    last = max(0, len(body) - _TRAILER_BYTES)
    for start, end in pairwise([*range(0, last, _PIECE_BYTES), last, len(body)]):
        piece = body[start:end]
        while piece:
            yield unzip.decompress(piece)
            piece = unzip.unused_data
            if unzip.eof:
                unzip = zlib.decompressobj(wbits=31)


def describe(content: bytes) -> str:
    """Return the probable type of *content*, for a message."""
    start = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        return f"{len(content)} bytes without content"
    for pattern, name in _KNOWN:
        if pattern.match(start):
            return name
    return f"{len(content)} bytes that start with {start[:20]!r}"


_ASCII = bytes(range(128))
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt, by its byte order mark, UTF-8, UTF-16 or Latin.

    The encoding of bytes that are not UTF-8 is unknown, so such a line is returned twice:
    as Windows-1252, and percent-encoded as in a URL (RFC 9309, section 2.2.2). Either
    form of the rule then holds.
    """
    if b"\0" in body or is_utf8(body):
        return decode(body).translate(_UNSEEN)
    return "\n".join(line for raw in body.splitlines() for line in _spellings(raw))


def _spellings(line: bytes) -> list[str]:
    if line.isascii():
        return [line.decode("ascii")]
    return [line.decode("cp1252", "replace"), quote(line, safe=_ASCII)]
