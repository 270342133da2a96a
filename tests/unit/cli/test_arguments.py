from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from scraper import clock
from scraper.cli.arguments import is_url, parse_since, parse_until
from scraper.errors import ConfigurationError
from scraper.storage import open_store
from scraper.storage.location import store_url


def test_a_day_begins_and_ends_at_midnight_in_vietnam() -> None:
    assert parse_since("2025-07-11") == datetime(2025, 7, 10, 17, tzinfo=UTC)
    assert parse_until("2025-07-11") == datetime(2025, 7, 11, 17, tzinfo=UTC)


def test_a_moment_may_state_its_offset() -> None:
    wanted = datetime(2025, 7, 11, 14, 6, tzinfo=UTC)
    assert parse_since("2025-07-11T14:06+00:00") == wanted
    assert parse_since("2025-07-11T21:06") == wanted


@pytest.mark.parametrize(("text", "hours"), [("7d", 168), ("12h", 12)])
def test_a_span_is_counted_back_from_now(text: str, hours: int) -> None:
    found = parse_since(text)
    assert abs(clock.now() - timedelta(hours=hours) - found) < timedelta(minutes=1)


@pytest.mark.parametrize("text", ["", "today", "2025-02-30", "99999d99", "0000-00-00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="--until"):
        parse_until(text)


def test_no_time_asks_for_no_bound() -> None:
    assert parse_since(None) is None


def test_addresses_are_told_from_paths() -> None:
    assert is_url("HTTPS://bao.example/tin.htm")
    assert not is_url("tin.htm")


@pytest.mark.parametrize("name", ["a?b.db", "a%20b.db", "a#b.db", "có dấu cách.db"])
def test_any_name_of_a_file_names_the_store(tmp_path, name: str) -> None:
    open_store(store_url(str(tmp_path / name))).close()
    assert (tmp_path / name).is_file()


def test_a_store_may_be_a_path_a_url_or_nothing(tmp_path) -> None:
    assert store_url(None) is None
    assert store_url("sqlite:///a.db") == "sqlite:///a.db"
    assert store_url(str(tmp_path / "a.db")) == f"sqlite:///{tmp_path}/a.db"


@pytest.mark.parametrize(
    "given",
    [
        "host=127.0.0.1 user=u password=matkhau17",
        "connect_timeout=3 dbname = tin",
        "postgresql:u:matkhau17@h/db",
        "postgresql+psycopg:/u:matkhau17@h/db",
        "sqlite:/a.db",
    ],
)
def test_a_server_is_not_taken_for_the_name_of_a_file(
    given: str, monkeypatch, tmp_path, tinsach
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TINSACH_STORE", given)
    run = tinsach("model", "list")
    assert run.code == 1
    assert "not a file; use sqlite:///" in run.err
    assert "matkhau17" not in run.err
    assert store_url("host.db") == f"sqlite:///{tmp_path}/host.db"


def test_a_day_begins_at_midnight_of_the_zone(monkeypatch):
    monkeypatch.setenv("TINSACH_ZONE", "Europe/Paris")
    assert parse_since("2025-07-11") == datetime(2025, 7, 10, 22, tzinfo=UTC)
    assert parse_until("2025-07-11") == datetime(2025, 7, 11, 22, tzinfo=UTC)
    assert parse_since("2025-12-11T14:06") == datetime(2025, 12, 11, 13, 6, tzinfo=UTC)
