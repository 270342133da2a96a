"""What is kept, and how much of it: the bounds of all that grows beside the articles.

Articles, their revisions and what was forgotten are kept for ever. Of each source what it
brought is kept until 60 days on which the job brought something have gone without it,
see :mod:`scraper.monitoring.sources`, of each site the sample of its model
(:mod:`scraper.sitemodel.sample`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Bound:
    """A number of *unit*, 0 for no bound; *meaning* is the rest of the sentence."""

    variable: str
    default: int
    unit: str
    meaning: str

    @property
    def key(self) -> str:
        """The name of the setting in ``tinsach.toml``."""
        return self.variable.removeprefix("TINSACH_").lower()

    def read(self, settings: Mapping[str, object]) -> int:
        """Return the bound that *settings* set, else the default.

        Raises ConfigurationError if it is no whole number.
        """
        value = settings.get(self.variable)
        text = str(self.default if value in (None, "") else value)
        if not text.isdecimal():
            asked = f"give a number of {self.unit}, 0 for no limit"
            raise ConfigurationError(f"{self.variable} is {text!r}: {asked}")
        return int(text)

    def said(self, settings: Mapping[str, object]) -> str:
        """Return the bound in words."""
        number = self.read(settings)
        return f"{number:,} {self.unit}" if number else "no limit"


DAYS_OF_PAGES = Bound(
    "TINSACH_KEEP", 0, "days", "that a crawl keeps raw pages and quarantined ones"
)
PAGES = Bound(
    "TINSACH_KEEP_PAGES", 500, "pages", "of the quarantine that are kept, the newest"
)
RUNS = Bound("TINSACH_KEEP_RUNS", 400, "days", "that the reports of runs are kept")
URLS = Bound(
    "TINSACH_KEEP_URLS",
    90,
    "days",
    "that URLs of articles are kept that no source lists and no run visits any more",
)
MODELS = Bound(
    "TINSACH_KEEP_MODELS",
    5,
    "versions",
    "of a site's model that are kept: the newest, beside a pinned one",
)
BOUNDS = (DAYS_OF_PAGES, PAGES, RUNS, URLS, MODELS)
"""By their settings; documented in docs/operations.md."""
