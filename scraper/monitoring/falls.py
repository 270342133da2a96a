"""Rules about what has become less: articles, fields, what the sources bring.

They warn, and make no run unhealthy: a holiday is no fault of the crawl.
"""

from __future__ import annotations

from datetime import timedelta
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

from scraper.monitoring.counts import FIELDS
from scraper.monitoring.past import HOURS
from scraper.monitoring.sources import iter_dead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.monitoring.past import Past
    from scraper.monitoring.report import RunReport

_FEWEST_WEEKS = 3
_SPREADS = 3
_AS_DEVIATION = 1.4826
"""What makes a standard deviation of the median distance from the median."""
_ARTICLES = 30
_ARTICLES_BEFORE = 100
_FALL = 0.15
_FALL_SPREADS = 5
"""Latest articles are looked at by every run: three would be passed by chance each week."""
_PATIENCE = timedelta(days=1)


def little_volume(report: RunReport, past: Past) -> str:
    """Less than half as many new articles as in the same hours of past weeks.

    And less than their median by three times their spread, which is at least that of
    chance. Silent until three weeks are known; a week in which the job ran less than
    half as often says nothing.
    """
    runs = len(past.lately) + 1
    weeks = [sum(each) for each in past.weeks if 2 * len(each) >= runs]
    if len(weeks) < _FEWEST_WEEKS or 2 * len(past.lately) < _usual(past.weeks):
        return ""
    usual, new = median(weeks), sum(past.lately) + report.new
    distance = median(abs(week - usual) for week in weeks)
    spread = max(_AS_DEVIATION * distance, sqrt(usual))
    if new >= usual / 2 or new >= usual - _SPREADS * spread:
        return ""
    hours = int(HOURS.total_seconds() / 3600)
    return f"{new} new articles in {hours} hours, where {usual:g} are usual"


def _usual(weeks: Sequence[Sequence[int]]) -> float:
    return median(len(each) for each in weeks if each) if any(weeks) else 0.0


def less_coverage(report: RunReport, past: Past) -> str:
    """Say what far fewer of the latest articles have than before: fields, a sure text."""
    if not report.articles:
        return ""
    reports = [each for each in past.latest(report) if each.articles]
    first = articles = 0
    while first < len(reports) and articles < _ARTICLES:
        articles += reports[first].articles
        first += 1
    now, before = reports[:first], reports[first:]
    if _count(before) < _ARTICLES_BEFORE:
        return ""
    fallen = (_fall(name, now, before) for name in FIELDS)
    return ", ".join(filter(None, fallen))


def _fall(name: str, now: Sequence[RunReport], before: Sequence[RunReport]) -> str:
    """Say how far the coverage of a field fell, "" where it is within chance."""
    was, has = _share(name, before), _share(name, now)
    chance = sqrt(was * (1 - was) / _count(now))
    if was - has <= max(_FALL, _FALL_SPREADS * chance):
        return ""
    return f"{has:.0%} of the articles have {name}, before {was:.0%}"


def _count(reports: Sequence[RunReport]) -> int:
    return sum(each.articles for each in reports)


def _share(name: str, reports: Sequence[RunReport]) -> float:
    return sum(each.fields.get(name, 0) for each in reports) / _count(reports)


def dead_sources(report: RunReport, past: Past) -> str:
    """Say which sources fail for a day, or list nothing for longer than they used to."""
    return "; ".join(iter_dead(past.sources_after(report), past.at, _PATIENCE))
