"""Rules about a template that changed: what a site model knows fits its pages no more."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.monitoring.past import Past
    from scraper.monitoring.report import RunReport

AGREED = 0.9
"""Share of the words of audited pages on which both ways of reading must agree."""
MOST_DIFFERED = 0.1
_AUDITS = 5
"""Audits that are looked at together: this run's, then those before it."""
_PATTERN = 2
_LATEST = 20
_FEWEST = 3
"""Pages that must fit no template: two may be of one kind that a new model has not seen."""
_KNOWN = 60
"""Pages of before that must be known, to tell how many fit no template as a rule."""
CHANCE = 1e-5
"""Probability below which so many unknown pages are no chance: with a run every ten
minutes, one false alarm in two years."""
_SETTLED = 0.9
"""Share of the articles of a run that had a model, from which on the site was known."""
_NO_MODEL = frozenset({"few_pages", "untrusted"})
"""Reasons for the careful way that say that there was no model to be asked."""


def ways_disagree(report: RunReport, past: Past) -> str:
    """Both ways of reading find other words, or other fields, on the latest audits.

    In words, not in presence: a text that lost its second half is still a text.
    """
    if report.models_forgotten:
        return "the template has changed: too few audits agreed, it is learned anew"
    audited = differed = 0
    shared = 0.0
    for each in past.latest(report):
        if not report.audited or audited >= _AUDITS:
            break
        audited += each.audited
        differed += each.differed
        shared += (each.agreement or 0.0) * each.audited
    if audited < _AUDITS:
        return ""
    if shared < AGREED * audited:
        return f"both ways of reading agree on {shared / audited:.0%} of the words"
    if report.differed and differed >= max(_PATTERN, MOST_DIFFERED * audited):
        return f"both ways of reading differ on {differed} of {audited} pages"
    return ""


def unknown_template(report: RunReport, past: Past) -> str:
    """Pages go the careful way, far more of them than before.

    They do not look as the model knows them. Nothing is lost yet, and no audit tells of
    it, since there is no fast way whose answer could be compared. A run that learned a
    first model, as after a repair that lost it, shows nothing: that model knows some of
    the templates only.
    """
    if report.read_again:
        return ""
    reports = [e for e in past.latest(report) if _with_model(e) and not e.read_again]
    if not _careful(report) or 2 * _careful(report) <= _with_model(report):
        return ""
    careful = pages = 0
    for number, each in enumerate(reports, 1):
        careful, pages = careful + _careful(each), pages + _with_model(each)
        if careful >= _FEWEST and _is_no_chance(careful, pages, reports[number:]):
            return f"the template has changed: {careful} of {pages} pages fit no model"
        if pages >= _LATEST:
            break
    return ""


def _is_no_chance(careful: int, pages: int, before: Sequence[RunReport]) -> bool:
    """Compare with the runs *before*, but those in which many pages had no model."""
    settled = [each for each in before if _with_model(each) >= _SETTLED * each.articles]
    known = sum(_with_model(each) for each in settled)
    if known < _KNOWN:
        return False
    usual = (sum(_careful(each) for each in settled) + 0.5) / (known + 1)
    return tail(careful, pages, usual) < CHANCE


def _careful(report: RunReport) -> int:
    return sum(n for reason, n in report.careful.items() if reason not in _NO_MODEL)


def _with_model(report: RunReport) -> int:
    return report.fast + report.differed + _careful(report)


def tail(count: int, of: int, share: float) -> float:
    """Return the probability of *count* or more hits in *of* tries of *share* each."""
    hits = range(count, of + 1)
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in hits)
