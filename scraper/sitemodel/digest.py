"""The digest of a page: what learning needs of it, in some ten kilobytes."""

from __future__ import annotations

import hashlib
import heapq
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.extraction.blocks import RawBlock


MAX_BLOCKS = 3000
"""The most blocks in a digest; the longest real page seen has 2,400."""
_START_LENGTH = 60
"""Characters of a block that are shown to people."""
_LABEL_WORDS = 4
"""The most words of a label."""
_LABEL_LINK_DENSITY = 0.3
"""The least link density of a block with a label; by hand."""
SAMPLE_PAGES = 60
"""Pages in a sample, some 15 kB each."""


class Fate(StrEnum):
    """What became of a block when its page was read without a model.

    *dropped* blocks were inside the container, *outside* ones were not; *date* and *tags*
    were read from blocks outside.
    """

    TITLE = "title"
    LEAD = "lead"
    BYLINE = "byline"
    DATE = "date"
    TAGS = "tags"
    CAPTION = "caption"
    BODY = "body"
    DROPPED = "dropped"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class BlockDigest:
    """A visible block: its template path, a hash of its words, their number, its fate.

    *start* is the beginning of its text, for display; *label* is the text before a colon
    and a link, as in "Read more: …", as :func:`scraper.text.compare_key` returns it.
    """

    path: str
    key: str
    words: int
    fate: Fate
    start: str
    label: str = ""

    @classmethod
    def of(cls, block: RawBlock, path: str, fate: Fate) -> Self:
        key = block_key(block)
        return cls(
            path, key, len(block.words), fate, block.text[:_START_LENGTH], label(block)
        )


class Role(StrEnum):
    """What an element holds whose opening tag is searched in the bytes of a page.

    The article runs from START to the end of its CONTAINER, or of END after it (a credit
    line). LISTING holds the teasers of a listing page, HEADING prints its title. The
    others hold the field of their name.
    """

    START = "start"
    CONTAINER = "container"
    END = "end"
    LISTING = "listing"
    HEADING = "heading"
    TAGS = "tags"
    BREADCRUMBS = "breadcrumbs"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class PlaceDigest:
    """Where an element opens in the bytes of a page.

    *prefixes* are the beginnings of its opening tag that no other tag of the page has,
    *frame* the opening tags around it, *follower* the next tag after it. *path* is the
    commonest template path in a LISTING.
    """

    role: Role
    prefixes: tuple[str, ...]
    frame: str = ""
    follower: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class PageDigest:
    """One page as it was read without a model.

    *key* is a hash of its URL, *fingerprint* of its text. *body_path* is the template
    path with most of its words, "" for a page without text. *places* are those found in
    its bytes.
    """

    key: str
    title: str
    fingerprint: str
    is_listing: bool
    blocks: tuple[BlockDigest, ...]
    places: tuple[PlaceDigest, ...] = ()

    @property
    def has_text(self) -> bool:
        return bool(self.fingerprint) and not self.is_listing

    @property
    def body_path(self) -> str:
        size: dict[str, int] = {}
        for block in self.blocks:
            if block.fate is Fate.BODY:
                size[block.path] = size.get(block.path, 0) + block.words
        return max(size, key=lambda path: (size[path], path), default="")

    def to_json(self) -> str:
        """Return one line of JSON, in which each path is written once."""
        paths = {
            path: at for at, path in enumerate(sorted({b.path for b in self.blocks}))
        }
        record = {
            "key": self.key,
            "title": self.title,
            "fingerprint": self.fingerprint,
            "listing": self.is_listing,
            "paths": list(paths),
            "blocks": [
                [paths[b.path], b.key, b.words, b.fate.value, b.start, b.label]
                for b in self.blocks
            ],
            "places": [
                [p.role.value, list(p.prefixes), p.frame, p.follower, p.path]
                for p in self.places
            ],
        }
        return json.dumps(record, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return what :meth:`to_json` wrote; raises KeyError, TypeError or ValueError."""
        record: dict[str, Any] = json.loads(text)
        paths = record["paths"]
        blocks = tuple(
            BlockDigest(paths[at], key, words, Fate(fate), start, label)
            for at, key, words, fate, start, label in record["blocks"]
        )
        places = tuple(
            PlaceDigest(Role(role), tuple(openings), *rest)
            for role, openings, *rest in record.get("places", ())
        )
        return cls(
            record["key"],
            record["title"],
            record["fingerprint"],
            record["listing"],
            blocks,
            places,
        )


def page_key(url: str, body: bytes = b"") -> str:
    """Return 16 hex digits: a hash of *url*, or of *body* if *url* is empty."""
    return hashlib.sha256(url.encode("utf-8", "replace") or body).hexdigest()[:16]


def block_key(block: RawBlock) -> str:
    """Return 12 hex digits, equal for blocks of the same words."""
    return hashlib.sha256(" ".join(block.words).encode()).hexdigest()[:12]


def label(block: RawBlock) -> str:
    """Return the label of a block of a few words, a colon and a link; "" for another."""
    if not block.linked:
        return ""
    before, colon, after = block.text.partition(":")
    if not colon or not after.strip() or block.link_density < _LABEL_LINK_DENSITY:
        return ""
    return compare_key(before) if len(before.split()) <= _LABEL_WORDS else ""


class Sample:
    """The pages with the smallest keys of all that were added.

    Keys are hashes of URLs, so that the pages are drawn at random, and the same ones in
    whatever order they come (a bottom-k sketch: Cohen and Kaplan 2007,
    doi:10.1145/1281100.1281133).
    """

    def __init__(
        self, digests: Iterable[PageDigest] = (), *, size: int = SAMPLE_PAGES
    ) -> None:
        self._size = size
        self._digests: dict[str, PageDigest] = {}
        for digest in digests:
            self.add(digest)

    def __len__(self) -> int:
        return len(self._digests)

    def __iter__(self) -> Iterator[PageDigest]:
        return (self._digests[key] for key in sorted(self._digests))

    def wants(self, key: str) -> bool:
        """Return True if the page with this *key* would be kept, or is."""
        return (
            key in self._digests or len(self) < self._size or key < max(self._digests)
        )

    def add(self, digest: PageDigest) -> bool:
        """Keep *digest* if it is wanted; return True if it was kept.

        Of two readings of one URL the same one stays, in whatever order they come.
        """
        known = self._digests.get(digest.key)
        if known and _rank(known) >= _rank(digest):
            return False
        if not self.wants(digest.key):
            return False
        self._digests[digest.key] = digest
        for key in heapq.nlargest(len(self) - self._size, self._digests):
            del self._digests[key]
        return True


def _rank(digest: PageDigest) -> tuple[str, str]:
    return digest.fingerprint, digest.to_json()


class SmallestKeys:
    """The *size* smallest keys of all that were offered, as :class:`Sample` keeps them.

    A sample that sees its pages one by one has to take sixty of the first sixty, thirty
    of the next sixty, and so on: over three hundred of 5,000, each by full extraction. A
    crawl knows the URLs beforehand, so sixty suffice.
    """

    def __init__(self, size: int = SAMPLE_PAGES) -> None:
        self._size = size
        self._keys: set[str] = set()
        self._largest_first: list[tuple[int, str]] = []

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def offer(self, key: str) -> None:
        """Keep *key*, in hexadecimal digits, if it is among the smallest."""
        if key in self._keys:
            return
        entry = (-int(key, 16), key)
        if len(self._keys) < self._size:
            heapq.heappush(self._largest_first, entry)
        else:
            out = heapq.heappushpop(self._largest_first, entry)[1]
            self._keys.discard(out)
            if out == key:
                return
        self._keys.add(key)
