"""``tinsach.toml``: where it is looked for, what it may say, what goes before it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import pytest

import scraper
from scraper import configuration
from scraper.cli.config import render_example
from scraper.configuration import applied, apply, find_file, load
from scraper.errors import ConfigurationError
from scraper.options import CONTACT, SETTINGS, read, read_contact

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """A working folder, and a home of settings beside it; nothing is set."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    return work


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_nothing_is_set() -> None:
    assert find_file() is None
    assert load(None).values == {}


def test_the_working_folder_goes_before_the_user(folder, tmp_path) -> None:
    of_user = write(tmp_path / "user/tinsach/tinsach.toml", "keep = 1")
    assert find_file() == of_user
    here = write(folder / "tinsach.toml", "keep = 2")
    assert find_file() == here


def test_a_named_file_goes_before_both(folder, tmp_path, monkeypatch) -> None:
    write(folder / "tinsach.toml", "keep = 2")
    named = write(tmp_path / "other.toml", "keep = 3")
    monkeypatch.setenv("TINSACH_CONFIG", str(named))
    assert find_file() == named


def test_a_named_file_that_is_not_there_is_said(monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_CONFIG", "gone.toml")
    with pytest.raises(ConfigurationError, match=r"gone.toml: there is no such file"):
        find_file()


@pytest.mark.parametrize(
    ("line", "variable", "value"),
    [
        ('home = "data"', "TINSACH_HOME", "{folder}/data"),
        ('home = "/srv/tin"', "TINSACH_HOME", "/srv/tin"),
        ('store = "a b.db"', "TINSACH_STORE", "sqlite:///{folder}/a%20b.db"),
        ('store = "postgresql://u@h/t"', "TINSACH_STORE", "postgresql://u@h/t"),
        ("archive = true", "TINSACH_ARCHIVE", "1"),
        ('archive = "raw"', "TINSACH_ARCHIVE", "{folder}/raw"),
        ("keep = 90", "TINSACH_KEEP", "90"),
        ("read_timeout = 2.5", "TINSACH_READ_TIMEOUT", "2.5"),
        ("allow_private = false", "TINSACH_ALLOW_PRIVATE", "0"),
        ('alerts = "json://x?to=a,b"', "TINSACH_ALERTS", "json://x?to=a,b"),
        ('alerts = ["json://x", "xml://y"]', "TINSACH_ALERTS", "json://x,xml://y"),
    ],
)
def test_a_value_becomes_its_variable(folder, line, variable, value) -> None:
    file = write(folder / "tinsach.toml", line)
    assert load(file).values == {variable: value.format(folder=folder)}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("keep = -1", "keep is -1: write a whole number from 0 to 36500"),
        ("keep = 1.5", "keep is 1.5: write a whole number"),
        ("keep = true", "keep is True: write a whole number"),
        ('keep = "many"', "keep is 'many': write a whole"),
        ("home = 3", "home is 3: write a path in quotation marks"),
        ('home = ""', "home is '': write a path"),
        ('home = "off"', "home is 'off': write a path .* as \"./off\""),
        ('quiet = "yes"', "quiet is 'yes': write true or false"),
        ("alerts = [1]", r"alerts is \[1\]: write URLs"),
        ("kep = 1", "unknown setting kep; is keep meant?"),
        ("[alert]\nx = 1", "unknown setting alert.x; `tinsach config show` lists"),
        ("keep = ", "cannot be read: Invalid value"),
        ("read_timeout = -1.0", "read_timeout is -1.0: write seconds from 0.01"),
        ("read_timeout = nan", "read_timeout is nan: write seconds from 0.01"),
    ],
)
def test_what_is_wrong_is_named_with_its_file(folder, line, said) -> None:
    file = write(folder / "tinsach.toml", line)
    (fault,) = load(file).faults
    assert re.match(f"{file}.*{said}", fault)


def test_all_faults_are_found_and_what_is_sound_holds(folder, monkeypatch) -> None:
    write(folder / "tinsach.toml", "keep = -1\nworkers = 3\nkep = 2")
    monkeypatch.setenv("TINSACH_RETRY_PAUSE", "soon")
    with applied(lenient=True) as found:
        assert os.environ["TINSACH_WORKERS"] == "3"
    assert len(found.faults) == 3
    with (
        pytest.raises(ConfigurationError, match=r"keep is -1.*\(and 2 more: "),
        applied(),
    ):
        pass


def test_a_file_in_another_encoding_is_said(folder) -> None:
    file = folder / "tinsach.toml"
    file.write_bytes(b'store = "\xff"')
    (fault,) = load(file).faults
    assert "cannot be read" in fault


