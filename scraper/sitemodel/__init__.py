"""What the pages of a site have in common: learned from them, applied to each.

A page is told in a :class:`PageDigest`; :func:`learn` makes a :class:`SiteModel` of many;
:func:`guide` says what the model knows of the blocks of one page. Nothing here looks at
a clock, and nothing depends on the order of the pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import lazy

if TYPE_CHECKING:
    from scraper.sitemodel.audit import is_audited
    from scraper.sitemodel.cut import NotFast
    from scraper.sitemodel.digest import BlockDigest, Fate, PageDigest
    from scraper.sitemodel.fast import examine_fast
    from scraper.sitemodel.guide import Guidance, guide
    from scraper.sitemodel.learn import GOOD, USEFUL, learn
    from scraper.sitemodel.model import SiteModel
    from scraper.sitemodel.sample import Sample

__all__ = [
    "GOOD",
    "USEFUL",
    "BlockDigest",
    "Fate",
    "Guidance",
    "NotFast",
    "PageDigest",
    "Sample",
    "SiteModel",
    "examine_fast",
    "guide",
    "is_audited",
    "learn",
]

_HOMES = {
    "BlockDigest": "scraper.sitemodel.digest",
    "Fate": "scraper.sitemodel.digest",
    "GOOD": "scraper.sitemodel.learn",
    "Guidance": "scraper.sitemodel.guide",
    "NotFast": "scraper.sitemodel.cut",
    "PageDigest": "scraper.sitemodel.digest",
    "Sample": "scraper.sitemodel.sample",
    "SiteModel": "scraper.sitemodel.model",
    "USEFUL": "scraper.sitemodel.learn",
    "examine_fast": "scraper.sitemodel.fast",
    "guide": "scraper.sitemodel.guide",
    "is_audited": "scraper.sitemodel.audit",
    "learn": "scraper.sitemodel.learn",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
