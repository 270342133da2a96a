"""What is kept, and how much of it: the bounds of all that grows beside the articles.

Articles, their revisions and what was forgotten are kept for ever. Of each source what it
brought is kept until 60 days on which the job brought something have gone without it,
see :mod:`scraper.monitoring.sources`, of each site the sample of its model
(:mod:`scraper.sitemodel.sample`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.options import BY_VARIABLE, read

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of *unit*, 0 for no bound, as the setting *variable* says."""

    variable: str
    unit: str

    @property
    def default(self) -> int:
        return int(BY_VARIABLE[self.variable].default)

    def read(self, settings: Mapping[str, object]) -> int:
        """Return the bound that *settings* set, else the default.

        Raises ConfigurationError if it is no whole number.
        """
        return int(read(self.variable, settings.get(self.variable)))

    def said(self, settings: Mapping[str, object]) -> str:
        """Return the bound in words."""
        number = self.read(settings)
        return f"{number:,} {self.unit}" if number else "no limit"


DAYS_OF_PAGES = Bound("TINSACH_KEEP", "days")
PAGES = Bound("TINSACH_KEEP_PAGES", "pages")
RUNS = Bound("TINSACH_KEEP_RUNS", "days")
URLS = Bound("TINSACH_KEEP_URLS", "days")
MODELS = Bound("TINSACH_KEEP_MODELS", "versions")
BOUNDS = (DAYS_OF_PAGES, PAGES, RUNS, URLS, MODELS)
"""Documented in docs/operations.md."""
