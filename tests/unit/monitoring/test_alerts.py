"""Alerts as they arrive: at a mail server, at a webhook, and at Telegram's API."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import timedelta

import pytest

from scraper.errors import ConfigurationError
from scraper.monitoring.alerts import REMIND, Alerts, due
from scraper.monitoring.health import judge
from scraper.monitoring.run_report import Past, PastRun
from scraper.options import ALERTS
from tests.unit.monitoring.kit import NOON, after, run
from tests.unit.monitoring.servers import api_server, mail_server, mail_url

ILL = run("unreachable", failed={"http_500": 9})
VERDICT = judge(ILL)
FOUND = ("the portal cannot be reached", "9 of 20 pages failed")
RULES = ["no_source", "many_failed"]
SECRET = "mat-khau-bi-mat"


def sent_before(before: timedelta) -> Past:
    runs = [PastRun(NOON - before, ILL, alerted=frozenset(RULES))]
    return Past(at=NOON, runs=runs)


@pytest.fixture
def alerts(monkeypatch):
    def make(*urls: str) -> Alerts:
        monkeypatch.setenv(ALERTS, ",".join(urls))
        return Alerts.from_environment()

    return make


@pytest.fixture
def mail():
    with mail_server() as server:
        yield server


@pytest.fixture
def api():
    with api_server() as api:
        yield api


def hook(base: str, path: str = "") -> str:
    return base.replace("http:", "json:") + path


def test_what_is_new_is_due_and_again_a_day_later() -> None:
    verdict = judge(run("unreachable"))
    assert due(verdict, after(run())) == ["no_source"]
    assert due(verdict, sent_before(timedelta(minutes=10))) == []
    assert due(verdict, sent_before(REMIND)) == ["no_source"]


def test_something_else_is_due_beside_what_was_sent() -> None:
    runs = [PastRun(NOON - timedelta(hours=1), ILL, alerted=frozenset({"no_source"}))]
    assert due(VERDICT, Past(at=NOON, runs=runs)) == ["many_failed"]


def test_an_alert_that_lies_ahead_of_the_clock_silences_nothing() -> None:
    assert due(VERDICT, sent_before(-timedelta(days=900))) == RULES


def test_without_urls_nothing_is_sent(alerts) -> None:
    assert alerts().send(ILL, VERDICT, after()) == []


def test_what_was_sent_is_sent_once_a_day(alerts, mail) -> None:
    box, port = mail
    by_mail = alerts(mail_url(port))
    assert by_mail.send(ILL, VERDICT, after()) == RULES
    assert by_mail.send(ILL, VERDICT, sent_before(timedelta(hours=1))) == []
    assert len(box.messages) == 1


def test_a_healthy_run_sends_nothing(alerts, mail) -> None:
    box, port = mail
    assert alerts(mail_url(port)).send(run(), judge(run()), after()) == []
    assert box.messages == []


def test_a_mail_has_the_verdict_as_its_subject_and_lists_what_was_found(
    alerts, mail
) -> None:
    box, port = mail
    url = mail_url(port, more=",ban@bao.example")
    assert alerts(url).send(ILL, VERDICT, after()) == RULES
    assert box.recipients == ["a@bao.example", "ban@bao.example"]
    message = box.messages[0]
    assert message["Subject"] == f"tinsach: x: {FOUND[0]}"
    assert message["From"] == "b@bao.example"
    text = message.get_content()
    assert {f"- {said}" for said in FOUND} <= set(text.splitlines())


def test_a_mail_that_is_refused_is_logged_and_due_again(alerts, mail, caplog) -> None:
    box, port = mail
    box.refuses = "554 go away"
    assert alerts(mail_url(port)).send(ILL, VERDICT, after()) == []
    assert (
        "an alert could not be sent to URL 1 (mailto) of TINSACH_ALERTS" in caplog.text
    )
    assert 'Sending email to "a@bao.example" failed' in caplog.text


def test_a_server_that_does_not_answer_is_logged(alerts, caplog) -> None:
    with mail_server() as (_, port):
        pass
    assert alerts(mail_url(port)).send(ILL, VERDICT, after()) == []
    assert "Connection error" in caplog.text


def test_one_url_that_fails_leaves_the_others(alerts, api, caplog) -> None:
    with mail_server() as (_, port):
        pass
    both = alerts(mail_url(port), hook(api.base))
    assert both.send(ILL, VERDICT, after()) == RULES
    ((_, posted),) = api.calls
    assert all(said in posted["message"] for said in FOUND)
    assert "URL 1 (mailto)" in caplog.text
    assert "URL 2" not in caplog.text


def test_no_log_names_a_password_or_a_token(alerts, api, mail, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    api.status = 500
    login = alerts(mail_url(mail[1], f"toi:{SECRET}@"), hook(api.base, f"/{SECRET}"))
    assert login.send(ILL, VERDICT, after()) == []
    assert caplog.text.count("could not be sent") == 2
    assert SECRET not in caplog.text
    with pytest.raises(ConfigurationError) as error:
        alerts(f"tgram://{SECRET}/{SECRET}/1")
    assert SECRET not in caplog.text + str(error.value)


def test_apprise_logs_as_before_when_an_alert_is_sent(alerts, api) -> None:
    logger = logging.getLogger("apprise")
    before = (logger.level, logger.propagate, [*logger.handlers])
    assert alerts(hook(api.base)).send(ILL, VERDICT, after()) == RULES
    assert (logger.level, logger.propagate, [*logger.handlers]) == before


def test_telegram_shows_the_text_as_it_stands(alerts, api, monkeypatch) -> None:
    from apprise.plugins.telegram import NotifyTelegram

    monkeypatch.setattr(NotifyTelegram, "notify_url", f"{api.base}/bot")
    odd = run("a_b & *c* #d?")
    assert alerts("tgram://123456789:abcdefg_hijklmnop/42").send(
        odd, judge(odd), after()
    ) == ["broken_off"]
    ((path, posted),) = api.calls
    assert path == "/bot123456789:abcdefg_hijklmnop/sendMessage"
    assert "- the run was interrupted (a_b &amp; *c* #d?)" in posted["text"]
    assert posted["parse_mode"] == "HTML"


@pytest.mark.parametrize("url", ["slack://a", "mailto://", "tgram://7/1", "nix://a"])
def test_a_url_that_apprise_does_not_take_is_refused(alerts, url: str) -> None:
    scheme = url.partition(":")[0]
    with pytest.raises(ConfigurationError, match=rf"URL 2 \({scheme}\)|URLs, with"):
        alerts("json://bao.example", url)


def test_without_apprise_it_says_what_to_install(alerts, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'tinsach\[health\]'"):
        alerts("json://bao.example")


def test_without_alerts_apprise_is_not_imported() -> None:
    code = "import scraper.monitoring.recorder, sys; print('apprise' in sys.modules)"
    out = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert out == "False\n"
