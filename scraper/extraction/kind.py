"""What a page is: an article, a list of articles, a wall, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.extraction.languages import phrases
from scraper.items import BlockKind, Kind
from scraper.text import compare_key

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared
    from scraper.items import Page

_WALL_STATUS = frozenset({401, 402, 403, 407, 429, 451})
_WALL_WORDS = 250
"""A wall says little; the longest seen, with a cookie notice, has 180 words."""

_TEASER_WORDS = 4
_LINKED = 0.7
_SLUG = re.compile(r"[^\W\d_]+")
_LONG_NUMBER = re.compile(r"\d{5,}")
_HOME = re.compile(r"(?i)/?(?:index|home|default|trang-chu)?(?:\.\w{3,5})?/?")
_VIDEO = re.compile(r"(?i)/(?:videos?|tv|clips?)/")
_GALLERY_CAPTIONS = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What :func:`classify` weighs; *found* are the blocks of the main content."""

    page: Page
    blocks: list[RawBlock]
    found: list[RawBlock]
    declared: Declared
    data: StructuredData

    @property
    def visible(self) -> list[RawBlock]:
        return [block for block in self.blocks if not block.hidden]

    @property
    def says_article(self) -> bool:
        """Whether the head declares an article."""
        published = self.declared.first("article:published_time")
        return self.data.is_article or bool(published)


def classify(evidence: Evidence) -> Kind:
    """Return the kind of the page, before its body is chosen."""
    if is_wall(evidence):
        return Kind.BLOCKED
    if is_listing(evidence):
        return Kind.LISTING
    if not evidence.found and not _captions(evidence.visible):
        return Kind.OTHER
    if "LiveBlogPosting" in evidence.data.types:
        return Kind.LIVE
    og_type = evidence.declared.first("og:type").lower()
    if og_type.startswith("video") or _VIDEO.search(urlsplit(evidence.page.url).path):
        return Kind.VIDEO
    return Kind.ARTICLE


def is_gallery(blocks: list[RawBlock], captions: list[RawBlock]) -> bool:
    """Tell a photo story: its captions say more than its paragraphs."""
    said = sum(len(block.words) for block in blocks)
    shown = sum(len(block.words) for block in captions)
    return len(captions) >= _GALLERY_CAPTIONS and shown >= said


def is_wall(evidence: Evidence) -> bool:
    """Tell a consent, bot or login page: it says so and says little else."""
    visible = evidence.visible
    said = sum(len(block.words) for block in visible)
    if said > _WALL_WORDS:
        return False
    if evidence.page.status in _WALL_STATUS:
        return True
    text = compare_key(" ".join(block.text for block in visible))
    title = compare_key(evidence.declared.first("og:title"))
    return any(wall in text or wall in title for wall in phrases().walls)


def is_listing(evidence: Evidence) -> bool:
    """Tell a section or home page by its address and by what its links say.

    A list of articles has more words in links to them than in paragraphs. How much more
    it takes depends on what the page declares and on whether the address reads like an
    article's: a slug of four words or more, or a long number.
    """
    parts = urlsplit(evidence.page.url)
    is_home = _HOME.fullmatch(parts.path) and not _LONG_NUMBER.search(parts.query)
    if evidence.page.url and is_home:
        return True
    visible = evidence.visible
    teasers = sum(
        len(block.words) for block in visible if block.linked and is_teaser(block)
    )
    if teasers <= _WALL_WORDS // 2:
        return False
    told = {*evidence.found, *_captions(visible)}
    said = sum(len(block.words) for block in told)
    return teasers > _patience(evidence, parts) * said


def is_teaser(block: RawBlock) -> bool:
    """Tell a link of some words, as lists of articles are made of."""
    return len(block.words) >= _TEASER_WORDS and block.link_density > _LINKED


def _patience(evidence: Evidence, address: SplitResult) -> float:
    """Return how many words of teasers a word of main content outweighs."""
    if evidence.says_article:
        return 40.0
    if _reads_like_article(address):
        return 4.0
    if evidence.declared.first("og:type").lower() == "article":
        return 4.0
    return 0.5


def _reads_like_article(address: SplitResult) -> bool:
    last = address.path.rstrip("/").rsplit("/", 1)[-1]
    is_numbered = _LONG_NUMBER.search(last) or _LONG_NUMBER.search(address.query)
    return len(_SLUG.findall(last)) > _TEASER_WORDS or bool(is_numbered)


def _captions(blocks: list[RawBlock]) -> list[RawBlock]:
    return [block for block in blocks if block.kind is BlockKind.CAPTION]
