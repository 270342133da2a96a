"""The life of a site's model in a crawl: when it is learned, distrusted and saved."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from scraper.errors import ConfigurationError, StorageError
from scraper.options import MODELS
from scraper.sitemodel import GOOD, PageDigest, Sample, SiteModel, learn
from scraper.sitemodel.learn import SAMPLE_PAGES, SmallestKeys
from scraper.sitemodel.model import YOUNG, differ_in_audits, is_trusted, with_audits

if TYPE_CHECKING:
    from scraper.items import Extraction
    from scraper.storage.models import Models

_logger = logging.getLogger(__name__)
_RETRY_ARTICLES = 3
"""More articles before another attempt, if the first ones were near-duplicates."""
_YOUNG_SAMPLE = 20
"""Articles up to which a sample takes every page, to get a first model soon."""
_UNKNOWN_KEPT = 20
"""The most pages of unknown templates that are learned from together."""
_UNKNOWN_STUDIED = 60
"""The most pages of unknown templates that a run studies: each is read twice."""


@dataclass(slots=True)
class Audits:
    """The audits of *model* since it came into use, and how many of them agreed.

    *previous* are the versions that it replaced: pages submitted with them may still be
    in progress.
    """

    model: SiteModel
    previous: frozenset[str] = frozenset()
    counted: int = 0
    agreed: int = 0

    def count(self, extraction: Extraction) -> bool:
        """Count the audit of a page; return False if it was not audited by this model."""
        version = extraction.model_version
        if not extraction.audit or version not in {self.model.version, *self.previous}:
            return False
        self.counted += 1
        self.agreed += extraction.audit == "agreed"
        return True

    @property
    def next_version(self) -> SiteModel:
        """The model with these audits; unchanged if there were none."""
        return with_audits(self.model, self.counted, self.agreed)

    @property
    def have_matured(self) -> bool:
        """Whether a young model has had enough audits, so that fewer suffice from now on."""
        return self.model.audited < YOUNG <= self.next_version.audited

    @property
    def are_good(self) -> bool:
        return is_trusted(self.next_version)

    def inherited_by(self, learned: SiteModel) -> Audits:
        """Return the audits of *learned*, which replaces this model and inherits them."""
        known = self.next_version
        heir = replace(learned, audited=known.audited, agreed=known.agreed)
        return Audits(heir, self.previous | {self.model.version})


@dataclass(slots=True)
class KnownSite:
    """*model* is None until one is good; a *pinned* one is never replaced.

    *stored* is the version in the store. *learned_from* counts the articles behind the
    model, *fresh* those added to the sample since, *tried* those at the last attempt to
    learn. *audits* are those of the model; *distrusted* is the model that was dropped
    because too few of its audits agreed. *expected* are the pages that the crawl will
    fetch and the sample should take. *unknown* are pages of templates that the model did
    not know when they were read: otherwise a template that appears late in a crawl would
    be learned only at its end. They are not saved, but the model is.
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
    expected: SmallestKeys = field(default_factory=SmallestKeys)
    unknown: Sample = field(default_factory=lambda: Sample(size=_UNKNOWN_KEPT))
    new_unknown: int = 0
    study_budget: int = _UNKNOWN_STUDIED

    @classmethod
    def load(cls, name: str, models: Models | None) -> Self:
        """Return the site as *models* of a store know it; a damaged model is not used."""
        site = cls(name)
        if models is None or not name:
            return site
        try:
            site._load(models)
        except (
            ConfigurationError,
            KeyError,
            StorageError,
            TypeError,
            ValueError,
        ) as error:
            _logger.warning(
                "%s: its stored model is not used, and is learned again: %s;"
                " `tinsach doctor --repair` removes a damaged one",
                *(name, error),
            )
        return site

    def _load(self, models: Models) -> None:
        for record in models.load_samples(self.name).values():
            self.sample.add(PageDigest.from_json(record))
        if model := models.load_model(self.name):
            self.stored = SiteModel.from_json(model)
            known = Audits(self.stored)
            # Only after the model is read: a damaged one must not keep a new one out.
            self.pinned = any(m.pinned for m in models.list_models(self.name))
            if self.pinned or known.are_good:
                self._use(known, self.articles)

    def _use(self, audits: Audits, learned_from: int) -> None:
        self.model, self.audits = audits.model, audits
        self.learned_from = learned_from

    def count_audit(self, extraction: Extraction) -> bool:
        """Count the audit of a page; return True if model and sample were dropped for it.

        If too few audits agree, the template has changed: the site is learned again from
        the pages that follow. A pinned model stays, with one warning. A young model that
        has matured is replaced by its next version, of which fewer pages are audited.
        """
        audits = self.audits
        if audits is None or not audits.count(extraction):
            return False
        if not audits.are_good:
            return self._drop(audits)
        if audits.have_matured and not self.pinned:
            self._use(audits.inherited_by(audits.model), self.learned_from)
        return False

    def _drop(self, audits: Audits) -> bool:
        model = audits.next_version
        finding = f"{model.agreed} of {model.audited} audits agreed"
        if self.pinned:
            self._warn(finding)
        if self.pinned or self.learning:
            return False
        _logger.warning(
            "%s: %s: its template has changed, and is learned again", self.name, finding
        )
        self.model, self.audits, self.distrusted = None, None, model
        self.sample, self.unknown = Sample(), Sample(size=_UNKNOWN_KEPT)
        self.new_unknown, self.study_budget = 0, _UNKNOWN_STUDIED
        self.learned_from = self.fresh = self.tried = 0
        return True

    def _warn(self, finding: str) -> None:
        if not self.warned:
            _logger.warning(
                "%s: %s: its template has changed, but its model is pinned;"
                " `tinsach model unpin %s` lets it be learned again",
                *(self.name, finding, self.name),
            )
        self.warned = True

    def wants(self, key: str) -> bool:
        """Return True if the page with this *key* should be learned from."""
        if not self.sample.wants(key):
            return False
        is_young = self.model is None or self.articles < _YOUNG_SAMPLE
        return is_young or not self.expected or key in self.expected

    @property
    def studies_unknown(self) -> bool:
        """Whether pages that the model does not know are learned from."""
        return self.model is not None and not self.pinned and self.study_budget > 0

    def add_unknown(self, digest: PageDigest) -> bool:
        """Add *digest*, of an unknown template; return True if it is time to learn."""
        self.study_budget -= 1
        if not digest.has_text or not self.unknown.add(digest):
            return False
        self.new_unknown += 1
        return not self.learning and self.new_unknown >= GOOD

    def add(self, digest: PageDigest) -> bool:
        """Add *digest* to the sample; return True if it is time to learn."""
        if not self.sample.add(digest) or not digest.has_text:
            return False
        self.fresh += 1
        return not self.learning and not self.pinned and self._is_due()

    async def learn(self) -> bool:
        """Learn from the present sample, in a thread; return True if the model is good.

        While it runs, add() returns False.
        """
        self.learning = True
        pages = {digest.key: digest for digest in (*self.unknown, *self.sample)}
        fresh, self.new_unknown = self.fresh, 0
        self.tried = self.articles
        try:
            learned = await asyncio.to_thread(learn, self.name, pages.values())
        finally:
            self.learning = False
        if learned is None or learned.pages < GOOD:
            return False
        audits = self.audits.inherited_by(learned) if self.audits else Audits(learned)
        self._use(audits, self.tried)
        self.fresh -= fresh
        return audits.are_good or not self._drop(audits)

    def save(self, models: Models, *, keep: int = MODELS.default) -> None:
        """Save model and sample in *models*, unless the site has no name.

        An audited model is saved as its next version. A dropped one is saved with its
        audits, so that it is not trusted again; its sample is deleted. A version that
        differs only in its audits replaces the previous one; of the others the *keep*
        newest are kept.
        """
        if not self.name:
            return
        if self.distrusted is not None:
            models.forget_samples(self.name)
        records = {digest.key: digest.to_json() for digest in self.sample}
        models.save_samples(self.name, records, keep=SAMPLE_PAGES)
        model = self.audits.next_version if self.audits else self.distrusted
        if model is not None and not self.pinned:
            models.save_model(
                self.name,
                model.version,
                model.to_json(),
                pages=model.pages,
                instead_of=self._replaced_by(model),
                keep=keep,
            )

    def _replaced_by(self, model: SiteModel) -> str:
        """Return the stored version that differs from *model* only in its audits, "" if none."""
        stored = self.stored
        if stored is None or stored == model or not differ_in_audits(stored, model):
            return ""
        return stored.version

    def has_more_to_learn(self) -> bool:
        """Return True if articles were added since the model was learned."""
        enough = bool(self.name) and self.articles >= GOOD
        return enough and not self.pinned and self.fresh > 0

    def _is_due(self) -> bool:
        """Return True if there are enough new articles to learn again.

        That is enough for a first model, then twice as many as before.
        """
        articles = self.articles
        if self.model is None:
            return bool(self.name) and articles >= max(
                GOOD, self.tried + _RETRY_ARTICLES
            )
        return articles >= 2 * self.learned_from or self.fresh >= SAMPLE_PAGES // 2

    @property
    def articles(self) -> int:
        """The number of pages in the sample that have a text."""
        return sum(digest.has_text for digest in self.sample)
