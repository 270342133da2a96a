"""What the audits of a crawl say of the model that its pages were read by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.sitemodel.audit import is_trusted, with_audits

if TYPE_CHECKING:
    from scraper.sitemodel import SiteModel


@dataclass(slots=True)
class Audits:
    """How many audits there were since *model* came into use, and how many agreed."""

    model: SiteModel
    counted: int = 0
    agreed: int = 0

    def add(self, outcome: str) -> None:
        self.counted += 1
        self.agreed += outcome == "agreed"

    @property
    def next_version(self) -> SiteModel:
        """The model with these audits; the same one where there were none."""
        return with_audits(self.model, self.counted, self.agreed)

    @property
    def are_good(self) -> bool:
        return is_trusted(self.next_version)

    def handed_to(self, learned: SiteModel) -> SiteModel:
        """Return *learned* with all audits of the model that it comes after."""
        known = self.next_version
        return replace(learned, audited=known.audited, agreed=known.agreed)
