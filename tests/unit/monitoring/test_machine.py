from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from scraper import clock
from scraper.monitoring import machine
from scraper.monitoring.machine import (
    LEAST_FREE,
    check_alerts,
    check_clock,
    check_contact,
    check_disk,
    check_extra,
    check_library,
    iter_machine_checks,
)
from scraper.options import NO_CONTACT
from scraper.sites import Check


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    for name in ("TINSACH_ALERTS", "TINSACH_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_library_that_is_missing_fails_and_says_what_to_install() -> None:
    check = check_library("no-such-library")
    assert not check.ok
    assert "pip install no-such-library" in check.detail


def test_an_extra_that_is_missing_is_no_fault_and_says_how_to_get_it(
    monkeypatch,
) -> None:
    assert check_extra("health", "alerts").detail == "alerts: installed"
    monkeypatch.setattr(machine, "_is_installed", lambda name: name != "apprise")
    check = check_extra("health", "alerts")
    assert check.ok
    assert "pip install 'tinsach[health]'" in check.detail


def test_a_full_disk_fails(home, monkeypatch) -> None:
    assert check_disk().ok
    usage = SimpleNamespace(total=10**12, free=LEAST_FREE - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    check = check_disk()
    assert not check.ok
    assert f"0.5 of 1000.0 GB are free at {home}; free some space" in check.detail


def test_a_clock_before_the_installation_fails() -> None:
    assert check_clock().ok
    with clock.simulated(lambda: datetime(1970, 1, 2, tzinfo=UTC)):
        check = check_clock()
    assert not check.ok
    assert "1970-01-02" in check.detail
    assert "timedatectl set-ntp true" in check.detail


def test_alerts_name_the_services(monkeypatch) -> None:
    assert check_alerts().detail.startswith("not sent to anybody")
    monkeypatch.setenv("TINSACH_ALERTS", "json://bao.example,slack://a")
    assert not check_alerts().ok
    assert "does not take URL 2 (slack)" in check_alerts().detail
    monkeypatch.setenv("TINSACH_ALERTS", "json://bao.example, mailto://u:p@b.example")
    assert check_alerts().detail == "1 (json), 2 (mailto)"


def test_no_contact_is_no_fault_and_says_how_to_set_one(monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_CONTACT", "toi@bao.example")
    assert check_contact() == Check("contact", ok=True, detail="mailto:toi@bao.example")
    monkeypatch.delenv("TINSACH_CONTACT")
    assert check_contact() == Check("contact", ok=True, detail=NO_CONTACT)
    assert "contact" in {check.name for check in iter_machine_checks()}


def test_what_the_archive_holds_is_counted(home) -> None:
    names = {check.name for check in iter_machine_checks()}
    assert names & {"archive", "quarantine"} == set()
    folder = Path("tinsach-home", "archive", "bao")
    folder.mkdir(parents=True)
    (folder / "1.warc.gz").write_bytes(bytes(25_000_000))
    found = {check.name: check.detail for check in iter_machine_checks()}
    assert found["archive"] == "1 files, 0.03 GB; kept: no limit"
