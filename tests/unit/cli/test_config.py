from __future__ import annotations

import json
import tomllib

import pytest

from scraper.cli.config import render_settings
from tests.unit.cli.kit import run_apart


def rows(result) -> dict[str, tuple[str, str]]:
    lines = (line.split("\t") for line in result.out.splitlines())
    return {name: (value, origin) for name, value, origin in lines}


@pytest.fixture
def shown(tinsach, home, monkeypatch):
    (home / "tinsach.toml").write_text(
        'keep = 90\ncontact = "mailto:toa-soan@bao.example"\n'
        'alerts = ["mailtos://toi:matkhau@thu.example"]\n'
    )
    monkeypatch.setenv("TINSACH_CONTACT", "mailto:toi@bao.example")
    return tinsach("config", "show")


def test_each_value_says_where_it_comes_from(shown, home) -> None:
    found = rows(shown)
    assert found["keep"] == ("90", str(home / "tinsach.toml"))
    variable = "environment: TINSACH_CONTACT"
    assert found["contact"] == ("mailto:toi@bao.example", variable)
    assert found["read_timeout"] == ("30", "default")
    assert found["home"][1] == "environment: TINSACH_HOME"


def test_no_secret_is_shown(shown, tinsach, monkeypatch) -> None:
    assert rows(shown)["alerts"][0] == "***"
    assert "matkhau" not in shown.out
    monkeypatch.setenv("TINSACH_STORE", "postgresql://toi:matkhau@h/tin")
    assert rows(tinsach("config", "show"))["store"][0] == "postgresql://toi:***@h/tin"


def test_the_settings_are_json_too(tinsach, home) -> None:
    lines = tinsach("config", "show", "--json").out.splitlines()
    assert json.loads(lines[0]) == {
        "setting": "home",
        "value": str(home / "tinsach-home"),
        "from": "environment: TINSACH_HOME",
    }


def test_the_example_is_a_file_of_settings(tinsach, home) -> None:
    said = tinsach("config", "example").out
    assert tomllib.loads(said) == {}
    (home / "tinsach.toml").write_text(said)
    assert tinsach("config", "show").code == 0


def test_a_file_says_where_the_store_is(tinsach, home, stored, monkeypatch) -> None:
    monkeypatch.delenv("TINSACH_HOME")
    (home / "tinsach-home").rename(home / "elsewhere")
    assert tinsach("export").code == 1
    (home / "tinsach.toml").write_text('home = "elsewhere"\n')
    assert tinsach("export").out.count("\n") == 3
    (home / "tinsach.toml").write_text('store = "elsewhere/articles.db"\n')
    assert tinsach("export").out.count("\n") == 3


def test_the_page_of_the_settings_is_current(project) -> None:
    assert (project / "docs/settings.md").read_text("utf-8") == render_settings()


def test_a_broken_file_ends_every_command_with_2(home) -> None:
    (home / "tinsach.toml").write_text("keep = never\n")
    result = run_apart("sites")
    assert (result.code, result.out) == (2, "")
    assert f"tinsach: {home / 'tinsach.toml'} cannot be read" in result.err
    assert result.err.count("\n") == 1
