"""The one reading of yes and no, in variables, Scrapy settings and options."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from scraper.crawling.connections import is_private_allowed
from scraper.errors import ConfigurationError
from scraper.kinds import SWITCH
from scraper.options import SETTINGS, is_quiet, read_switch
from tests.unit.cli.kit import run_apart

SWITCHES = [setting.variable for setting in SETTINGS if setting.kind is SWITCH]


@pytest.mark.parametrize("value", ["1", "true", "True", "YES", " on ", True, 1])
def test_these_say_yes(value: object) -> None:
    assert read_switch("X", value) is True


@pytest.mark.parametrize("value", [None, "", "0", "false", "No", "OFF", False, 0])
def test_these_say_no(value: object) -> None:
    assert read_switch("X", value) is False


@pytest.mark.parametrize("value", ["2", "maybe", "fasle", "none", "-1", [], "yes no"])
def test_anything_else_is_an_error_that_names_what_can_be_said(value: object) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_switch("TINSACH_QUIET", value)
    assert str(error.value) == (
        f"TINSACH_QUIET is {value!r}: write 1, true, yes or on; or 0, false, no or off"
    )


def test_every_switch_is_known() -> None:
    assert {"TINSACH_ALLOW_PRIVATE", "TINSACH_QUIET"} < set(SWITCHES)


@pytest.mark.parametrize("variable", SWITCHES)
def test_no_command_runs_with_a_switch_that_says_neither(
    tinsach, monkeypatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "fasle")
    result = tinsach("runs", "list")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"tinsach: {variable} is 'fasle': write ")
    assert result.err.count("\n") == 1


def test_a_word_that_says_no_lets_no_private_address_be_asked(
    tinsach, monkeypatch
) -> None:
    monkeypatch.setenv("TINSACH_ALLOW_PRIVATE", "no")
    result = tinsach("fetch", "http://127.0.0.1:9/tin.htm")
    assert result.code == 1
    assert "127.0.0.1 is a private address" in result.err


def test_quiet_is_off_if_it_says_no(monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_QUIET", "off")
    assert not is_quiet()


def test_a_scrapy_setting_is_read_as_strictly() -> None:
    settings = Settings({"TINSACH_ALLOW_PRIVATE": "off"})
    assert not is_private_allowed(settings)
    settings = Settings({"TINSACH_ALLOW_PRIVATE": "fasle"})
    with pytest.raises(ConfigurationError, match="TINSACH_ALLOW_PRIVATE is 'fasle'"):
        is_private_allowed(settings)


def test_an_option_of_a_crawl_that_says_neither_is_a_wrong_argument(home) -> None:
    given = ("-s", "TINSACH_ALLOW_PRIVATE=fasle")
    result = run_apart("crawl", "baotintuc", "-a", "limit=1", *given)
    assert result.code == 2, result.err
    assert "tinsach: TINSACH_ALLOW_PRIVATE is 'fasle': write 1" in result.err
