"""One site in a crawl: its model, the sample it is learned from, and when to learn."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from scraper.errors import ConfigurationError, StorageError
from scraper.options import MODELS
from scraper.sitemodel import GOOD, PageDigest, Sample, SiteModel, learn
from scraper.sitemodel.sample import (
    SIZE,
    YOUNG,
    Draw,
    differ_in_audits,
    is_trusted,
    with_audits,
)

if TYPE_CHECKING:
    from scraper.items import Extraction
    from scraper.storage import Store


@dataclass(slots=True)
class Audits:
    """How many audits there were since *model* came into use, and how many agreed.

    *before* are the versions that it comes after: pages that they were asked for may
    still be on their way.
    """

    model: SiteModel
    before: frozenset[str] = frozenset()
    counted: int = 0
    agreed: int = 0

    def hear(self, extraction: Extraction) -> bool:
        """Count the audit of a page, tell whether there was one of this model."""
        version = extraction.model_version
        if not extraction.audit or version not in {self.model.version, *self.before}:
            return False
        self.counted += 1
        self.agreed += extraction.audit == "agreed"
        return True

    @property
    def next_version(self) -> SiteModel:
        """The model with these audits; the same one where there were none."""
        return with_audits(self.model, self.counted, self.agreed)

    @property
    def make_it_grown(self) -> bool:
        """Whether a young model has shown what it is worth, so that fewer audits do."""
        return self.model.audited < YOUNG <= self.next_version.audited

    @property
    def are_good(self) -> bool:
        return is_trusted(self.next_version)

    def handed_to(self, learned: SiteModel) -> Audits:
        """Return the audits of *learned*, which comes after this model and inherits them."""
        known = self.next_version
        heir = replace(learned, audited=known.audited, agreed=known.agreed)
        return Audits(heir, self.before | {self.model.version})


_logger = logging.getLogger(__name__)
_PATIENCE = 3
"""Articles more before it is tried again to learn from near-duplicates of a few."""
_YOUNG = 20
"""Articles of a sample up to which it takes what comes, for the sake of a first model."""
_STRANGERS = 20
_SPARE = 60
"""Pages of unknown templates that a run learns from at most: each is read twice."""


@dataclass(slots=True)
class KnownSite:
    """*model* is None until one is good; a *pinned* one is never replaced.

    *stored* is the one that the store has.
    *learned_from* counts the articles behind the model, *fresh* those that the sample
    took since, *tried* those it was last tried with. *audits* are those of the model;
    *distrusted* is the one that was forgotten, for too few of its audits agreed. *drawn*
    are the pages that the crawl will fetch and the sample should take. *strangers* are
    pages of templates that the model of their moment did not know: a template that
    begins late in a crawl would otherwise be learned at its end. They are not kept for
    the next crawl, the model is.
    """

    name: str
    model: SiteModel | None = None
    stored: SiteModel | None = None
    pinned: bool = False
    sample: Sample = field(default_factory=Sample)
    learned_from: int = 0
    fresh: int = 0
    tried: int = 0
    learning: bool = False
    audits: Audits | None = None
    distrusted: SiteModel | None = None
    warned: bool = False
    drawn: Draw = field(default_factory=Draw)
    strangers: Sample = field(default_factory=lambda: Sample(size=_STRANGERS))
    new_strangers: int = 0
    spare: int = _SPARE

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
            _logger.warning(
                "%s: its stored model is not used, and is learned anew: %s;"
                " `tinsach doctor --repair` removes a damaged one",
                *(name, error),
            )
        return site

    def _load(self, store: Store) -> None:
        for record in store.models.load_samples(self.name).values():
            self.sample.add(PageDigest.from_json(record))
        if model := store.models.load_model(self.name):
            self.stored = SiteModel.from_json(model)
            known = Audits(self.stored)
            # After the model is read: a damaged one must not keep a new one out.
            self.pinned = any(m.pinned for m in store.models.list_models(self.name))
            if self.pinned or known.are_good:
                self._use(known, self.articles)

    def _use(self, audits: Audits, learned_from: int) -> None:
        self.model, self.audits = audits.model, audits
        self.learned_from = learned_from

    def hear(self, extraction: Extraction) -> bool:
        """Take note of an audit; tell whether model and sample were forgotten for it.

        Below the bound of trust the template has changed, and the pages that come are
        learned from instead. A pinned model stays, which is told once. A young model
        that is grown by now is followed by its next version, of which less is audited.
        """
        audits = self.audits
        if audits is None or not audits.hear(extraction):
            return False
        if not audits.are_good:
            return self._forget(audits)
        if audits.make_it_grown and not self.pinned:
            self._use(audits.handed_to(audits.model), self.learned_from)
        return False

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
        self.sample, self.strangers = Sample(), Sample(size=_STRANGERS)
        self.new_strangers, self.spare = 0, _SPARE
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

    def wants(self, key: str) -> bool:
        """Tell whether the page with this *key* should be learned from."""
        if not self.sample.wants(key):
            return False
        is_young = self.model is None or self.articles < _YOUNG
        return is_young or not self.drawn or key in self.drawn

    @property
    def is_curious(self) -> bool:
        """Whether a page that the model does not know should be learned from."""
        return self.model is not None and not self.pinned and self.spare > 0

    def take_stranger(self, digest: PageDigest) -> bool:
        """Keep *digest*, of an unknown template; tell whether it is time to learn."""
        self.spare -= 1
        if not digest.has_text or not self.strangers.add(digest):
            return False
        self.new_strangers += 1
        return not self.learning and self.new_strangers >= GOOD

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
        pages = {digest.key: digest for digest in (*self.strangers, *self.sample)}
        fresh, self.new_strangers = self.fresh, 0
        self.tried = self.articles
        try:
            learned = await asyncio.to_thread(learn, self.name, pages.values())
        finally:
            self.learning = False
        if learned is None or learned.pages < GOOD:
            return False
        audits = self.audits.handed_to(learned) if self.audits else Audits(learned)
        self._use(audits, self.tried)
        self.fresh -= fresh
        return audits.are_good or not self._forget(audits)

    def save(self, store: Store, *, keep: int = MODELS.default) -> None:
        """Keep model and sample in *store*; a page without a host is of no site.

        The model is the next version where it was audited. One that was forgotten is
        kept with its audits, so that nobody trusts it; its sample goes. A version that
        only has more audits takes the place of the one before; of the others the *keep*
        newest stay.
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
                self.name,
                model.version,
                model.to_json(),
                pages=model.pages,
                instead_of=self._replaced_by(model),
                keep=keep,
            )

    def _replaced_by(self, model: SiteModel) -> str:
        """Return the stored version that says the same as *model*, with fewer audits."""
        stored = self.stored
        if stored is None or stored == model or not differ_in_audits(stored, model):
            return ""
        return stored.version

    def has_more_to_learn(self) -> bool:
        """Tell whether a good model could be told more by what came since."""
        enough = bool(self.name) and self.articles >= GOOD
        return enough and not self.pinned and self.fresh > 0

    def _is_due(self) -> bool:
        """Tell whether there is enough new: the first good model, then twice as much."""
        articles = self.articles
        if self.model is None:
            return bool(self.name) and articles >= max(GOOD, self.tried + _PATIENCE)
        return articles >= 2 * self.learned_from or self.fresh >= SIZE // 2

    @property
    def articles(self) -> int:
        """How many pages of the sample have a text."""
        return sum(digest.has_text for digest in self.sample)
