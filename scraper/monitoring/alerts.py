"""Alerts: what a run's rules found is sent to the URLs of the setting ``alerts``.

apprise (the extra ``health``) sends them; it is imported only if a URL is set.
"""

from __future__ import annotations

import logging
import os
import re
import socket
from contextlib import contextmanager
from datetime import timedelta
from logging.handlers import BufferingHandler
from typing import TYPE_CHECKING, Any, Self

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.options import ALERTS, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scraper.monitoring.health import Verdict
    from scraper.monitoring.run_report import Past, RunReport

_logger = logging.getLogger(__name__)
_TALKATIVE = [*map(logging.getLogger, ("apprise", "urllib3"))]
"""Loggers whose messages hold the URLs that alerts are sent to."""
REMIND = timedelta(days=1)
"""How long a rule that was sent out stays silent: a job runs 144 times a day."""
_MESSAGES = 1000
"""Log records of apprise that are kept while it sends one alert."""
_SHORTEST_SECRET = 4
"""Characters from which on a part of a URL is masked in what apprise reports."""


class Alerts:
    """Sends what was found wrong to apprise *services*, by their names."""

    def __init__(self, services: Mapping[str, Any] | None = None) -> None:
        self._services = services or {}

    @classmethod
    def from_environment(cls) -> Self:
        """Return the alerts that the environment sets up.

        Raises ConfigurationError if apprise does not take a URL, or is not installed.
        """
        urls = read(ALERTS, os.environ.get(ALERTS)) or ()
        return cls(dict(_iter_services(urls)) if urls else None)

    @property
    def names(self) -> list[str]:
        """The services by number and scheme; their URLs hold passwords."""
        return list(self._services)

    def send(self, report: RunReport, verdict: Verdict, past: Past) -> list[str]:
        """Send all findings if one of them is due; return the rules that were sent.

        A failure is logged, and the rules are due again with the next run if every
        service failed. apprise gives a service that does not answer up after 15 seconds.
        """
        if not self._services or not due(verdict, past):
            return []
        title = f"tinsach: {report.spider}: {verdict.said}"
        body = _body_of(report, verdict)
        sent = [_send(*each, title, body) for each in self._services.items()]
        return [each.rule for each in verdict.findings] if any(sent) else []


def due(verdict: Verdict, past: Past) -> list[str]:
    """Return the rules that found something and were not sent out within REMIND."""
    since, until = past.at - REMIND, clock.believed_until(past.at)
    recent = [run for run in past.runs if since < run.began <= until]
    sent = {rule for run in recent for rule in run.alerted}
    return [each.rule for each in verdict.findings if each.rule not in sent]


def _iter_services(urls: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield a name and the apprise service of each URL."""
    try:
        from apprise import Apprise, AppriseAsset
    except ImportError as error:
        raise ConfigurationError(
            f"{ALERTS} is set and {error.name} is not installed: pip install"
            f" 'tinsach[health]', or unset {ALERTS}"
        ) from error
    asset = AppriseAsset(app_id="tinsach", app_desc="tinsach", async_mode=False)
    for number, url in enumerate(urls, 1):
        name = f"{number} ({url.partition(':')[0]})"
        with _captured():
            service = Apprise.instantiate(url, asset=asset)
        if service is None:
            raise ConfigurationError(
                f"{ALERTS}: apprise does not take URL {name}; see docs/operations.md"
            )
        yield name, service


def _send(name: str, service: Any, title: str, body: str) -> bool:  # noqa: ANN401
    """Return True if *service* took the message; log what apprise reports otherwise."""
    with _captured() as records:
        is_sent = service.notify(
            body=body, title=title, notify_type="warning", body_format="text"
        )
    if not is_sent:
        reasons = "; ".join(record.getMessage() for record in records)
        _logger.error(
            "an alert could not be sent to URL %s of %s: %s",
            *(name, ALERTS, _masked(reasons, service.url()) or "no reason given"),
        )
    return bool(is_sent)


def _body_of(report: RunReport, verdict: Verdict) -> str:
    found = "".join(f"- {each.said}\n" for each in verdict.findings)
    return (
        f"{found}\non {socket.gethostname()}; `tinsach runs` lists the runs, and"
        f" `tinsach doctor {report.spider}` checks the site\n"
    )


@contextmanager
def _captured() -> Iterator[list[logging.LogRecord]]:
    """Collect warnings of apprise; keep what it logs, tokens too, out of the run's log."""
    handler = BufferingHandler(_MESSAGES)
    before = [(each, each.level, each.propagate) for each in _TALKATIVE]
    _TALKATIVE[0].addHandler(handler)
    for each in _TALKATIVE:
        each.setLevel(logging.WARNING)
        each.propagate = False
    try:
        yield handler.buffer
    finally:
        _TALKATIVE[0].removeHandler(handler)
        for each, level, propagate in before:
            each.setLevel(level)
            each.propagate = propagate


def _masked(text: str, url: str) -> str:
    """Return *text* without the user, password and path of *url*: tokens stand there."""
    before_host, _, rest = url.partition("://")[2].partition("?")[0].rpartition("@")
    secrets = re.split("[/:@]", f"{before_host}/{rest.partition('/')[2]}")
    for secret in filter(lambda each: len(each) >= _SHORTEST_SECRET, secrets):
        text = text.replace(secret, "***")
    return text
