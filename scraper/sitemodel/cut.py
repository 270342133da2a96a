"""Find elements in the bytes of a page, and cut out the article by its site's model.

The result is a small page: the declarations of the head, the article in its frame, and
the elements outside it that a field is read from, hidden.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.document import CONTROLS, parse_markup
from scraper.extraction.encoding import is_mostly_utf8, is_utf8, recode_bytes
from scraper.extraction.head import PRINTED_FIELDS
from scraper.sitemodel.model import Role, is_trusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.extraction.head import PrintedField
    from scraper.items import Page
    from scraper.sitemodel.model import Opening, SiteModel


MAX_DEPTH = 200
"""The deepest nesting of elements of one name; no template nests so deep."""
NOWHERE = -1
SEVERAL = -2
_NAME = re.compile(rb"<([a-zA-Z][\w-]*)")
_ATTRIBUTE_END = re.compile(r"(?<=[\"'])(?=[\s>/])|>$")
_FOLLOWER = re.compile(rb"(?>\s+|<!--.*?-->)*+(</?[a-zA-Z][\w-]*|[^<\s])", re.DOTALL)
_SKIPPED = frozenset({b"<scr", b"<sty"})
_RAW_TEXT = b"script style textarea iframe xmp noembed noframes".split()
"""Elements in which the parser reads no tag but their own closing one."""
_AFTER_ATTRIBUTE = frozenset(b" >/\t\r\n")
_DECLARATIONS = re.compile(
    rb"(?i)<(?:(?:html|base)\b[^<>]*+>|meta\b(?>[^<>\"']+|\"[^\"]*\"|'[^']*')*+>"
    rb"|title\b[^<>]*+>[^<]*+</title\s*>|link\b(?=[^<>]*\bcanonical\b)[^<>]*+>)"
)
CONTAINER = "tinsach-container"
_MARK = f" {CONTAINER} ".encode()
_TAG_NAME = re.compile(rb"<[\w-]+")
_JSON_LD = b"application/ld+json"
_HEAD_END = b"</head>"
_UNSEEN = re.compile(rb"(?i)<(svg|script|style)\b")
_CHARSET = re.compile(rb"(?i)<meta[^>]*charset\s*=\s*[\"']?\s*utf-?8")
_CHARSET_WITHIN = 4096
"""Bytes in which a page declares its charset."""
_UTF8 = frozenset({"utf-8", "utf8"})
_END_WITHIN = 40_000
"""Bytes after the container in which what closes the article is searched."""
_LEAST_PAGES = 3
"""Articles that a model must be learned from: two may share something by chance."""
_FIRST_ERROR = 400
"""The lowest HTTP status of a page that may be a wall."""
_OPENING = re.compile(
    rb"<(?:ul|ol|nav|div|p|span|section|h4|a)(?=[\s/>])"
    rb"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>"
)
"""The opening tag, in lower case, of an element that a field may be printed in."""
_NO_MARKUP = re.compile(rb"(?i)<(?:!--|(%b)(?=[\s/>]))" % b"|".join(_RAW_TEXT))
_COMMENT_END = re.compile(rb"-->")
_TAG = re.compile(rb"<[^<>]*>")
_WRAPPERS = (b"<div", b"<section")
"""Tags of elements that may stand around an article and are named "section"."""
_MOST_PLACES = 40
"""Elements named for a field, on one side of the article, that are tried."""
_LARGE, _MOST_CHUNKS = 2000, 100
"""Bytes of an element that is not parsed if its text has more chunks between spaces."""


def element_end(body: bytes, start: int) -> int:
    """Return the index after the closing tag of the element that opens at *start*.

    Tags of its name are counted; those in comments, scripts and styles are not. Returns
    -1 if the element, or what is skipped, does not close.
    """
    name = _NAME.match(body, start)
    if name is None:
        return -1
    search = _tags_of(name[1].lower()).search
    depth, position = 1, name.end()
    while 0 < depth <= MAX_DEPTH:
        tag = search(body, position)
        if tag is None:
            return -1
        position = tag.end()
        opened = tag[0]
        if opened == b"<!--":
            position = body.find(b"-->", position - len(b"--"))
        elif opened[:4].lower() in _SKIPPED:
            position = body.find(b"</" + opened[1:], position)
        else:
            depth += -1 if tag[1] else 1
        if position < 0:
            return -1
    return -1 if depth else position


@lru_cache(maxsize=256)
def _tags_of(name: bytes) -> re.Pattern[bytes]:
    if name in _RAW_TEXT:
        return re.compile(rb"(?i)<(/)%b\s*>" % name)
    name = re.escape(name)
    return re.compile(
        rb"(?i)<(?:!--|script\b|style\b|%b(?=[\s>/])|(/)%b\s*>)" % (name, name)
    )


def follower(body: bytes, end: int) -> str:
    """Return the next tag at *end* as ``</div``, "text" for text, "" at the end."""
    found = _FOLLOWER.match(body, end)
    if found is None:
        return ""
    tag = found[1]
    return tag.decode("ascii", "replace").lower() if tag[:1] == b"<" else "text"


def prefixes(opening: str) -> list[str]:
    """Return the prefixes of the tag *opening* up to its name and up to each attribute.

    The last one is the whole tag.
    """
    name = _NAME.match(opening.encode())
    ends = [match.end() for match in _ATTRIBUTE_END.finditer(opening)]
    return [opening[:end] for end in ([name.end()] if name else []) + ends]


def find_opening(body: bytes, prefix: bytes, start: int, end: int | None = None) -> int:
    """Return where the only tag that begins with *prefix* opens, from *start* to *end*.

    :data:`NOWHERE` if there is none, :data:`SEVERAL` if there are several.
    """
    at = next_opening(body, prefix, start, end)
    if at >= 0 and next_opening(body, prefix, at + 1, end) >= 0:
        return SEVERAL
    return at


def next_opening(body: bytes, prefix: bytes, start: int, end: int | None = None) -> int:
    """Return where the next tag that begins with *prefix* opens, NOWHERE if none does."""
    at = body.find(prefix, start, end)
    while at >= 0 and not prefix.endswith(b">"):
        after = body[at + len(prefix) : at + len(prefix) + 1]
        if after and after[0] in _AFTER_ATTRIBUTE:
            return at
        at = body.find(prefix, at + 1, end)
    return at


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a page needs full extraction; *reason* is a short name."""

    reason: str


