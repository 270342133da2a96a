"""Read the archive again with the present rules, and compare the result with the store."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from scraper import clock
from scraper.changes import changes_between, is_reworded
from scraper.errors import ExtractionError
from scraper.items import CIRCUMSTANCES
from scraper.seen import Seen
from scraper.storage import forgotten_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.archive import Kept
    from scraper.changes import Change
    from scraper.items import Article, Page
    from scraper.sitemodel import SiteModel
    from scraper.storage import Store
    from scraper.workers import ReaderPool

SHOWN = 5
"""Changed articles that are kept as examples: those in which most letters differ."""
LISTED = 100
"""URLs of lost articles that are kept; further ones are only counted."""
_BATCH = 50
_NOT_COMPARED = CIRCUMSTANCES | {"content_fingerprint"}
"""Fields whose difference is none of the article, or follows from that of others."""


class Effect(StrEnum):
    """The effect of reading a page again on the stored article.

    REWORDED: the text differs. FIELDS: only other fields differ. NEW: no article is
    stored. LOST: an article is stored, but the page yields none any more. DUPLICATE: not
    stored, because the same text is stored under another URL. NONE: no article is stored,
    and the page yields none. OLDER: the stored article is from a later visit. FORGOTTEN:
    the article must not be stored.
    """

    SAME = "same"
    REWORDED = "reworded"
    FIELDS = "fields"
    NEW = "new"
    LOST = "lost"
    DUPLICATE = "duplicate"
    NONE = "none"
    OLDER = "older"
    FORGOTTEN = "forgotten"


WRITTEN = frozenset({Effect.REWORDED, Effect.FIELDS, Effect.NEW})
"""The effects that are written; a lost article stays as it is stored."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One page read again: *article* as it would be stored, None if there is none."""

    effect: Effect
    url: str
    article: Article | None = None
    fields: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def weight(self) -> int:
        """The number of letters that differ."""
        return sum(len(c.before) + len(c.after) for c in self.changes)


@dataclass(slots=True)
class Tally:
    """The effects of reading the archive again: counts, and a few examples.

    *fields* counts the articles in which each field differs; *most_changed* are sorted by
    size of the change, *lost* are URLs.
    """

    effects: Counter[Effect] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    _heap: list[tuple[int, int, Comparison]] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return self.effects.total()

    @property
    def most_changed(self) -> list[Comparison]:
        return [comparison for _, _, comparison in sorted(self._heap, reverse=True)]

    def add(self, comparison: Comparison) -> None:
        self.effects[comparison.effect] += 1
        self.fields.update(comparison.fields)
        if comparison.effect is Effect.LOST and len(self.lost) < LISTED:
            self.lost.append(comparison.url)
        if comparison.changes:
            entry = (comparison.weight, -self.pages, comparison)
            is_full = len(self._heap) == SHOWN
            (heapq.heappushpop if is_full else heapq.heappush)(self._heap, entry)


def reextract(
    pages: Iterable[Kept],
    store: Store,
    pool: ReaderPool,
    *,
    model_of: Callable[[Page], SiteModel | None],
    apply: bool = False,
    progress: Callable[[int, int, int], None] = lambda *_: None,
) -> Tally:
    """Read *pages*, the newest first, and return the effects on *store*.

    With *apply*, changes are written in batches as revisions of the articles, with the
    time and reference of their pages. Memory is bounded by the pages in progress.
    """
    tally, batch = Tally(), []
    compare = _Comparer(store).compare
    for kept, outcome in _read(pages, pool, model_of):
        comparison = compare(kept, outcome)
        tally.add(comparison)
        if apply and comparison.article and comparison.effect in WRITTEN:
            batch.append(comparison.article)
        if len(batch) >= _BATCH:
            store.save(batch)
            batch.clear()
        progress(tally.pages, 0, sum(tally.effects[e] for e in WRITTEN))
    if batch:
        store.save(batch)
    return tally


