"""Health: the rules by which a run is judged, their findings, and the exit status."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from math import comb, sqrt
from statistics import median
from typing import TYPE_CHECKING

from scraper import clock
from scraper.crawling.failures import ROBOTS_UNREACHABLE
from scraper.crawling.frontier import LIMIT_REACHED, UNSETTLED
from scraper.crawling.pages import EMPTY
from scraper.monitoring.run_report import (
    FIELDS,
    HOURS,
    Past,
    count_sources,
    iter_dead,
    iter_lost,
)
from scraper.storage.visits import LONGEST_OF_SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scraper.monitoring.run_report import RunReport

    Check = Callable[[RunReport, Past], str]


MOST_FAILED = 0.3
"""Above this share of failed pages, and FEW_FAILED of them, a run is unhealthy."""
FEW_FAILED = 5
NO_SOURCE = "no_source"
"""Name of the rule that depends on its finding in the run before."""
_COMPLETE = frozenset({"finished", "closespider_itemcount", LIMIT_REACHED, UNSETTLED})
_PAGES_FAILED_AMONG = 10
"""Pages from which on the share of failed ones means something."""

_SOURCES_NOT_EXCUSED = 3
"""Failures from which on the success of most other sources no longer excuses them."""


def broken_off(report: RunReport, _: Past) -> str:
    if report.reason not in {*_COMPLETE, "unreachable"}:
        return f"the run was interrupted ({report.reason})"
    if report.store_errors:
        return f"{report.store_errors} articles could not be stored"
    return ""


def no_source(report: RunReport, past: Past) -> str:
    """Report that no source answered, or that none of those that did listed an article.

    A few failures are no fault while the latest visits of most others succeeded: a dead
    feed is visited for years. A source that never listed anything does not count beside
    others that did: a front page built by scripts has no links. If no source was due,
    since all had failed and wait for their next try, the fault persists.
    """
    if report.reason == "unreachable":
        if ROBOTS_UNREACHABLE in report.source_failures:
            return "its robots.txt is unreachable, and so nothing was asked for"
        return "the portal cannot be reached"
    found = report.by_source
    if report.links or any(isinstance(each, int) for each in found.values()):
        return ""
    used = [url for url in found if not past.sources or url in past.sources]
    faults = Counter(str(found[url]) for url in used)
    if not faults:
        had_fault = past.runs and NO_SOURCE in past.runs[0].found
        if had_fault and (found or not report.sources):
            return "no source could be read, and none is due to be tried"
        return ""
    if faults.total() < _SOURCES_NOT_EXCUSED and _most_succeed(report, past):
        return ""
    if set(faults) == {EMPTY}:
        return f"{faults.total()} sources were read and listed no article"
    said = ", ".join(f"{why}: {count}" for why, count in faults.most_common())
    return f"no source could be read ({said})"


def _most_succeed(report: RunReport, past: Past) -> bool:
    failed = {*iter_lost(past.sources), *report.by_source} & {*past.sources}
    return 2 * len(failed) < count_sources(past.sources)


def no_article(report: RunReport, past: Past) -> str:
    """Report that pages fetched for the first time gave no article.

    If this run fetched only a few, earlier runs count too: one page that is gone before it
    was ever seen is nobody's fault. Revisited articles do not count: a login wall may stand
    in front of the new ones only.
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
    """Report that most of the latest pages have the same words.

    They show a login form, an error or one article in place of their own.
    """
    texts: Counter[str] = Counter()
    pages = 0
    for each in past.latest(report):
        texts.update(each.texts)
        pages += each.texts_read
        count = max((texts[words] for words in report.texts), default=0)
        if count >= FEW_FAILED and 2 * count > pages:
            return f"{count} of {pages} pages have the same text"
        if pages >= _PAGES_JUDGED:
            break
    return ""


def nothing_due(report: RunReport, past: Past) -> str:
    """Report that no source was due for longer than the longest interval of visits."""
    since = past.idle_after(report)
    if since is None or past.at - since <= LONGEST_OF_SOURCES:
        return ""
    hours = (past.at - since) / timedelta(hours=1)
    return (
        f"nothing was due for {hours:.0f} hours, though {report.repeated} sources are"
        " asked at least once a day: `tinsach doctor` looks at the store"
    )


