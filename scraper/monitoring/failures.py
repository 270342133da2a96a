"""Rules about a run that got too little out of what it asked for.

A rule takes the report of a run and what was before it; it says what is wrong, "" where
nothing is.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import clock
from scraper.crawling.failures import ROBOTS_UNREACHABLE
from scraper.crawling.frontier import LIMIT_REACHED, UNSETTLED
from scraper.crawling.sources import EMPTY
from scraper.monitoring.sources import count_sources, iter_lost
from scraper.storage.revisits import LONGEST_OF_SOURCES

if TYPE_CHECKING:
    from scraper.monitoring.past import Past
    from scraper.monitoring.report import RunReport

MOST_FAILED = 0.3
"""Above this share of failed pages, and FEW_FAILED of them, a run is unhealthy."""
FEW_FAILED = 5
NO_SOURCE = "no_source"
"""Name of the rule that must know whether it found something in the run before."""
_COMPLETE = frozenset({"finished", "closespider_itemcount", LIMIT_REACHED, UNSETTLED})
_ENOUGH = 10
"""Pages from which on the share of those that failed tells something."""
_LATEST = 20
"""Pages of which the texts are compared, of this run and those before it."""
_FEW_SOURCES = 3


def broken_off(report: RunReport, _: Past) -> str:
    if report.reason not in {*_COMPLETE, "unreachable"}:
        return f"the run was broken off ({report.reason})"
    if report.store_errors:
        return f"{report.store_errors} articles could not be stored"
    return ""


def no_source(report: RunReport, past: Past) -> str:
    """No source answered, or none of those that did listed an article.

    A few that fail are no illness while most of the others did well when they were last
    asked: a feed that died is asked for years. One that never listed anything says
    nothing beside others that did: a front page built by scripts has no links. If none
    is asked, since all failed before and wait for their next try, the illness goes on.
    """
    if report.reason == "unreachable":
        has_no_rules = ROBOTS_UNREACHABLE in report.source_failures
        why = "its robots.txt is unreachable, and so nothing was asked for"
        return why if has_no_rules else "the portal cannot be reached"
    found = report.by_source
    if report.links or any(isinstance(told, int) for told in found.values()):
        return ""
    used = [url for url in found if not past.sources or url in past.sources]
    faults = Counter(str(found[url]) for url in used)
    if not faults:
        was_ill = bool(past.runs) and NO_SOURCE in past.runs[0].found
        is_ill = was_ill and (bool(found) or not report.sources)
        return "no source could be read, and none is due to be tried" if is_ill else ""
    if faults.total() < _FEW_SOURCES and _most_are_well(report, past):
        return ""
    if set(faults) == {EMPTY}:
        return f"{faults.total()} sources were read and listed no article"
    said = ", ".join(f"{why}: {count}" for why, count in faults.most_common())
    return f"no source could be read ({said})"


def _most_are_well(report: RunReport, past: Past) -> bool:
    ill = {*iter_lost(past.sources), *report.by_source} & {*past.sources}
    return 2 * len(ill) < count_sources(past.sources)


def no_article(report: RunReport, past: Past) -> str:
    """Pages that were asked for the first time gave no article.

    Where this run asked for a few only, those before it count too: one page that is gone
    before it was ever seen is nobody's fault. Articles that were visited again do not
    count: a wall may stand before the new ones only.
    """
    if not report.requested or report.given:
        return ""
    asked = given = 0
    for each in past.latest(report):
        asked, given = asked + each.requested, given + each.given
        if asked >= FEW_FAILED or given:
            break
    return "" if given else f"{asked} pages were asked for and gave no article"


def same_text(report: RunReport, past: Past) -> str:
    """Most of the latest pages have the same words: not those of articles.

    A login form, an error or one article stands in place of each.
    """
    told: Counter[str] = Counter()
    pages = 0
    for each in past.latest(report):
        told.update(each.texts)
        pages += each.texts_read
        count = max((told[words] for words in report.texts), default=0)
        if count >= FEW_FAILED and 2 * count > pages:
            return f"{count} of {pages} pages have the same text"
        if pages >= _LATEST:
            break
    return ""


def nothing_due(report: RunReport, past: Past) -> str:
    """No source was due for longer than any of them waits: the job is blind."""
    since = past.idle_after(report)
    if since is None or past.at - since <= LONGEST_OF_SOURCES:
        return ""
    hours = (past.at - since).total_seconds() / 3600
    found = (
        f"nothing was due for {hours:.0f} hours, though {report.repeated} sources are"
    )
    return f"{found} asked at least once a day: `tinsach doctor` looks at the store"


def wrong_clock(report: RunReport, _: Past) -> str:
    """Say how far the clock is from the servers, if it is more than a zone's mistake.

    What is stored then has false times, and a clock that is behind takes the dates of
    articles for later than now.
    """
    apart = timedelta(seconds=report.clock_apart or 0)
    if abs(apart) <= clock.MOST_APART:
        return ""
    return f"{_apart(apart)}: the times that were stored are wrong; {clock.SET_CLOCK}"


def clock_apart(report: RunReport, _: Past) -> str:
    """Say how far the clock is from the servers, or what it once put ahead."""
    apart = timedelta(seconds=report.clock_apart or 0)
    if clock.SLACK < abs(apart) <= clock.MOST_APART:
        return f"{_apart(apart)}; {clock.SET_CLOCK}"
    if report.ahead:
        found = f"{report.ahead} addresses had times ahead of the clock"
        return f"{found}, and were due at once"
    return ""


def _apart(apart: timedelta) -> str:
    which = "ahead of" if apart > timedelta() else "behind"
    hours = f"{abs(apart) / timedelta(hours=1):,.0f} hours"
    return f"this machine is {hours} {which} every server"


def unsettled(report: RunReport, _: Past) -> str:
    """Visits were lost inside the crawl: no component has said what became of them."""
    lost = report.unsettled
    return f"{lost} visits were lost in the crawl and never settled" if lost else ""


def not_archived(report: RunReport, _: Past) -> str:
    """Pages are no longer kept: the archive is full, gone or read-only."""
    if not report.not_archived:
        return ""
    return f"the archive failed after {report.archived} pages, the others are not kept"


def many_failed(report: RunReport, past: Past) -> str:
    """More than MOST_FAILED of the pages failed: of this run, or of the _ENOUGH latest."""
    failed = visited = 0
    for each in past.latest(report):
        if not report.lost or visited >= _ENOUGH:
            break
        failed += each.lost
        visited += each.visited
    if failed >= FEW_FAILED and failed > MOST_FAILED * visited:
        return f"{failed} of {visited} pages failed"
    return ""
