"""Which pages are read both ways, and what their agreement says of a model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.sitemodel.digest import page_key

if TYPE_CHECKING:
    from scraper.items import Page
    from scraper.sitemodel.model import SiteModel

TRUSTED = 0.9
"""Share of audits that must agree for the fast way to be taken."""
_PERCENT = 1
_PERCENT_YOUNG = 20
YOUNG = 20
"""Audits from which on a model has shown what it is worth."""
_PATTERN = 2
"""Audits that differ from which on it is no chance."""
_REMEMBERED = 200


def is_audited(page: Page, model: SiteModel) -> bool:
    """Tell by a hash of its address whether *page* is read both ways: one in a hundred.

    While *model* is young it is one in five.
    """
    percent = _PERCENT_YOUNG if model.audited < YOUNG else _PERCENT
    return int(page_key(page.url, page.body)[:8], 16) % 100 < percent


def with_audits(model: SiteModel, audited: int, agreed: int) -> SiteModel:
    """Return the next version of *model*: with so many audits more, of which *agreed*.

    The last 200 count, so that a site that changes is noticed after years as well.
    """
    total, right = model.audited + audited, model.agreed + agreed
    if total > _REMEMBERED:
        right, total = round(right * _REMEMBERED / total), _REMEMBERED
    return replace(model, audited=total, agreed=right)


def differ_in_audits(one: SiteModel, other: SiteModel) -> bool:
    """Return True if two models say the same but for their audits."""
    return with_no_audits(one) == with_no_audits(other)


def with_no_audits(model: SiteModel) -> SiteModel:
    return replace(model, audited=0, agreed=0)


def is_trusted(model: SiteModel) -> bool:
    """Tell whether enough audits agreed, or but one differed, which may be chance."""
    differed = model.audited - model.agreed
    return differed < _PATTERN or model.agreed >= TRUSTED * model.audited
