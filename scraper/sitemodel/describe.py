"""A page as it was read alone to its digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extraction.dates import printed_days
from scraper.extraction.paths import template_paths
from scraper.items import BlockKind, Kind
from scraper.sitemodel.digest import (
    MAX_BLOCKS,
    BlockDigest,
    Fate,
    PageDigest,
    PlaceDigest,
    page_key,
)
from scraper.sitemodel.places import find_listing_places, find_places
from scraper.text import words

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.careful import Choice, Examined
    from scraper.items import Article

_BY_RULE = {"title": Fate.TITLE, "lead": Fate.LEAD, "byline": Fate.BYLINE}
_LINKED = 0.5
_OF_TAGS = 0.5


def describe(examined: Examined, alone: Choice, article: Article) -> PageDigest:
    """Return the digest of a page; *alone* is what was chosen without a model."""
    page = examined.page
    told = [b for b in examined.blocks if not b.hidden or alone.ledger.decision(b).keep]
    told = told[:MAX_BLOCKS]
    fates = _Fates(alone, article)
    return PageDigest(
        key=page_key(page.url, page.body),
        title=article.title,
        fingerprint=article.content_fingerprint,
        is_listing=article.kind is Kind.LISTING,
        blocks=tuple(
            BlockDigest.of(block, path, fates.of(block))
            for block, path in zip(told, template_paths(told), strict=True)
        ),
        places=_places(examined, alone, article),
    )


def _places(
    examined: Examined, alone: Choice, article: Article
) -> tuple[PlaceDigest, ...]:
    if article.kind is Kind.LISTING:
        return find_listing_places(examined)
    return find_places(examined, alone, article.language) if article.text else ()


class _Fates:
    def __init__(self, alone: Choice, article: Article) -> None:
        self._alone = alone
        self._near_title = {b.index for b in alone.content.near_title}
        self._tags = {word for tag in article.tags for word in words(tag)}
        self._language = article.language
        self._day = article.published_at and article.published_at.date()

    def of(self, block: RawBlock) -> Fate:
        decision = self._alone.ledger.decision(block)
        if decision.keep and decision.rule in _BY_RULE:
            return _BY_RULE[decision.rule]
        if decision.keep:
            caption = block.kind is BlockKind.CAPTION
            return Fate.CAPTION if caption else Fate.BODY
        if self._prints_day(block):
            return Fate.DATE
        if self._lists_tags(block):
            return Fate.TAGS
        inside = block.index in self._alone.main.inside
        return Fate.DROPPED if inside else Fate.OUTSIDE

    def _lists_tags(self, block: RawBlock) -> bool:
        named = sum(word in self._tags for word in block.words)
        linked = block.link_density > _LINKED
        return linked and named >= _OF_TAGS * len(block.words) > 0

    def _prints_day(self, block: RawBlock) -> bool:
        if block.index not in self._near_title or self._day is None:
            return False
        return self._day in printed_days(block.text, self._language)
