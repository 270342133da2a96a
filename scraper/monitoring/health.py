"""Was it a healthy run? The rules, what they found, and the exit code of a crawl.

The judgement lives here alone; what sends alerts (:mod:`scraper.monitoring.alerts`) is
handed what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from scraper.monitoring import drift, failures, falls
from scraper.monitoring.past import Past

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scraper.monitoring.report import RunReport

    Check = Callable[[RunReport, Past], str]


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
    "broken_off": Rule(failures.broken_off, ExitStatus.FAILED),
    failures.NO_SOURCE: Rule(failures.no_source, ExitStatus.UNHEALTHY),
    "no_article": Rule(failures.no_article, ExitStatus.UNHEALTHY),
    "same_text": Rule(failures.same_text, ExitStatus.UNHEALTHY),
    "wrong_clock": Rule(failures.wrong_clock, ExitStatus.UNHEALTHY),
    "nothing_due": Rule(failures.nothing_due, ExitStatus.UNHEALTHY),
    "unsettled": Rule(failures.unsettled, ExitStatus.UNHEALTHY),
    "not_archived": Rule(failures.not_archived, ExitStatus.UNHEALTHY),
    "many_failed": Rule(failures.many_failed, ExitStatus.UNHEALTHY),
    "ways_disagree": Rule(drift.ways_disagree, ExitStatus.UNHEALTHY),
    "unknown_template": Rule(drift.unknown_template, ExitStatus.UNHEALTHY),
    "clock_apart": Rule(failures.clock_apart, ExitStatus.DONE),
    "little_volume": Rule(falls.little_volume, ExitStatus.DONE),
    "less_coverage": Rule(falls.less_coverage, ExitStatus.DONE),
    "dead_sources": Rule(falls.dead_sources, ExitStatus.DONE),
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
