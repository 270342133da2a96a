"""The article cut out of the bytes of its page, by the openings that its site's model knows.

What comes out is a small page: the head's declarations, the article in its frame, and
what a field is read from elsewhere, hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.extraction.encoding import decode_bytes, is_mostly_utf8
from scraper.sitemodel.digest import Role
from scraper.sitemodel.markup import (
    NOWHERE,
    element_end,
    find_opening,
    follower,
    next_opening,
)
from scraper.sitemodel.sample import is_trusted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Page
    from scraper.sitemodel.model import Opening, SiteModel

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
_CONTROLS = bytes({*range(32)} - {9, 10, 13})
_CHARSET = re.compile(rb"(?i)<meta[^>]*charset\s*=\s*[\"']?\s*utf-?8")
_DECLARED_WITHIN = 4096
_UTF8 = frozenset({"utf-8", "utf8"})
_END_WITHIN = 40_000
_FIELDS = (Role.BREADCRUMBS, Role.TAGS, Role.SECTION)
LEAST_PAGES = 3
"""Articles that a model must be learned from: what two share may be chance."""
_REFUSED = 400
"""HTTP statuses from which on a page may be a wall."""


class NotFast(Exception):  # noqa: N818  no error: another way is taken
    """The page has to go the careful way; its one argument is the reason, a short name."""


class Cut(NamedTuple):
    """*markup* is a small page in UTF-8, its container marked by :data:`CONTAINER`.

    *left_out* are the ranges of bytes after the head that are not in it. A listing has
    no container: it is known by its teasers, which are left out.
    """

    markup: bytes
    left_out: tuple[tuple[int, int], ...]
    is_listing: bool


class _Story(NamedTuple):
    """Byte offsets of the article and of its container."""

    start: int
    container: int
    end: int
    frame: str


def cut(page: Page, model: SiteModel) -> Cut:
    """Return the article of *page* as a small page; raises :class:`NotFast`."""
    body = page.body
    if page.status >= _REFUSED:
        raise NotFast("status")
    if model.pages < LEAST_PAGES:
        raise NotFast("few_pages")
    if not is_trusted(model):
        raise NotFast("untrusted")
    head_end = body.find(_HEAD_END)
    if head_end < 0:
        raise NotFast("no_head")
    if not _is_utf8(page):
        raise NotFast("encoding")
    story = _find_story(body, head_end, model)
    before, after = _other_places(body, head_end, story, model)
    pieces = (
        *_DECLARATIONS.findall(body, 0, head_end),
        *_json_ld(body),
        b"</head><body>",
        *before,
        story.frame.encode(),
        *_marked(body, story, model),
        *after,
    )
    markup = _decoded(b"".join(pieces)).translate(None, _CONTROLS)
    left_out = ((head_end, story.start), (story.end, len(body)))
    return Cut(markup, left_out, story.container < 0)


def _decoded(markup: bytes) -> bytes:
    """Return *markup* as decoding the page would give it."""
    if not is_mostly_utf8(markup):
        raise NotFast("encoding")
    return decode_bytes(markup).encode()


def _marked(body: bytes, story: _Story, model: SiteModel) -> Iterator[bytes]:
    """Yield the article's bytes with the mark in its container's opening tag.

    Drawings, styles and scripts may be most of them; parsed, they would be taken out of
    the tree.
    """
    if story.container < 0:
        yield body[story.start : story.end]
        return
    name = _TAG_NAME.match(body, story.container)
    at = name.end() if name else story.container
    above = b"".join(_iter_seen(body, story.start, at))
    if any(above.count(each.prefix.encode()) > 1 for each in _starts(model)):
        raise NotFast("start_doubled")
    yield from (above, _MARK)
    yield from _iter_seen(body, at, story.end)


def _iter_seen(body: bytes, start: int, end: int) -> Iterator[bytes]:
    """Yield what *body* holds from *start* to *end* but drawings, styles and scripts."""
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


def _is_utf8(page: Page) -> bool:
    """Tell whether the careful path may decode the page as UTF-8.

    If that is declared, a few broken bytes outside the article do not matter.
    """
    body = page.body
    if body[:3] == b"\xef\xbb\xbf" or b"\0" in body[:400]:
        return False
    if (page.encoding or "").lower() in _UTF8 or body.isascii():
        return True
    if not page.encoding and _CHARSET.search(body, 0, _DECLARED_WITHIN):
        return True
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _find_story(body: bytes, head_end: int, model: SiteModel) -> _Story:
    """Return where the article is; its start comes first, so it is looked for first."""
    first, start = _first(body, head_end, model, Role.START)
    after = head_end if first is None else start
    opening, container = _first(body, after, model, Role.CONTAINER)
    if opening is None:
        return _find_listing(body, head_end, model)
    if first is None and model.openings.get(Role.START):
        first, start = _bare_start(body, head_end, container, model)
    if next_opening(body, opening.prefix.encode(), container + 1) != NOWHERE:
        raise NotFast("container_doubled")
    end = element_end(body, container)
    if end < 0:
        raise NotFast("container_open")
    if follower(body, end) not in opening.followers:
        raise NotFast("follower")
    end = max(end, _end_of_closing(body, end, model))
    if first is None:
        return _Story(container, container, end, opening.frame)
    return _Story(start, container, end, _frame(body, start, first, opening, model))


def _frame(
    body: bytes, start: int, first: Opening, container: Opening, model: SiteModel
) -> str:
    """Return the frame of the design that the page is of, by both of its openings."""
    known = (each for each in _starts(model) if each.container == container.prefix)
    own = (each for each in known if body.startswith(each.prefix.encode(), start))
    return next(own, first).frame


def _first(
    body: bytes, start: int, model: SiteModel, role: Role, end: int | None = None
) -> tuple[Opening | None, int]:
    """Return the first opening of *role* that stands between *start* and *end*, and where."""
    for opening in model.openings.get(role, ()):
        at = next_opening(body, opening.prefix.encode(), start, end)
        if at >= 0:
            return opening, at
    return None, NOWHERE


def _only(
    body: bytes, start: int, end: int | None, model: SiteModel, role: Role
) -> tuple[Opening | None, int]:
    """Return the first opening of *role* that stands once from *start* to *end*, and where.

    Raises NotFast where others stand there several times.
    """
    doubled = False
    for opening in model.openings.get(role, ()):
        at = find_opening(body, opening.prefix.encode(), start, end)
        if at >= 0:
            return opening, at
        doubled = doubled or at != NOWHERE
    if doubled:
        raise NotFast(f"{role}_doubled")
    return None, -1


def _bare_start(
    body: bytes, start: int, end: int, model: SiteModel
) -> tuple[Opening, int]:
    """Return a start that has the name alone of those known, as the only ``h1`` has."""
    known = model.openings[Role.START][0]
    name = known.prefix.split()[0].rstrip(">").encode()
    at = find_opening(body, name, start, end)
    if at < 0:
        raise NotFast("no_start")
    return known, at


def _find_listing(body: bytes, head_end: int, model: SiteModel) -> _Story:
    opening, _ = _only(body, head_end, None, model, Role.LISTING)
    if opening is None:
        raise NotFast("no_container")
    heading, title = _only(body, head_end, None, model, Role.HEADING)
    if heading is None:
        return _Story(head_end, -1, head_end, "")
    return _Story(title, -1, max(element_end(body, title), title), "")


def _end_of_closing(body: bytes, end: int, model: SiteModel) -> int:
    """Return where what closes the article after its container ends, -1 for nothing."""
    opening, at = _only(body, end, end + _END_WITHIN, model, Role.END)
    return element_end(body, at) if opening else -1


def _json_ld(body: bytes) -> Iterator[bytes]:
    at = body.find(_JSON_LD)
    while at >= 0:
        start, end = body.rfind(b"<", 0, at), body.find(b"</script", at)
        if end < 0:
            return
        if body[start : start + 7].lower() == b"<script":
            yield body[start:end] + b"</script>"
        at = body.find(_JSON_LD, end)


def _other_places(
    body: bytes, head_end: int, story: _Story, model: SiteModel
) -> tuple[list[bytes], list[bytes]]:
    """Return what fields are read from outside the article: before it, and after it.

    What is known to stand in the article is not looked for outside.
    """
    before: list[tuple[int, bytes]] = []
    after: list[tuple[int, bytes]] = []
    for role in _FIELDS:
        known, at = _first(body, story.start, model, role, story.end)
        if known:
            continue
        known, at = _first(body, head_end, model, role, story.start)
        if known:
            before.append((at, _hidden(body, at, role)))
            continue
        known, at = _first(body, story.end, model, role)
        if known:
            after.append((at, _hidden(body, at, role)))
    return [piece for _, piece in sorted(before)], [p for _, p in sorted(after)]


def _hidden(body: bytes, at: int, role: Role) -> bytes:
    end = element_end(body, at)
    if end < 0:
        raise NotFast(f"{role}_open")
    return b"<div hidden>%b</div>" % body[at:end]
