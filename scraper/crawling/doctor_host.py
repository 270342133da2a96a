"""A look at the host of a site: TLS, robots.txt, and whose clock is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from scrapy.robotstxt import ProtegoRobotParser

from scraper import clock
from scraper.crawling.fetch import fetch_answers
from scraper.crawling.robots import is_unreachable
from scraper.crawling.run import RunOptions, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.crawling.downloader import Answer

MOST_APART = 120
"""Seconds that the clocks of the host and of this machine may be apart."""
_NONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: *detail* says what was found, or what failed."""

    name: str
    ok: bool
    detail: str


def iter_host_checks(base: str, addresses: list[str]) -> Iterator[Check]:
    """Ask robots.txt of the host at *base* and say what follows for *addresses*."""
    (answer,) = fetch_answers([f"{base}/robots.txt"])
    yield _check_tls(base, answer)
    if answer.status is not None:
        yield _check_robots(answer, addresses)
    if answer.date:
        yield check_date(datetime.fromisoformat(answer.date))


def _check_tls(base: str, answer: Answer) -> Check:
    if answer.status is None:
        return Check("tls", ok=False, detail=f"{base}: {answer.refused}")
    is_secure = base.startswith("https:")
    found = "certificate verified" if is_secure else "answers without TLS"
    return Check("tls", ok=True, detail=f"{base}: {found}")


def _check_robots(answer: Answer, addresses: list[str]) -> Check:
    if is_unreachable(answer.status or 0):
        advice = "a crawl asks this host for nothing until it answers; try again later"
        return Check("robots", ok=False, detail=f"{answer.refused}; {advice}")
    if answer.refused:
        found = "" if answer.status in _NONE else f" ({answer.refused})"
        detail = f"no robots.txt: everything is allowed{found}"
        return Check("robots", ok=True, detail=detail)
    agent = load_settings(RunOptions())["ROBOTSTXT_USER_AGENT"]
    rules = ProtegoRobotParser(answer.body, None)
    forbidden = [url for url in addresses if not rules.allowed(url, agent)]
    if forbidden:
        asked = f"{len(forbidden)} of {len(addresses)} sources, such as {forbidden[0]}"
        advice = "ask the portal for leave, or take them out of the spider"
        return Check("robots", ok=False, detail=f"it forbids {asked}: {advice}")
    detail = f"allows {agent} all {len(addresses)} sources"
    return Check("robots", ok=True, detail=detail)


def check_date(there: datetime) -> Check:
    """Compare the host's time with that of this machine."""
    apart = (clock.now() - there).total_seconds()
    if abs(apart) <= MOST_APART:
        return Check(
            "date", ok=True, detail=f"{abs(apart):.0f} s from the host's clock"
        )
    which = "ahead of" if apart > 0 else "behind"
    found = f"this machine is {abs(apart):.0f} s {which} the host's clock"
    detail = f"{found}; {clock.SET_CLOCK}"
    return Check("date", ok=False, detail=detail)
