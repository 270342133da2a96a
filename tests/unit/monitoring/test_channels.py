"""Alerts as they arrive: at a mail server, and at the APIs of Slack and Telegram."""

from __future__ import annotations

import pytest

from scraper.errors import ConfigurationError
from scraper.monitoring import channels
from scraper.monitoring.channels import make_action, run_monitors
from scraper.monitoring.health import RULES, judge
from tests.unit.monitoring.kit import run
from tests.unit.monitoring.servers import api_server, mail_server

ILL = run("unreachable", failed={"http_500": 9})
SAID = ("the portal cannot be reached", "9 of 20 pages failed")
SLACK = {"SPIDERMON_SLACK_SENDER_TOKEN": "a", "SPIDERMON_SLACK_RECIPIENTS": "#tin"}
TELEGRAM = {
    "SPIDERMON_TELEGRAM_SENDER_TOKEN": "7:a",
    "SPIDERMON_TELEGRAM_RECIPIENTS": "1, -2",
}


@pytest.fixture
def mail():
    with mail_server() as (box, port):
        yield box, email_settings(port)


@pytest.fixture
def api():
    with api_server() as api:
        yield api


def email_settings(port: int = 25) -> dict[str, str]:
    return {
        "SPIDERMON_EMAIL_SENDER": "tinsach@bao.example",
        "SPIDERMON_EMAIL_TO": "truc@bao.example, ban@bao.example",
        "SPIDERMON_SMTP_HOST": "127.0.0.1",
        "SPIDERMON_SMTP_PORT": str(port),
    }


def send(channel: str, environment: dict[str, str], report: object = ILL) -> list[str]:
    return run_monitors(report, judge(report), [make_action(channel, environment)])


def test_there_is_a_monitor_for_every_rule_and_no_other() -> None:
    names = {name for name in dir(channels.RunMonitor) if name.startswith("test_")}
    assert names == {f"test_{rule}" for rule in RULES}


def test_a_mail_says_in_its_subject_what_is_wrong_and_lists_the_rest(mail) -> None:
    box, settings = mail
    assert send("email", settings) == []
    (message,) = box.messages
    assert message["Subject"] == f"tinsach: x: {SAID[0]}"
    assert box.recipients == ["truc@bao.example", "ban@bao.example"]
    text = message.get_body(("plain",)).get_content()
    assert {f"- {said}" for said in SAID} <= set(text.splitlines())
    assert message.get_body(("html",)) is None


def test_a_healthy_run_sends_nothing(mail) -> None:
    box, settings = mail
    assert send("email", settings, run()) == []
    assert box.messages == []


def test_a_mail_that_is_refused_is_said(mail) -> None:
    box, settings = mail
    box.refuses = "554 no such thing here"
    (failure,) = send("email", settings)
    assert failure.startswith("Email: ")
    assert "no such thing here" in failure


def test_a_server_that_does_not_answer_is_said() -> None:
    with mail_server() as (_, port):
        pass
    (failure,) = send("email", email_settings(port))
    assert "refused" in failure


def test_a_user_is_named_only_where_one_is_set(mail) -> None:
    box, settings = mail
    (failure,) = send("email", settings | {"SPIDERMON_SMTP_USER": "bao"})
    assert "AUTH" in failure
    assert box.messages == []


def test_slack_is_told_in_its_channel(api) -> None:
    assert send("slack", SLACK | {"TINSACH_SLACK_API": f"{api.base}/api/"}) == []
    path, posted = api.calls[-1]
    assert path == "/api/chat.postMessage"
    assert "#tin" in str(posted)
    assert all(said in str(posted) for said in SAID)


def test_what_slack_refuses_is_said(api) -> None:
    api.answer = {"ok": False, "error": "invalid_auth"}
    (failure,) = send("slack", SLACK | {"TINSACH_SLACK_API": f"{api.base}/api/"})
    assert "invalid_auth" in failure


def test_telegram_is_told_as_it_stands(api) -> None:
    settings = TELEGRAM | {"TINSACH_TELEGRAM_API": api.base}
    odd = run("a_b & *c* #d?")
    assert send("telegram", settings, odd) == []
    assert [path for path, _ in api.calls] == ["/bot7:a/sendMessage"] * 2
    assert [posted["chat_id"] for _, posted in api.calls] == ["1", "-2"]
    assert "- the run was broken off (a_b & *c* #d?)\n" in api.calls[0][1]["text"]


def test_what_telegram_refuses_is_said_without_the_token(api) -> None:
    api.answer = {"ok": False, "description": "chat not found"}
    (failure,) = send("telegram", TELEGRAM | {"TINSACH_TELEGRAM_API": api.base})
    assert "chat not found" in failure
    assert "7:a" not in failure


@pytest.mark.parametrize(
    ("channel", "given", "missing"),
    [
        ("email", {}, "SPIDERMON_EMAIL_TO"),
        ("email", email_settings() | {"SPIDERMON_EMAIL_SENDER": ""}, "EMAIL_SENDER"),
        (
            "email",
            email_settings() | {"SPIDERMON_SMTP_HOST": ""},
            "SPIDERMON_SMTP_HOST",
        ),
        ("slack", {}, "SPIDERMON_SLACK_SENDER_TOKEN"),
        ("slack", {"SPIDERMON_SLACK_SENDER_TOKEN": "a"}, "SPIDERMON_SLACK_RECIPIENTS"),
        ("telegram", {}, "SPIDERMON_TELEGRAM_SENDER_TOKEN"),
        ("telegram", TELEGRAM | {"SPIDERMON_TELEGRAM_RECIPIENTS": ""}, "RECIPIENTS"),
    ],
)
def test_what_is_missing_is_named(channel, given, missing) -> None:
    with pytest.raises(ConfigurationError, match=f"by {channel}: .*{missing} is not"):
        make_action(channel, given)
