"""One site in a crawl: its model, the sample it is learned from, and when to learn."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from scraper.errors import ConfigurationError, StorageError
from scraper.sitemodel import GOOD, PageDigest, Sample, SiteModel, learn
from scraper.sitemodel.sample import SIZE

if TYPE_CHECKING:
    from scraper.storage import Store

_logger = logging.getLogger(__name__)
_PATIENCE = 3
"""Articles more before it is tried again to learn from copies of a few."""


@dataclass(slots=True)
class KnownSite:
    """*model* is None until one is good; a *pinned* one is never replaced.

    *learned_from* counts the articles behind the model, *fresh* those that the sample
    took since, *tried* those it was last tried with.
    """

    name: str
    model: SiteModel | None = None
    pinned: bool = False
    sample: Sample = field(default_factory=Sample)
    learned_from: int = 0
    fresh: int = 0
    tried: int = 0
    learning: bool = False

    @classmethod
    def load(cls, name: str, store: Store | None) -> Self:
        """Return what *store* knows of the site; nothing where that cannot be read."""
        site = cls(name)
        if store is None or not name:
            return site
        try:
            site._load(store)
        except (
            ConfigurationError,
            KeyError,
            StorageError,
            TypeError,
            ValueError,
        ) as error:
            _logger.warning("%s: its stored model is passed over: %s", name, error)
        return site

    def _load(self, store: Store) -> None:
        for record in store.models.load_samples(self.name).values():
            self.sample.add(PageDigest.from_json(record))
        if model := store.models.load_model(self.name):
            self.model = SiteModel.from_json(model)
            self.pinned = any(m.pinned for m in store.models.list_models(self.name))
            self.learned_from = self._articles()

    def take(self, digest: PageDigest) -> bool:
        """Take *digest* into the sample; tell whether it is time to learn."""
        if not self.sample.add(digest) or not digest.has_text:
            return False
        self.fresh += 1
        return not self.learning and not self.pinned and self._is_due()

    async def learn(self) -> bool:
        """Learn from the sample as it is, in a thread; tell whether the model is good.

        Until it has ended, take() says that it is no time to learn.
        """
        self.learning = True
        pages, fresh = list(self.sample), self.fresh
        self.tried = self._articles()
        try:
            learned = await asyncio.to_thread(learn, self.name, pages)
        finally:
            self.learning = False
        if learned is None or learned.pages < GOOD:
            return False
        self.model, self.learned_from = learned, self.tried
        self.fresh -= fresh
        return True

    def save(self, store: Store) -> None:
        """Keep model and sample in *store*; a page without a host is of no site."""
        if not self.name:
            return
        records = {digest.key: digest.to_json() for digest in self.sample}
        store.models.save_samples(self.name, records, keep=SIZE)
        if self.model is not None and not self.pinned:
            store.models.save_model(
                self.name,
                self.model.version,
                self.model.to_json(),
                pages=self.model.pages,
            )

    def has_more_to_learn(self) -> bool:
        """Tell whether a good model could be told more by what came since."""
        enough = bool(self.name) and self._articles() >= GOOD
        return enough and not self.pinned and self.fresh > 0

    def _is_due(self) -> bool:
        """Tell whether there is enough new: the first good model, then twice as much."""
        articles = self._articles()
        if self.model is None:
            return bool(self.name) and articles >= max(GOOD, self.tried + _PATIENCE)
        return articles >= 2 * self.learned_from or self.fresh >= SIZE // 2

    def _articles(self) -> int:
        return sum(digest.has_text for digest in self.sample)