def wrong_clock(report: RunReport, _: Past) -> str:
    """Report a clock that differs from the servers by more than a mistaken zone.

    Stored times are then wrong, and a clock that is behind takes the dates of articles
    for future ones.
    """
    apart = timedelta(seconds=report.clock_apart or 0)
    if abs(apart) <= clock.MOST_APART:
        return ""
    return f"{_apart(apart)}: the times that were stored are wrong; {clock.SET_CLOCK}"


def clock_apart(report: RunReport, _: Past) -> str:
    """Report a clock that differs from the servers, or that once put times ahead."""
    apart = timedelta(seconds=report.clock_apart or 0)
    if clock.SLACK < abs(apart) <= clock.MOST_APART:
        return f"{_apart(apart)}; {clock.SET_CLOCK}"
    if report.ahead:
        return f"{report.ahead} URLs had times ahead of the clock, and were due at once"
    return ""


def _apart(apart: timedelta) -> str:
    which = "ahead of" if apart > timedelta() else "behind"
    hours = f"{abs(apart) / timedelta(hours=1):,.0f} hours"
    return f"this machine is {hours} {which} every server"


def unsettled(report: RunReport, _: Past) -> str:
    """Report visits that were lost within the crawl: no component settled them."""
    lost = report.unsettled
    return f"{lost} visits were lost in the crawl and never settled" if lost else ""


def not_archived(report: RunReport, _: Past) -> str:
    """Report an archive that is full, missing or read-only."""
    if not report.not_archived:
        return ""
    return f"the archive failed after {report.archived} pages, the others are not kept"


def many_failed(report: RunReport, past: Past) -> str:
    """Report that more than MOST_FAILED of this run's, or the _PAGES_FAILED_AMONG latest, pages failed."""
    failed = visited = 0
    for each in past.latest(report):
        if not report.lost or visited >= _PAGES_FAILED_AMONG:
            break
        failed += each.lost
        visited += each.visited
    if failed >= FEW_FAILED and failed > MOST_FAILED * visited:
        return f"{failed} of {visited} pages failed"
    return ""


_LEAST_WEEKS = 3
"""Weeks that must be known."""
_VOLUME_SPREADS = 3
"""Spreads below the median from which on a fall is not chance."""
_AS_DEVIATION = 1.4826
"""Factor from the median absolute deviation to the standard deviation."""
_ARTICLES_COMPARED = 30
"""Latest articles whose coverage is compared, at least."""
_ARTICLES_COMPARED_WITH = 100
"""Earlier articles that must be known."""
_COVERAGE_FALL = 0.15
"""Fall of the coverage that is reported, at least."""
_COVERAGE_SPREADS = 5
"""Standard deviations from which on a fall is not chance.

Every run checks the latest articles: three would be passed by chance each week.
"""
_SOURCE_PATIENCE = timedelta(days=1)
"""How long a source may fail before it is reported."""


def little_volume(report: RunReport, past: Past) -> str:
    """Report less than half as many new articles as in the same hours of past weeks.

    They must also be below the median by three times the spread, which is at least that of
    chance. The rule needs three weeks; a week in which the job ran less than half as often
    does not count.
    """
    runs = len(past.lately) + 1
    weeks = [sum(each) for each in past.weeks if 2 * len(each) >= runs]
    if len(weeks) < _LEAST_WEEKS or 2 * len(past.lately) < _usual(past.weeks):
        return ""
    usual, new = median(weeks), sum(past.lately) + report.new
    distance = median(abs(week - usual) for week in weeks)
    spread = max(_AS_DEVIATION * distance, sqrt(usual))
    if new >= usual / 2 or new >= usual - _VOLUME_SPREADS * spread:
        return ""
    hours = HOURS // timedelta(hours=1)
    return f"{new} new articles in {hours} hours, {usual:g} are usual"


def _usual(weeks: Sequence[Sequence[int]]) -> float:
    return median(len(each) for each in weeks if each) if any(weeks) else 0.0


