"""Who is told when a run was not healthy, and how often."""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from scraper import clock
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scraper.monitoring.health import Verdict
    from scraper.monitoring.past import Past
    from scraper.monitoring.report import RunReport

_logger = logging.getLogger(__name__)
REMIND = timedelta(days=1)
"""How long a rule that was sent out stays silent: a job runs 144 times a day."""
CHANNELS: Mapping[str, tuple[str, ...]] = {
    "email": ("SPIDERMON_EMAIL_", "SPIDERMON_SMTP_"),
    "slack": ("SPIDERMON_SLACK_",),
    "telegram": ("SPIDERMON_TELEGRAM_",),
}
"""Beginnings of the environment variables that set a channel up, named as spidermon does."""


class Alerts:
    """Sends what was found wrong through *actions* of spidermon, none for no channel."""

    def __init__(self, actions: Sequence[Any] = ()) -> None:
        self._actions = actions

    @classmethod
    def from_environment(cls) -> Self:
        """Return what the environment sets up.

        Raises ConfigurationError where a channel is set up by half, or spidermon is
        not installed.
        """
        wanted = wanted_channels(os.environ)
        if not wanted:
            return cls()
        try:
            from scraper.monitoring.channels import make_action
        except ImportError as error:
            raise ConfigurationError(
                f"{', '.join(wanted)} is set up for alerts and {error.name} is not"
                " installed: pip install 'tinsach[health]', or unset"
                f" {CHANNELS[wanted[0]][0]}*"
            ) from error
        return cls([make_action(name, os.environ) for name in wanted])

    def send(self, report: RunReport, verdict: Verdict, past: Past) -> list[str]:
        """Send what was found, where any of it is due; return the rules that were sent.

        What fails to be sent is logged, and due again with the next run. Takes as long
        as the servers do, half a minute each at most.
        """
        if not self._actions or not due(verdict, past):
            return []
        from scraper.monitoring.channels import run_monitors

        failures = run_monitors(report, verdict, self._actions)
        for failure in failures:
            _logger.error("an alert could not be sent: %s", failure)
        sent = len(failures) < len(self._actions)
        return [each.rule for each in verdict.findings] if sent else []


def wanted_channels(environment: Mapping[str, str]) -> list[str]:
    """Return the channels of which anything is set in *environment*."""
    given = tuple(name for name, value in environment.items() if value)
    return [
        channel
        for channel, beginnings in CHANNELS.items()
        if any(name.startswith(beginnings) for name in given)
    ]


def due(verdict: Verdict, past: Past) -> list[str]:
    """Return the rules that found something and were not sent out within REMIND."""
    since, until = past.at - REMIND, clock.believed_until(past.at)
    lately = [run for run in past.runs if since < run.began <= until]
    told = {rule for run in lately for rule in run.alerted}
    return [each.rule for each in verdict.findings if each.rule not in told]
