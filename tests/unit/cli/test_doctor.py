from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_alerts(monkeypatch):
    monkeypatch.delenv("TINSACH_ALERTS", raising=False)


def test_a_healthy_machine_passes_every_check(tinsach, stored) -> None:
    result = tinsach("doctor")
    assert result.code == 0
    assert {line.split()[0] for line in result.out.splitlines()} == {"ok"}
    assert "store        3 articles" in result.out


def test_a_store_that_is_not_there_yet_is_no_failure_and_is_not_made(
    tinsach, home
) -> None:
    result = tinsach("doctor")
    assert result.code == 0
    assert "articles.db does not exist yet" in result.out
    assert list(home.iterdir()) == []


def test_a_damaged_store_fails(tinsach, home) -> None:
    (home / "b.db").write_bytes(b"no database" * 100)
    result = tinsach("doctor", "--store", "b.db")
    assert result.code == 1
    assert "failed store" in result.out
    assert result.err == "tinsach: 1 checks failed\n"


def test_a_home_that_cannot_be_written_fails(tinsach, home) -> None:
    (home / "tinsach-home").write_text("a file")
    result = tinsach("doctor")
    assert result.code == 1
    assert "failed home" in result.out
    assert "set TINSACH_HOME" in result.out


def test_a_live_site_is_checked_down_to_its_articles(tinsach, replica) -> None:
    result = tinsach("doctor", "baotintuc", "--portal", replica.base)
    assert result.code == 0
    for name in ("tls", "robots", "date", "feed"):
        assert f"ok     {name} " in result.out
    assert "ok     section " in result.out
    assert result.out.count("ok     article ") == 3


def test_an_unknown_spider_exits_2(tinsach) -> None:
    result = tinsach("doctor", "nowhere")
    assert result.code == 2
    assert "no spider nowhere; there are baotintuc" in result.err