def less_coverage(report: RunReport, past: Past) -> str:
    """Report fields, or texts of high confidence, that far fewer of the latest articles have."""
    if not report.articles:
        return ""
    now: list[RunReport] = []
    before = [each for each in past.latest(report) if each.articles]
    while before and _count(now) < _ARTICLES_COMPARED:
        now.append(before.pop(0))
    if _count(before) < _ARTICLES_COMPARED_WITH:
        return ""
    fallen = (_fall(name, now, before) for name in FIELDS)
    return ", ".join(filter(None, fallen))


def _fall(name: str, now: Sequence[RunReport], before: Sequence[RunReport]) -> str:
    """Return how far the coverage of a field fell, "" if that is within chance."""
    was, has = _share(name, before), _share(name, now)
    chance = sqrt(was * (1 - was) / _count(now))
    if was - has <= max(_COVERAGE_FALL, _COVERAGE_SPREADS * chance):
        return ""
    return f"{has:.0%} of the articles have {name}, before {was:.0%}"


def _count(reports: Sequence[RunReport]) -> int:
    return sum(each.articles for each in reports)


def _share(name: str, reports: Sequence[RunReport]) -> float:
    return sum(each.fields.get(name, 0) for each in reports) / _count(reports)


def dead_sources(report: RunReport, past: Past) -> str:
    """Report sources that fail for a day, or list nothing for longer than usual."""
    return "; ".join(iter_dead(past.sources_after(report), past.at, _SOURCE_PATIENCE))


AGREED = 0.9
"""Share of the words of audited pages on which both paths must agree."""
MOST_DIFFERED = 0.1
"""Share of audited pages on which both paths may differ."""
_AUDITS_JUDGED = 5
"""Audits that are judged together: those of this run, then of earlier ones."""
_AUDITS_DIFFERING = 2
"""Pages on which both paths differ from which on that is not a single odd page."""
_PAGES_JUDGED = 20
"""Latest pages that are judged together."""
_PAGES_OF_NO_TEMPLATE = 3
"""Least pages that fit no template: two may be of one kind that a new model lacks."""
_PAGES_KNOWN = 60
"""Least earlier pages from which the usual share without a template is known."""
CHANCE = 1e-5
"""Probability below which so many unknown pages are not chance: with a run every ten
minutes, one false alarm in two years."""
_SHARE_WITH_MODEL = 0.9
"""Share of the articles of a run with a model from which on the site was known."""
_NO_MODEL = frozenset({"few_pages", "untrusted"})
"""Reasons for full extraction that mean that there was no model."""


def ways_disagree(report: RunReport, past: Past) -> str:
    """Report that both paths differ in words or fields on the latest audits.

    Words are compared, not presence: a text that lost its second half is still a text.
    """
    if report.models_forgotten:
        return "the template has changed: too few audits agreed, it is learned again"
    audited = differed = 0
    shared = 0.0
    for each in past.latest(report):
        if not report.audited or audited >= _AUDITS_JUDGED:
            break
        audited += each.audited
        differed += each.differed
        shared += (each.agreement or 0.0) * each.audited
    if audited < _AUDITS_JUDGED:
        return ""
    if shared < AGREED * audited:
        return f"both ways of reading agree on {shared / audited:.0%} of the words"
    if report.differed and differed >= max(_AUDITS_DIFFERING, MOST_DIFFERED * audited):
        return f"both ways of reading differ on {differed} of {audited} pages"
    return ""


def unknown_template(report: RunReport, past: Past) -> str:
    """Report that far more pages than before fit no template and take full extraction.

    Nothing is lost yet, and no audit reports it, since there is no result of the fast path
    to compare. A run that learned a first model, as after a repair that lost it, does not
    count: that model knows only some of the templates.
    """
    if report.read_again:
        return ""
    reports = [e for e in past.latest(report) if _with_model(e) and not e.read_again]
    if not _in_full(report) or 2 * _in_full(report) <= _with_model(report):
        return ""
    unknown = pages = 0
    for number, each in enumerate(reports, 1):
        unknown, pages = unknown + _in_full(each), pages + _with_model(each)
        if _is_no_chance(unknown, pages, reports[number:]):
            return f"the template has changed: {unknown} of {pages} pages fit no model"
        if pages >= _PAGES_JUDGED:
            break
    return ""