def test_the_environment_goes_before_the_file(folder, monkeypatch) -> None:
    write(folder / "tinsach.toml", 'keep = 2\ncontact = "a@file.example"')
    monkeypatch.setenv("TINSACH_KEEP", "7")
    monkeypatch.setenv("TINSACH_CONTACT", "")
    with applied() as holding:
        assert os.environ["TINSACH_KEEP"] == "7"
        assert os.environ["TINSACH_CONTACT"] == "a@file.example"
        assert holding.values == {"TINSACH_CONTACT": "a@file.example"}


def test_the_environment_is_afterwards_as_before(folder, monkeypatch) -> None:
    write(folder / "tinsach.toml", "keep = 2")
    monkeypatch.setenv("TINSACH_HOME", "here")
    with applied():
        os.environ["TINSACH_QUIET"] = "1"
        os.environ["TINSACH_HOME"] = "there"
    assert "TINSACH_KEEP" not in os.environ
    assert "TINSACH_QUIET" not in os.environ
    assert os.environ["TINSACH_HOME"] == "here"


def test_scrapy_is_told_for_good(folder, monkeypatch) -> None:
    write(folder / "tinsach.toml", "keep = 2")
    monkeypatch.setenv("TINSACH_KEEP", "")  # so that it is taken out again
    apply()
    assert os.environ["TINSACH_KEEP"] == "2"


def test_scrapy_crawl_reads_the_file_too(folder) -> None:
    write(folder / "tinsach.toml", "keep = 2\nworkers = 3")
    code = "from scraper.settings import *; print(TINSACH_KEEP, TINSACH_WORKERS)"
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said == "2 3\n"


def test_the_example_names_every_setting_and_holds_as_it_stands(folder) -> None:
    text = render_example()
    assert tomllib.loads(text) == {}
    active = "\n".join(
        line.removeprefix("#")
        for line in text.splitlines()
        if not line.startswith("# ")
    )
    file = write(folder / "tinsach.toml", active)
    assert set(load(file).values) == {setting.variable for setting in SETTINGS}


def test_no_setting_is_listed_twice() -> None:
    for name in ("key", "variable"):
        named = [getattr(setting, name) for setting in SETTINGS]
        assert len(set(named)) == len(named)


def test_every_variable_of_the_code_is_a_setting(project) -> None:
    """Those that a file cannot hold are named here."""
    others = {"TINSACH_CONFIG", "TINSACH_NOW", "TINSACH_REPLAY", "TINSACH_PROGRESS"}
    others |= {"TINSACH_QUARANTINE", "TINSACH_ADDON_"}  # of Scrapy's settings alone
    sources = (path.read_text("utf-8") for path in (project / "scraper").rglob("*.py"))
    pattern = r"TINSACH_ADDON_|TINSACH_[A-Z_]+"
    used = {name for text in sources for name in re.findall(pattern, text)}
    assert used - others == {
        setting.variable for setting in SETTINGS if "TINSACH" in setting.variable
    }
    assert configuration.VARIABLE in others


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("", ""),
        ("toi@bao.example", "mailto:toi@bao.example"),
        ("mailto:toi.la+tin@sub.bao.example", "mailto:toi.la+tin@sub.bao.example"),
        ("https://bao.example/bot?a=1#b", "https://bao.example/bot?a=1#b"),
        ("http://bao.example", "http://bao.example"),
    ],
)
def test_a_contact_is_an_e_mail_address_or_a_page(
    monkeypatch, value: str, named: str
) -> None:
    monkeypatch.setenv(CONTACT, value)
    assert read_contact() == named


@pytest.mark.parametrize(
    "value",
    [
        "toi",
        "toi@bao",
        "tôi@bao.example",
        "toi@bao.example\r\nCookie: a=b",
        "https://bao.example/\nx",
        "https://bao.example/ x",
        "https://bao.example/)x",
        "https://báo.example/",
        "ftp://bao.example/",
        "javascript:alert(1)",
        "https://",
    ],
)
def test_another_contact_is_refused_whoever_gives_it(
    folder, monkeypatch, value: str
) -> None:
    with pytest.raises(ConfigurationError, match="TINSACH_CONTACT is "):
        read(CONTACT, value)
    monkeypatch.setenv("TINSACH_CONTACT", value)
    with pytest.raises(ConfigurationError, match="TINSACH_CONTACT is "), applied():
        pass
    monkeypatch.delenv("TINSACH_CONTACT")
    file = write(folder / "tinsach.toml", f"contact = {json.dumps(value)}")
    (fault,) = load(file).faults
    assert "write an e-mail address, or an http or https URL" in fault


def test_the_user_agent_names_the_contact_that_is_set(folder) -> None:
    code = "from scraper.settings import *; print(USER_AGENT)"
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, text=True).rpartition(" ")[2] == (
        f"tinsach/{scraper.__version__}\n"
    )
    write(folder / "tinsach.toml", 'contact = "toi@bao.example"')
    said = subprocess.check_output(command, text=True)
    assert said.endswith(f" tinsach/{scraper.__version__} (+mailto:toi@bao.example)\n")
