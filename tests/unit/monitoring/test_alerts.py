from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from scraper.errors import ConfigurationError
from scraper.monitoring.alerts import REMIND, Alerts, due, wanted_channels
from scraper.monitoring.health import judge
from scraper.monitoring.past import Past, PastRun
from tests.unit.monitoring.kit import NOON, after, run
from tests.unit.monitoring.servers import mail_server

ILL = run("unreachable")
VERDICT = judge(ILL)


def told(before: timedelta) -> Past:
    runs = [PastRun(NOON - before, ILL, alerted=frozenset({"no_source"}))]
    return Past(at=NOON, runs=runs)


@pytest.fixture
def environment(monkeypatch):
    for name in ("EMAIL_TO", "EMAIL_SENDER", "SMTP_HOST", "SMTP_PORT"):
        monkeypatch.delenv(f"SPIDERMON_{name}", raising=False)

    def put(**settings: str) -> None:
        for name, value in settings.items():
            monkeypatch.setenv(f"SPIDERMON_{name}", value)

    return put


def by_mail(environment, port: int) -> Alerts:
    address = {"EMAIL_TO": "a@bao.example", "EMAIL_SENDER": "b@bao.example"}
    environment(SMTP_HOST="127.0.0.1", SMTP_PORT=str(port), **address)
    return Alerts.from_environment()


def test_what_is_new_is_due_and_again_a_day_later() -> None:
    assert due(VERDICT, after(run())) == ["no_source"]
    assert due(VERDICT, told(timedelta(minutes=10))) == []
    assert due(VERDICT, told(REMIND)) == ["no_source"]


def test_something_else_is_due_beside_what_was_told() -> None:
    more = judge(run("unreachable", failed={"dns": 9}))
    assert due(more, told(timedelta(hours=1))) == ["many_failed"]


def test_a_channel_is_wanted_where_any_of_it_is_set() -> None:
    given = {"SPIDERMON_SMTP_HOST": "a", "SPIDERMON_SLACK_RECIPIENTS": "", "HOME": "/"}
    assert wanted_channels(given) == ["email"]


def test_without_channels_nothing_is_sent(environment) -> None:
    assert Alerts.from_environment().send(ILL, VERDICT, after()) == []


def test_what_was_sent_is_told_once_a_day(environment) -> None:
    with mail_server() as (box, port):
        alerts = by_mail(environment, port)
        assert alerts.send(ILL, VERDICT, after()) == ["no_source"]
        assert alerts.send(ILL, VERDICT, told(timedelta(hours=1))) == []
        assert len(box.messages) == 1


def test_what_could_not_be_sent_is_logged_and_due_again(environment, caplog) -> None:
    with mail_server() as (box, port):
        box.refuses = "554 go away"
        assert by_mail(environment, port).send(ILL, VERDICT, after()) == []
    assert "an alert could not be sent: Email: " in caplog.text
    assert "go away" in caplog.text


def test_a_channel_that_is_set_up_by_half_is_refused(environment) -> None:
    environment(EMAIL_TO="a@bao.example")
    with pytest.raises(ConfigurationError, match="SPIDERMON_EMAIL_SENDER is not set"):
        Alerts.from_environment()


def test_without_spidermon_it_says_what_to_install(environment, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "spidermon", None)
    monkeypatch.delitem(sys.modules, "scraper.monitoring.channels", raising=False)
    environment(EMAIL_TO="a@bao.example")
    with pytest.raises(ConfigurationError, match=r"pip install 'tinsach\[health\]'"):
        Alerts.from_environment()


def test_without_alerts_spidermon_is_not_imported() -> None:
    code = "import scraper.monitoring.recorder, sys; print('spidermon' in sys.modules)"
    out = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert out == "False\n"


def test_an_alert_that_lies_ahead_of_the_clock_silences_nothing() -> None:
    assert due(VERDICT, told(-timedelta(days=900))) == ["no_source"]
