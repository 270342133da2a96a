"""Wrong values of every setting, from each place that a value may come from."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest

from scraper.cli import main
from scraper.configuration import applied, load
from scraper.crawling.run import RunOptions, load_settings
from scraper.errors import ConfigurationError
from scraper.kinds import (
    ARCHIVE,
    CONTACT,
    HOSTS,
    MODULE,
    PATH,
    STORE,
    SWITCH,
    URLS,
    ZONE,
)
from scraper.options import SETTINGS, Setting

if TYPE_CHECKING:
    from pathlib import Path

_NUMBERS = ("many", "-1", "nan", "inf", "1e9", "0x10", "1 2", "١٢x")
_WRONG = {
    SWITCH: ("maybe", "2", "fasle", "none"),
    PATH: ("off", "no", "true", "none", "fasle", "disabled"),
    ARCHIVE: ("fasle", "none", "disabled", "ture", "offf"),
    STORE: ("off", "mysql://h/d", "sqlite://", "https://x.example/", "none"),
    CONTACT: ("toi", "ftp://x.example", "a@b"),
    HOSTS: ("https://bao.example/tin", "a b", ","),
    URLS: ("slack.com", ",", "https://", "json://a b"),
    ZONE: ("Hanoi", "Asia", "+07:00", "../UTC", "off"),
    MODULE: ("my-settings", "a..b", "a/b.py"),
}
"""Whatever is not here takes a number."""


def wrong_values(setting: Setting) -> tuple[str, ...]:
    return _WRONG.get(setting.kind, _NUMBERS)


CASES = [(s, value) for s in SETTINGS for value in wrong_values(s)]
IDS = [f"{setting.variable}={value!r}" for setting, value in CASES]
all_wrong = pytest.mark.parametrize(("setting", "value"), CASES, ids=IDS)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    return tmp_path


@all_wrong
def test_the_environment(monkeypatch, setting: Setting, value: str) -> None:
    monkeypatch.setenv(setting.variable, value)
    found = "'***'" if setting.secret else repr(value)
    with pytest.raises(ConfigurationError) as error, applied():
        pass
    assert str(error.value) == (
        f"{setting.variable} is {found}: write {setting.kind.takes}"
    )


@all_wrong
def test_a_file(folder: Path, setting: Setting, value: str) -> None:
    table, _, key = setting.key.rpartition(".")
    head = f"[{table}]\n" if table else ""
    file = folder / "tinsach.toml"
    file.write_text(f"{head}{key} = {json.dumps(value)}\n", "utf-8")
    (fault,) = load(file).faults
    assert fault.startswith(f"{file}: {setting.key} is ")
    assert fault.endswith(f": write {setting.kind.in_file}")


@all_wrong
def test_an_option_of_a_crawl(capfd, setting: Setting, value: str) -> None:
    with pytest.raises(ConfigurationError, match=setting.variable):
        load_settings(RunOptions(settings={setting.variable: value}))
    assert main(["crawl", "baotintuc", "-s", f"{setting.variable}={value}"]) == 2
    said = capfd.readouterr().err
    assert said.startswith(f"tinsach: {setting.variable} is ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.variable)
@pytest.mark.parametrize("value", ["3", "[]", "[3]", "{a = 1}", "1979-05-27", "nan"])
def test_another_type_in_a_file(folder: Path, setting: Setting, value: str) -> None:
    table, _, key = setting.key.rpartition(".")
    file = folder / "tinsach.toml"
    file.write_text(f"[{table}]\n{key} = {value}" if table else f"{key} = {value}")
    takes_number = int in setting.kind.types and bool not in setting.kind.types
    assert bool(load(file).faults) == (not (value == "3" and takes_number))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.variable)
def test_a_name_that_is_nearly_right(folder, monkeypatch, setting: Setting) -> None:
    file = folder / "tinsach.toml"
    table, _, key = setting.key.rpartition(".")
    wrong = key[:-1] + "x" + key[-1]
    file.write_text(f"[{table}]\n{wrong} = 1" if table else f"{wrong} = 1")
    (fault,) = load(file).faults
    assert f"unknown setting {wrong}" in fault
    assert "meant?" in fault


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("TINSACH_ARCHIV", "TINSACH_ARCHIVE"),
        ("TINSACH_KEPE", "TINSACH_KEEP"),
        ("TINSACH_keep", "TINSACH_KEEP"),
        ("tinsach_home", "TINSACH_HOME"),
        ("TINSACH_ALERTES", "TINSACH_ALERTS"),
    ],
)
def test_a_variable_that_is_nearly_right(monkeypatch, wrong, right) -> None:
    monkeypatch.setenv(wrong, "1")
    message = f"unknown setting {wrong}; is {right} meant?"
    with pytest.raises(ConfigurationError, match=message), applied():
        pass


@pytest.mark.parametrize("name", ["TINSACH_IMAGE_TAG", "SPIDERMON_ENABLED"])
def test_a_variable_of_somebody_else(monkeypatch, name) -> None:
    monkeypatch.setenv(name, "1")
    with applied():
        pass


def test_a_moment_that_is_none(monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_NOW", "yesterday")
    with (
        pytest.raises(ConfigurationError, match="TINSACH_NOW is 'yesterday'"),
        applied(),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DOWNLOAD_DELAY", "slow", "DOWNLOAD_DELAY is 'slow': write a number"),
        ("DOWNLOAD_DELAY", "nan", "DOWNLOAD_DELAY is 'nan': write a number"),
        ("CONCURRENT_REQUESTS", "-1", "CONCURRENT_REQUESTS is '-1': write a whole num"),
        ("CONCURRENT_REQUESTS", "1.5", "CONCURRENT_REQUESTS is '1.5': write a whole"),
        ("ITEM_PIPELINES", "mine", "ITEM_PIPELINES is 'mine': write a JSON object"),
        ("EXTENSIONS", "1", "EXTENSIONS is '1': write a JSON object"),
        ("ROBOTSTXT_OBEY", "maybe", "ROBOTSTXT_OBEY is 'maybe': write 1, true"),
        ("TELNETCONSOLE_ENABLED", "2", "TELNETCONSOLE_ENABLED is '2': write 1, true"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD': write DEBUG"),
        (
            "DOWNLOAD_DELY",
            "3",
            "unknown setting DOWNLOAD_DELY; is DOWNLOAD_DELAY meant?",
        ),
        (
            "TINSACH_ARCHIV",
            "1",
            "unknown setting TINSACH_ARCHIV; is TINSACH_ARCHIVE meant?",
        ),
        ("TINSACH_KEEP", "", "TINSACH_KEEP is '': write a whole number"),
    ],
)
def test_a_setting_of_scrapy_that_makes_no_sense(name, value, said) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load_settings(RunOptions(settings={name: value}))


def test_settings_that_make_sense_hold() -> None:
    given = {"ROBOTSTXT_OBEY": "off", "DOWNLOAD_DELAY": "0.5", "MY_OWN": "x"}
    given["TELNETCONSOLE_ENABLED"] = "False"  # its default is 1
    settings = load_settings(RunOptions(settings=given))
    assert settings.getbool("ROBOTSTXT_OBEY") is False
    assert settings.getbool("TELNETCONSOLE_ENABLED") is False
    assert settings.getfloat("DOWNLOAD_DELAY") == 0.5
    assert settings["MY_OWN"] == "x"


def test_a_level_of_the_log_may_be_a_number() -> None:
    settings = load_settings(RunOptions(settings={"LOG_LEVEL": "10"}))
    assert settings["LOG_LEVEL"] == logging.DEBUG


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["crawl", "--help"], ["config", "example"]],
)
def test_a_broken_file_stops_no_help(folder: Path, capsys, arguments) -> None:
    (folder / "tinsach.toml").write_text("keep = \n[")
    assert main(arguments) == 0
    assert capsys.readouterr().err == ""


def test_config_shows_what_is_wrong_with_a_file(folder: Path, capsys) -> None:
    (folder / "tinsach.toml").write_text("keep = -1\nkep = 3\nworkers = 2\n")
    assert main(["config", "show"]) == 2
    said = capsys.readouterr()
    assert f"workers\t2\t{folder / 'tinsach.toml'}" in said.out
    assert said.err.count("\n") == 2
    assert "keep is -1: write a whole number" in said.err
    assert "unknown setting kep; is keep meant?" in said.err


@pytest.mark.parametrize("value", ["off", "no", "0", "False", " OFF "])
def test_off_keeps_no_archive(folder: Path, monkeypatch, value: str) -> None:
    from scraper.archive import archive_folder

    assert archive_folder(value) is None
    file = folder / "tinsach.toml"
    file.write_text(f"archive = {json.dumps(value)}")
    assert load(file).values == {"TINSACH_ARCHIVE": "0"}
    file.write_text(f"archive = {json.dumps(f'./{value}')}")
    assert load(file).values == {"TINSACH_ARCHIVE": str(folder / value)}
