"""The article cut out of the bytes of its page, by the openings that its site's model knows.

What comes out is a small page: the head's declarations, the article in its frame, and
what a field is read from elsewhere, hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scraper.sitemodel.audit import is_trusted
from scraper.sitemodel.digest import Role
from scraper.sitemodel.markup import NOWHERE, element_end, find_opening, follower

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Page
    from scraper.sitemodel.model import Opening, SiteModel

_DECLARATIONS = re.compile(
    rb"(?i)<(?:html\b[^<>]*+>|meta\b(?>[^<>\"']+|\"[^\"]*\"|'[^']*')*+>"
    rb"|title\b[^<>]*+>[^<]*+</title\s*>|link\b(?=[^<>]*\bcanonical\b)[^<>]*+>)"
)
CONTAINER = "tinsach-container"
_MARK = f" {CONTAINER} ".encode()
_TAG_NAME = re.compile(rb"<[\w-]+")
_JSON_LD = b"application/ld+json"
_HEAD_END = b"</head>"
_UNSEEN = re.compile(rb"(?i)<(?:svg|script|style)\b")
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
        *_marked(body, story),
        *after,
    )
    markup = _mended(b"".join(pieces))
    markup = _without_unseen(markup.translate(None, _CONTROLS))
    left_out = ((head_end, story.start), (story.end, len(body)))
    return Cut(markup, left_out, story.container < 0)


def _mended(markup: bytes) -> bytes:
    """Return *markup* with what is no UTF-8 replaced as decoding the page would do it."""
    try:
        markup.decode()
    except UnicodeDecodeError:
        return markup.decode(errors="replace").encode()
    return markup


def _without_unseen(markup: bytes) -> bytes:
    """Return *markup* without drawings, styles and scripts but JSON-LD.

    They may be most of its bytes; parsed, they would be taken out of the tree.
    """
    kept: list[bytes] = []
    done = markup.find(b"<body>")
    kept.append(markup[:done])
    for tag in _UNSEEN.finditer(markup, done):
        if tag.start() < done:
            continue
        end = element_end(markup, tag.start())
        if end < 0:
            break
        kept.append(markup[done : tag.start()])
        done = end
    return b"".join((*kept, markup[done:]))


def _marked(body: bytes, story: _Story) -> tuple[bytes, bytes, bytes]:
    """Return the article's bytes with the mark in its container's opening tag."""
    if story.container < 0:
        return body[story.start : story.end], b"", b""
    name = _TAG_NAME.match(body, story.container)
    at = name.end() if name else story.container
    return body[story.start : at], _MARK, body[at : story.end]


def _is_utf8(page: Page) -> bool:
    """Tell whether the careful path would decode the page as UTF-8.

    Where that is declared a few broken bytes elsewhere do not matter.
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
    opening, container = _only(body, head_end, None, model, Role.CONTAINER)
    if opening is None:
        return _find_listing(body, head_end, model)
    end = element_end(body, container)
    if end < 0:
        raise NotFast("container_open")
    if follower(body, end) not in opening.followers:
        raise NotFast("follower")
    first, start = _only(body, head_end, container, model, Role.START)
    if first is None:
        first, start = _bare_start(body, head_end, container, model)
    last = _end_of_closing(body, end, model)
    return _Story(start, container, max(end, last), first.frame)


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
    """Return a start that has the name alone of those known, as the only ``h1`` has.

    Where articles have none outside their container, they start there.
    """
    known = model.openings.get(Role.START, ())
    if not known:
        return model.openings[Role.CONTAINER][0], end
    name = known[0].prefix.split()[0].rstrip(">").encode()
    at = find_opening(body, name, start, end)
    if at < 0:
        raise NotFast("no_start")
    return known[0], at


def _find_listing(body: bytes, head_end: int, model: SiteModel) -> _Story:
    opening, _ = _only(body, head_end, None, model, Role.LISTING)
    if opening is None:
        raise NotFast("no_container")
    heading, title = _only(body, head_end, None, model, Role.HEADING)
    end = element_end(body, title) if heading else title
    return _Story(title, -1, max(end, title), "")


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
    """Return what fields are read from outside the article: before it, and after it."""
    found: list[tuple[int, bytes]] = []
    for role in _FIELDS:
        opening, at = _only(body, head_end, None, model, role)
        if opening is None or story.start <= at < story.end:
            continue
        end = element_end(body, at)
        if end < 0:
            raise NotFast(f"{role}_open")
        found.append((at, b"<div hidden>%b</div>" % body[at:end]))
    found.sort()
    before = [piece for at, piece in found if at < story.start]
    return before, [piece for at, piece in found if at > story.start]
