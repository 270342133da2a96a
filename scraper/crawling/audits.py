"""What the audits of a crawl say of the model that its pages were read by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.sitemodel.audit import YOUNG, is_trusted, with_audits

if TYPE_CHECKING:
    from scraper.items import Extraction
    from scraper.sitemodel import SiteModel


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
