"""Find elements in the bytes of a page: where they open, close, and what follows."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_DEPTH = 200
"""The deepest nesting of elements of one name; no template nests so deep."""
NOWHERE = -1
SEVERAL = -2
_NAME = re.compile(rb"<([a-zA-Z][\w-]*)")
_ATTRIBUTE_END = re.compile(r"(?<=[\"'])(?=[\s>/])|>$")
_FOLLOWER = re.compile(rb"(?>\s+|<!--.*?-->)*+(</?[a-zA-Z][\w-]*|[^<\s])", re.DOTALL)
_SKIPPED = frozenset({b"<scr", b"<sty"})
_RAW_TEXT = frozenset({b"script", b"style"})
_AFTER_ATTRIBUTE = frozenset(b" >/\t\r\n")


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
    if name in _RAW_TEXT:  # the only tag in them is their own closing tag
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