class Cut(NamedTuple):
    """*markup* is a small page in UTF-8, its container marked by :data:`CONTAINER`.

    *left_out* holds the byte ranges after the head that are not in it. A listing has no
    container: the model recognises it by its teasers, which are left out.
    """

    markup: bytes
    left_out: tuple[tuple[int, int], ...]
    is_listing: bool


class _Story(NamedTuple):
    """Byte offsets of the article and of its container, -1 for a listing."""

    start: int
    container: int
    end: int
    frame: str


def cut(page: Page, model: SiteModel) -> Cut | Refused:
    """Return the article of *page* as a small page, or why *model* cannot cut it out."""
    body = page.body
    head_end = body.find(_HEAD_END)
    if reason := _reason_against(page, model, head_end):
        return Refused(reason)
    story = _find_story(body, head_end, model)
    if isinstance(story, Refused):
        return story
    declarations = _DECLARATIONS.findall(body, 0, head_end)
    fields = _fields_outside(body, head_end, story, declarations)
    if isinstance(fields, Refused):
        return fields
    article = _marked(body, story, model)
    if isinstance(article, Refused):
        return article
    before, after = fields
    pieces = (
        *declarations,
        *_json_ld(body),
        b"</head><body>",
        *before,
        story.frame.encode(),
        *article,
        *after,
    )
    markup = b"".join(pieces)
    if not is_mostly_utf8(markup):
        return Refused("encoding")
    markup = _utf8(markup)
    left_out = ((head_end, story.start), (story.end, len(body)))
    return Cut(markup, left_out, story.container < 0)


def _reason_against(page: Page, model: SiteModel, head_end: int) -> str:
    """Return why *page* is not cut at all, "" if it may be."""
    if page.status >= _FIRST_ERROR:
        return "status"
    if model.pages < _LEAST_PAGES:
        return "few_pages"
    if not is_trusted(model):
        return "untrusted"
    if head_end < 0:
        return "no_head"
    return "" if _may_be_utf8(page) else "encoding"


def _marked(
    body: bytes, story: _Story, model: SiteModel
) -> tuple[bytes, ...] | Refused:
    """Return the article's bytes with the mark in its container's opening tag.

    Drawings, styles and scripts are left out: they may be most of the bytes, and
    parsing would drop them from the tree.
    """
    if story.container < 0:
        return (body[story.start : story.end],)
    name = _TAG_NAME.match(body, story.container)
    at = name.end() if name else story.container
    above = b"".join(_iter_seen(body, story.start, at))
    if any(above.count(each.prefix.encode()) > 1 for each in _starts(model)):
        return Refused("start_doubled")
    return (above, _MARK, *_iter_seen(body, at, story.end))


