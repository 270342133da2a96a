"""Was it a healthy run? The rules, what they found, and the exit code of a crawl.

The judgement lives here alone; what sends alerts (:mod:`scraper.monitoring.alerts`) is
handed what was found.
"""

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
from scraper.crawling.sources import EMPTY
from scraper.monitoring.counts import FIELDS
from scraper.monitoring.past import HOURS, Past, count_sources, iter_dead, iter_lost
from scraper.storage.visits import LONGEST_OF_SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scraper.monitoring.report import RunReport

    Check = Callable[[RunReport, Past], str]


MOST_FAILED = 0.3
"""Above this share of failed pages, and FEW_FAILED of them, a run is unhealthy."""
FEW_FAILED = 5
NO_SOURCE = "no_source"
"""Name of the rule that must know whether it found something in the run before."""
_COMPLETE = frozenset({"finished", "closespider_itemcount", LIMIT_REACHED, UNSETTLED})
_ENOUGH = 10
"""Pages from which on the share of those that failed tells something."""

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


class ExitStatus(IntEnum):
    DONE = 0
    FAILED = 1
    NOTHING_NEW = 3
    UNHEALTHY = 4


@dataclass(frozen=True, slots=True)
class Rule:
    """*check* says what is wrong; *status* is that of the run then, DONE for a warning."""

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
"""By name, the gravest first; documented in docs/operations.md."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rule called *rule* found wrong, in one line."""

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
    """Return the verdict on a run, in the light of those of its job before it.

    Of a run that was broken off nothing else is said.
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
    return "nothing new" if report.leased else "nothing new: no address was due"