def _is_no_chance(unknown: int, pages: int, before: Sequence[RunReport]) -> bool:
    """Compare with the runs *before* in which most pages had a model."""
    if unknown < _PAGES_OF_NO_TEMPLATE:
        return False
    settled = [
        each
        for each in before
        if _with_model(each) >= _SHARE_WITH_MODEL * each.articles
    ]
    known = sum(_with_model(each) for each in settled)
    if known < _PAGES_KNOWN:
        return False
    usual = (sum(_in_full(each) for each in settled) + 0.5) / (known + 1)
    return tail(unknown, pages, usual) < CHANCE


def _in_full(report: RunReport) -> int:
    return sum(n for reason, n in report.careful.items() if reason not in _NO_MODEL)


def _with_model(report: RunReport) -> int:
    return report.fast + report.differed + _in_full(report)


def tail(count: int, of: int, share: float) -> float:
    """Return the probability of *count* or more hits in *of* tries of *share* each."""
    hits = range(count, of + 1)
    return sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in hits)


class ExitStatus(IntEnum):
    DONE = 0
    FAILED = 1
    NOTHING_NEW = 3
    UNHEALTHY = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """*check* returns what is wrong, or ""; *status* is that of such a run, DONE for a warning."""

    check: Check
    status: ExitStatus


RULES: Mapping[str, Rule] = {
    "broken_off": Rule(broken_off, ExitStatus.FAILED),
    NO_SOURCE: Rule(no_source, ExitStatus.UNHEALTHY),
    "no_article": Rule(no_article, ExitStatus.UNHEALTHY),
    "same_text": Rule(same_text, ExitStatus.UNHEALTHY),
    "wrong_clock": Rule(wrong_clock, ExitStatus.UNHEALTHY),
    "nothing_due": Rule(nothing_due, ExitStatus.UNHEALTHY),
    "unsettled": Rule(unsettled, ExitStatus.UNHEALTHY),
    "not_archived": Rule(not_archived, ExitStatus.UNHEALTHY),
    "many_failed": Rule(many_failed, ExitStatus.UNHEALTHY),
    "ways_disagree": Rule(ways_disagree, ExitStatus.UNHEALTHY),
    "unknown_template": Rule(unknown_template, ExitStatus.UNHEALTHY),
    "clock_apart": Rule(clock_apart, ExitStatus.DONE),
    "little_volume": Rule(little_volume, ExitStatus.DONE),
    "less_coverage": Rule(less_coverage, ExitStatus.DONE),
    "dead_sources": Rule(dead_sources, ExitStatus.DONE),
}
"""By name, the most severe first; documented in docs/operations.md."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What *rule* found wrong, in one line."""

    rule: str
    said: str

    @property
    def is_warning(self) -> bool:
        return RULES[self.rule].status is ExitStatus.DONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """The exit *status* of a run, the reason in one line, and all that was found."""

    status: ExitStatus
    said: str
    findings: Sequence[Finding] = ()

    @property
    def warnings(self) -> list[Finding]:
        return [each for each in self.findings if each.is_warning]


def judge(report: RunReport, past: Past | None = None) -> Verdict:
    """Return the verdict on a run, given the earlier runs of its job.

    No other rule is applied to a run that was interrupted.
    """
    past = past or Past()
    findings = []
    for name, rule in RULES.items():
        if said := rule.check(report, past):
            findings.append(Finding(name, said))
            if rule.status is ExitStatus.FAILED:
                break
    grave = next((each for each in findings if not each.is_warning), None)
    if grave is not None:
        return Verdict(RULES[grave.rule].status, grave.said, findings)
    if not report.new:
        return Verdict(ExitStatus.NOTHING_NEW, _nothing_new(report), findings)
    return Verdict(ExitStatus.DONE, "done", findings)


def _nothing_new(report: RunReport) -> str:
    if report.revised:
        return f"nothing new, {report.revised} revised"
    return "nothing new" if report.leased else "nothing new: no URL was due"
