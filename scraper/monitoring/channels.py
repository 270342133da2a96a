"""The verdict as monitors of spidermon, and its actions: e-mail, Slack, Telegram.

The only module that knows spidermon (the extra ``health``). It is run by our recorder and
not by spidermon's extension, which ends before the report and its past are known, and
logs through what Scrapy 2.19 deprecates; nor is its SMTP action used, which is built on
the deprecated ``scrapy.mail``.
"""

from __future__ import annotations

import json
import smtplib
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from urllib.request import Request, urlopen

from scrapy.settings import Settings
from slack_sdk import WebClient
from spidermon import Monitor, MonitorRunner, MonitorSuite
from spidermon.contrib.actions.email import SendEmail
from spidermon.contrib.actions.slack import SendSlackMessage
from spidermon.contrib.actions.telegram import SendTelegramMessage
from spidermon.exceptions import NotConfigured

from scraper.errors import ConfigurationError
from scraper.monitoring.health import RULES
from scraper.options import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from email.message import Message

    from scraper.monitoring.health import Verdict
    from scraper.monitoring.report import RunReport

TIMEOUT = 30.0
_LINE = "tinsach: {{ data.spider }}: {{ data.said }}"
_TEXT = (
    _LINE + "\n\n"
    "{% for each in result.monitors_failed_results %}"
    "- {{ each.reason }}\n"
    "{% endfor %}"
    "\non {{ data.host }}; `tinsach runs` lists the runs, and"
    " `tinsach doctor {{ data.spider }}` looks at the site\n"
)


def _monitor_of(rule: str) -> Callable[[Any], None]:
    def monitor(self: Any) -> None:  # noqa: ANN401  a Monitor, which has no types
        if said := self.data.found.get(rule):
            raise self.failureException(said)

    monitor.__doc__ = RULES[rule].check.__doc__
    return monitor


RunMonitor = type(Monitor)(
    "RunMonitor", (Monitor,), {f"test_{rule}": _monitor_of(rule) for rule in RULES}
)
"""One monitor for each rule of health.py; it fails where the rule found something."""


def run_monitors(
    report: RunReport, verdict: Verdict, actions: Sequence[Any]
) -> list[str]:
    """Run the monitors, and *actions* where one fails; say why actions failed."""
    suite = MonitorSuite(monitors=[RunMonitor], monitors_failed_actions=actions)
    result = MonitorRunner().run(
        suite,
        spider=report.spider,
        said=verdict.said,
        host=socket.gethostname(),
        found={each.rule: each.said for each in verdict.findings},
    )
    return [
        f"{each.item.name}: {each.error.strip().splitlines()[-1]}"
        for each in result.monitors_failed_action_results
        if each.error
    ]


def make_action(channel: str, environment: Mapping[str, str]) -> Any:  # noqa: ANN401
    """Return the action of *channel*, set up by variables named as spidermon's settings.

    Raises ConfigurationError that names the variable which is missing.
    """
    settings = Settings(
        {
            name: ",".join(map(str.strip, value.split(",")))
            if name.endswith("_RECIPIENTS")
            else value
            for name, value in environment.items()
            if name.startswith(_OURS) and value
        }
    )
    try:
        return _ACTIONS[channel].from_crawler(SimpleNamespace(settings=settings))
    except NotConfigured as error:
        said = str(error).removeprefix("You must provide a value for ")
        name = said.removesuffix(" setting.")
        raise ConfigurationError(
            f"alerts by {channel}: {name} is not set; see docs/operations.md"
        ) from error


_OURS = ("SPIDERMON_", "TINSACH_")


def _is_on(settings: Settings, name: str) -> bool:
    return bool(read(name, settings.get(name)))


class Email(SendEmail):  # type: ignore[misc]
    """spidermon's e-mail, sent by smtplib; user and password only where one is asked."""

    subject = _LINE
    body_text = _TEXT
    body_html_template = ""

    def __init__(self, smtp: Mapping[str, Any], **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self._smtp = smtp
        for name, value in (("EMAIL_SENDER", self.sender), ("SMTP_HOST", smtp["host"])):
            if not value:
                raise NotConfigured(f"SPIDERMON_{name}")

    @classmethod
    def from_crawler_kwargs(cls, crawler: Any) -> dict[str, Any]:  # noqa: ANN401
        options: dict[str, Any] = super().from_crawler_kwargs(crawler)
        given = crawler.settings
        options["smtp"] = {
            "host": given.get("SPIDERMON_SMTP_HOST"),
            "port": given.getint("SPIDERMON_SMTP_PORT"),
            "user": given.get("SPIDERMON_SMTP_USER"),
            "password": given.get("SPIDERMON_SMTP_PASSWORD", ""),
            "tls": _is_on(given, "SPIDERMON_SMTP_ENFORCE_TLS"),
            "ssl": _is_on(given, "SPIDERMON_SMTP_ENFORCE_SSL"),
        }
        return options

    def send_message(self, message: Message, **_: object) -> None:
        smtp = self._smtp
        connect = smtplib.SMTP_SSL if smtp["ssl"] else smtplib.SMTP
        with connect(smtp["host"], smtp["port"], timeout=TIMEOUT) as server:
            if smtp["tls"]:
                server.starttls()
            if smtp["user"]:
                server.login(smtp["user"], smtp["password"])
            server.send_message(message)


class Slack(SendSlackMessage):  # type: ignore[misc]
    """spidermon's Slack message; TINSACH_SLACK_API is another address of the API."""

    sender_name = "tinsach"
    message = _TEXT
    include_attachments = False

    def __init__(self, *, api: str | None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        if api:
            token = options["sender_token"]
            self.manager._client = WebClient(token, base_url=api, timeout=int(TIMEOUT))

    @classmethod
    def from_crawler_kwargs(cls, crawler: Any) -> dict[str, Any]:  # noqa: ANN401
        options: dict[str, Any] = super().from_crawler_kwargs(crawler)
        return options | {"api": crawler.settings.get("TINSACH_SLACK_API")}


class Telegram(SendTelegramMessage):  # type: ignore[misc]
    """spidermon's Telegram message, sent by a client of ours.

    spidermon's own puts the text into the address as it is, so that "&" ends it, has it
    read as Markdown, so that one "_" is an error, and takes an error for success.
    TINSACH_TELEGRAM_API is another address of the API.
    """

    message = _TEXT

    def __init__(self, *, api: str | None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        address = (api or "https://api.telegram.org").rstrip("/")
        self.manager._client = _TelegramClient(address, options["sender_token"])

    @classmethod
    def from_crawler_kwargs(cls, crawler: Any) -> dict[str, Any]:  # noqa: ANN401
        options: dict[str, Any] = super().from_crawler_kwargs(crawler)
        return options | {"api": crawler.settings.get("TINSACH_TELEGRAM_API")}


class _TelegramClient:
    def __init__(self, address: str, token: str) -> None:
        self._url = f"{address}/bot{quote(token, safe=':')}/sendMessage"

    def send_message(self, message: str, recipient: str) -> None:
        body = json.dumps({"chat_id": recipient, "text": message}).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(self._url, data=body, headers=headers)  # noqa: S310
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            said = json.load(answer)
        if not said.get("ok"):
            raise OSError(f"Telegram: {said.get('description', said)}")


_ACTIONS: Mapping[str, Any] = {"email": Email, "slack": Slack, "telegram": Telegram}
