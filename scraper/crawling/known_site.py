"""One site in a crawl: its model, the sample it is learned from, and when to learn."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from scraper.crawling.audits import Audits
from scraper.errors import ConfigurationError, StorageError
from scraper.sitemodel import GOOD, PageDigest, Sample, SiteModel, learn
from scraper.sitemodel.sample import SIZE

if TYPE_CHECKING:
    from scraper.items import Extraction
    from scraper.storage import Store

_logger = logging.getLogger(__name__)
_PATIENCE = 3
"""Articles more before it is tried again to learn from copies of a few."""


@dataclass(slots=True)
class KnownSite:
    """*model* is None until one is good; a *pinned* one is never replaced.

    *learned_from* counts the articles behind the model, *fresh* those that the sample
    took since, *tried* those it was last tried with. *audits* are those of the model;
    *distrusted* is the one that was forgotten, for too few of its audits agreed.
    """

    name: str
    model: SiteModel | None = None
    pinned: bool = False
    sample: Sample = field(default_factory=Sample)
    learned_from: int = 0
    fresh: int = 0
    tried: int = 0
    learning: bool = False
    audits: Audits | None = None
    distrusted: SiteModel | None = None
    warned: bool = False

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
            self.pinned = any(m.pinned for m in store.models.list_models(self.name))
            known = Audits(SiteModel.from_json(model))
            if self.pinned or known.are_good:
                self._use(known, self._articles())

    def _use(self, audits: Audits, learned_from: int) -> None:
        self.model, self.audits = audits.model, audits
        self.learned_from = learned_from

    def hear(self, extraction: Extraction) -> bool:
        """Take note of an audit; tell whether model and sample were forgotten for it.

        Below the bound of trust the template has changed, and the pages that come are
        learned from instead. A pinned model stays, which is told once.
        """
        audits = self.audits
        if audits is None or not audits.hear(extraction):
            return False
        return not audits.are_good and self._forget(audits)

    def _forget(self, audits: Audits) -> bool:
        model = audits.next_version
        said = f"{model.agreed} of {model.audited} audits agreed"
        if self.pinned:
            self._warn(said)
        if self.pinned or self.learning:
            return False
        _logger.warning(
            "%s: %s: its template has changed, and is learned anew", self.name, said
        )
        self.model, self.audits, self.distrusted = None, None, model
        self.sample = Sample()
        self.learned_from = self.fresh = self.tried = 0
        return True

    def _warn(self, said: str) -> None:
        if not self.warned:
            _logger.warning(
                "%s: %s: its template has changed, but its model is pinned;"
                " `tinsach model unpin %s` lets it be learned anew",
                *(self.name, said, self.name),
            )
        self.warned = True

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
        audits = self.audits.handed_to(learned) if self.audits else Audits(learned)
        self._use(audits, self.tried)
        self.fresh -= fresh
        return audits.are_good or not self._forget(audits)

    def save(self, store: Store) -> None:
        """Keep model and sample in *store*; a page without a host is of no site.

        The model is the next version where it was audited. One that was forgotten is
        kept with its audits, so that nobody trusts it; its sample goes.
        """
        if not self.name:
            return
        if self.distrusted is not None:
            store.models.forget_samples(self.name)
        records = {digest.key: digest.to_json() for digest in self.sample}
        store.models.save_samples(self.name, records, keep=SIZE)
        model = self.audits.next_version if self.audits else self.distrusted
        if model is not None and not self.pinned:
            store.models.save_model(
                self.name, model.version, model.to_json(), pages=model.pages
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