def _read(
    pages: Iterable[Kept],
    pool: ReaderPool,
    model_of: Callable[[Page], SiteModel | None],
) -> Iterator[tuple[Kept, Article | ExtractionError]]:
    ahead: deque[Kept] = deque()

    def take() -> Iterator[Page]:
        for kept in pages:
            ahead.append(kept)
            yield kept.page

    for _, outcome in pool.read_all(take(), model_of=model_of):
        yield ahead.popleft(), outcome


class _Comparer:
    """Compares pages with the store; of two pages of an article the newer one counts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._out = store.forgotten_ids()
        self._articles = Seen()
        self._texts = Seen()

    def compare(self, kept: Kept, outcome: Article | ExtractionError) -> Comparison:
        if isinstance(outcome, ExtractionError) or outcome.fault:
            return self._without_article(kept)
        article = replace(kept.listed.complete(outcome), archive=kept.reference)
        urls = kept.page.url, article.canonical_url
        if self._is_out(*urls):
            return Comparison(Effect.FORGOTTEN, kept.page.url)
        before = self._store.load(article.canonical_url)
        if before and _is_dated_ahead(before, kept.page):
            return Comparison(Effect.OLDER, article.url)
        is_older, was_read = article.id in self._articles, self._was_read(article)
        self._articles.add(article.id)
        if is_older or (before and _is_newer(before, article)):
            return Comparison(Effect.OLDER, article.url)
        if before is None:
            is_duplicate = was_read or self._store.has_duplicate(article)
            effect = Effect.DUPLICATE if is_duplicate else Effect.NEW
            return Comparison(effect, article.url, article)
        if before.extraction.parts > article.extraction.parts:
            return Comparison(
                Effect.SAME, article.url, before
            )  # the archive has a part
        doubt = "" if article.states_date else before.extraction.doubt
        found = replace(article.extraction, doubt=doubt)
        after = replace(article, gone_at=before.gone_at, extraction=found)
        return _differences(before, after)

    def _without_article(self, kept: Kept) -> Comparison:
        url = kept.page.url
        if self._is_out(url):
            return Comparison(Effect.FORGOTTEN, url)
        before = self._store.load(url)
        if before is None:
            return Comparison(Effect.NONE, url)
        fetched = kept.page.fetched_at
        is_newer = before.fetched_at and fetched and before.fetched_at > fetched
        return Comparison(Effect.OLDER if is_newer else Effect.LOST, url)

    def _is_out(self, *urls: str) -> bool:
        return bool(self._out) and any(forgotten_id(url) in self._out for url in urls)

    def _was_read(self, article: Article) -> bool:
        """Return True if an article with its text and title was read before; remember it."""
        key = article.content_fingerprint, *article.title.casefold().split()
        was_read = key in self._texts
        self._texts.add(key)
        return was_read


def _is_dated_ahead(before: Article, page: Page) -> bool:
    """Return True if a clock was ahead when *page* was kept, and *before* is newer.

    The page is the newest record of its URL only by its date.
    """
    stored, kept = before.fetched_at, page.fetched_at
    if stored is None or kept is None:
        return False
    return clock.is_ahead(kept) and not clock.is_ahead(stored)


def _is_newer(before: Article, article: Article) -> bool:
    moments = before.fetched_at, article.fetched_at
    return bool(moments[0] and moments[1] and moments[0] > moments[1])


def _differences(before: Article, after: Article) -> Comparison:
    old, new = before.to_fields(), after.to_fields()
    names = tuple(n for n in new if n not in _NOT_COMPARED and old[n] != new[n])
    if not names:
        return Comparison(Effect.SAME, after.url, after)
    if not is_reworded(before, after):
        return Comparison(Effect.FIELDS, after.url, after, names)
    changes = tuple(changes_between(before, after))
    return Comparison(Effect.REWORDED, after.url, after, names, changes)