def _iter_seen(body: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield *body* from *start* to *end* without drawings, styles and scripts."""
    while tag := _UNSEEN.search(body, start, end):
        close = _end_of_unseen(body, tag)
        if not 0 <= close <= end:
            break
        yield body[start : tag.start()]
        start = close
    yield body[start:end]


def _end_of_unseen(body: bytes, tag: re.Match[bytes]) -> int:
    """Return where the element of *tag* ends; only drawings may hold others."""
    close = body.find(b"</" + tag[1], tag.end())
    if body.find(tag[0], tag.end(), close) >= 0:
        return element_end(body, tag.start())
    return body.find(b">", close) + 1 if close >= 0 else close


def _starts(model: SiteModel) -> tuple[Opening, ...]:
    return model.openings.get(Role.START, ())


def _may_be_utf8(page: Page) -> bool:
    """Return True if full extraction may decode the page as UTF-8.

    If UTF-8 is declared, a few broken bytes outside the article do not matter.
    """
    body = page.body
    if body[:3] == b"\xef\xbb\xbf" or b"\0" in body[:400]:
        return False
    if (page.encoding or "").lower() in _UTF8 or body.isascii():
        return True
    if not page.encoding and _CHARSET.search(body, 0, _CHARSET_WITHIN):
        return True
    return is_utf8(body)


def _find_story(body: bytes, head_end: int, model: SiteModel) -> _Story | Refused:
    """Return where the article is; its start comes first, so it is searched first."""
    first, start = _first(body, head_end, model, Role.START)
    after = head_end if first is None else start
    opening, container = _first(body, after, model, Role.CONTAINER)
    if opening is None:
        return _find_listing(body, head_end, model)
    if first is None and _starts(model):
        first, start = _bare_start(body, head_end, container, model)
        if start < 0:
            return Refused("no_start")
    end = _end_of_article(body, container, opening, model)
    if isinstance(end, Refused):
        return end
    if first is None:
        return _Story(container, container, end, opening.frame)
    return _Story(start, container, end, _frame(body, start, first, opening, model))


def _end_of_article(
    body: bytes, container: int, opening: Opening, model: SiteModel
) -> int | Refused:
    """Return where the container, or what closes the article after it, ends."""
    if next_opening(body, opening.prefix.encode(), container + 1) != NOWHERE:
        return Refused("container_doubled")
    end = element_end(body, container)
    if end < 0:
        return Refused("container_open")
    if follower(body, end) not in opening.followers:
        return Refused("follower")
    closing = _only(body, end, end + _END_WITHIN, model, Role.END)
    if closing == SEVERAL:
        return Refused(f"{Role.END}_doubled")
    return max(end, element_end(body, closing)) if closing >= 0 else end


def _frame(
    body: bytes, start: int, first: Opening, container: Opening, model: SiteModel
) -> str:
    """Return the frame of the page's design, which both of its openings identify."""
    known = (each for each in _starts(model) if each.container == container.prefix)
    own = (each for each in known if body.startswith(each.prefix.encode(), start))
    return next(own, first).frame


def _first(
    body: bytes, start: int, model: SiteModel, role: Role, end: int | None = None
) -> tuple[Opening | None, int]:
    """Return the first opening of *role* that stands from *start* to *end*, and where."""
    for opening in model.openings.get(role, ()):
        at = next_opening(body, opening.prefix.encode(), start, end)
        if at >= 0:
            return opening, at
    return None, NOWHERE


def _only(
    body: bytes, start: int, end: int | None, model: SiteModel, role: Role
) -> int:
    """Return where the first opening of *role* is that stands once from *start* to *end*.

    :data:`SEVERAL` if others stand there several times, :data:`NOWHERE` if none does.
    """
    places = set()
    for opening in model.openings.get(role, ()):
        at = find_opening(body, opening.prefix.encode(), start, end)
        if at >= 0:
            return at
        places.add(at)
    return SEVERAL if SEVERAL in places else NOWHERE


def _bare_start(
    body: bytes, start: int, end: int, model: SiteModel
) -> tuple[Opening, int]:
    """Return a start with only the tag name of those known, as the only ``h1`` has."""
    known = _starts(model)[0]
    name = known.prefix.split()[0].rstrip(">").encode()
    return known, find_opening(body, name, start, end)


def _find_listing(body: bytes, head_end: int, model: SiteModel) -> _Story | Refused:
    teasers = _only(body, head_end, None, model, Role.LISTING)
    if teasers == SEVERAL:
        return Refused(f"{Role.LISTING}_doubled")
    if teasers < 0:
        return Refused("no_container")
    heading = _only(body, head_end, None, model, Role.HEADING)
    if heading == SEVERAL:
        return Refused(f"{Role.HEADING}_doubled")
    if heading < 0:
        return _Story(head_end, -1, head_end, "")
    return _Story(heading, -1, max(element_end(body, heading), heading), "")


def _json_ld(body: bytes) -> Iterator[bytes]:
    at = body.find(_JSON_LD)
    while at >= 0:
        start, end = body.rfind(b"<", 0, at), body.find(b"</script", at)
        if end < 0:
            return
        if body[start : start + 7].lower() == b"<script":
            yield body[start:end] + b"</script>"
        at = body.find(_JSON_LD, end)


def _fields_outside(
    body: bytes, head_end: int, story: _Story, declarations: list[bytes]
) -> tuple[list[bytes], list[bytes]] | Refused:
    """Return the elements that fields are read from before the article, and after it.

    Full extraction reads a field from the first element of the page that is named for
    it, wherever it stands; what the other pages of the site have does not matter.
    """
    wanted = [f for f in PRINTED_FIELDS if not f.is_declared(declarations)]
    sides: list[list[bytes]] = []
    for start, end in ((head_end, story.start), (story.end, len(body))):
        markup = _markup_between(body, start, end)
        if markup is None:
            return Refused("markup_open")
        found: dict[int, bytes] = {}
        folded, is_above = markup.lower(), end == story.start
        for field, tags in _named(folded, wanted):
            holder = _first_holder(field, tags, markup, folded, is_above=is_above)
            if isinstance(holder, Refused):
                return holder
            if holder:
                wanted.remove(field)
                found |= {holder[0]: holder[1]}
        sides.append([b"<div hidden>%b</div>" % found[at] for at in sorted(found)])
    return sides[0], sides[1]


def _markup_between(body: bytes, start: int, end: int) -> bytes | None:
    """Return *body* from *start* to *end* without what the parser reads as text alone.

    None if such an element, or a comment, does not close there. One that is open at the
    end of the page has all of the rest.
    """
    kept = []
    while opened := _NO_MARKUP.search(body, start, end):
        kept.append(body[start : opened.start()])
        name = opened[1]
        closing = _tags_of(name.lower()) if name else _COMMENT_END
        closed = closing.search(body, opened.end(), end)
        if closed is None and (name is None or end < len(body)):
            return None
        start = closed.end() if closed else end
    return b"".join((*kept, body[start:end]))


def _named(
    folded: bytes, fields: list[PrintedField]
) -> list[tuple[PrintedField, list[bytes]]]:
    """Return *fields* with the opening tags in *folded*, of lower case, named for each."""
    hinted = [f for f in fields if any(hint in folded for hint in f.hints)]
    tags = _OPENING.findall(folded) if hinted else []
    return [(field, _named_for(field, tags)) for field in hinted]


def _named_for(field: PrintedField, tags: list[bytes]) -> list[bytes]:
    numbers = {n for hint in field.hints for n, tag in enumerate(tags) if hint in tag}
    named = (tags[number] for number in sorted(numbers))
    return [t for t in named if t.startswith(field.tags) and field.is_named.search(t)]


def _first_holder(
    field: PrintedField,
    tags: list[bytes],
    markup: bytes,
    folded: bytes,
    *,
    is_above: bool,
) -> tuple[int, bytes] | Refused | None:
    """Return the first of the elements of *tags* that holds *field*, and where it opens.

    None if none does. One that does not close in *markup*, which *is_above* the article,
    is around that, or its end is where the parser puts it.
    """
    if len(tags) > _MOST_PLACES:
        return Refused(f"{field.name}_many")
    at, tried = -1, 0
    for tag in tags:
        at = folded.find(tag, at + 1)
        if at < tried:
            continue
        close = element_end(markup, at)
        if close < 0:
            if is_above and field.most_words < inf and tag.startswith(_WRAPPERS):
                continue  # it has the words of the article
            return Refused(f"{field.name}_{'around' if is_above else 'open'}")
        piece = markup[at:close]
        if _is_too_long(piece, field):
            continue
        tried = close
        if field.find(parse_markup(_utf8(piece))) is not None:
            return at, piece
    return None


def _is_too_long(piece: bytes, field: PrintedField) -> bool:
    """Return True if *piece* surely has more words than an element of *field*."""
    if len(piece) < _LARGE or field.most_words == inf:
        return False
    return len(_TAG.sub(b" ", piece).split()) > _MOST_CHUNKS


def _utf8(markup: bytes) -> bytes:
    """Return *markup* as UTF-8 that the parser takes."""
    return recode_bytes(markup).translate(None, CONTROLS)
