"""What the pages of a site have in common: learned from them, applied to each.

A :class:`PageDigest` describes a page; :func:`learn` makes a :class:`SiteModel` of many;
:func:`guide` returns what the model knows about the blocks of one page;
:func:`examine_fast` parses only the article. Nothing here reads the clock, and nothing
depends on the order of the pages.
"""

from __future__ import annotations

from scraper.sitemodel.apply import Guidance, examine_fast, guide
from scraper.sitemodel.cut import Refused
from scraper.sitemodel.digest import BlockDigest, Fate, PageDigest
from scraper.sitemodel.learn import GOOD, Sample, learn
from scraper.sitemodel.model import SiteModel, is_audited

__all__ = [
    "GOOD",
    "BlockDigest",
    "Fate",
    "Guidance",
    "PageDigest",
    "Refused",
    "Sample",
    "SiteModel",
    "examine_fast",
    "guide",
    "is_audited",
    "learn",
]
