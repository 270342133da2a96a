"""A page that takes too long ends what a person asked for, in one clear line."""

from __future__ import annotations

import pytest

from scraper.cli import main
from scraper.cli.mcp import Tools
from scraper.errors import ConfigurationError, ExtractionTimeout
from scraper.sites.new_site import discover
from scraper.workers import ReaderPool

SAID = "reading took longer than 0.1 s"


@pytest.fixture(autouse=True)
def limits(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TINSACH_READ_TIMEOUT", "0.1")
    monkeypatch.setenv("TINSACH_ALLOW_PRIVATE", "1")
    monkeypatch.setenv("TINSACH_STORE", f"sqlite:///{tmp_path}/none.db")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def heavy(site) -> str:
    """The address of a page that takes seconds on any machine."""
    text = "<p>Đoạn nói về <a href='/x'>việc ấy</a> ở địa phương.</p>" * 100_000
    return site.put("/", f"<html><body>{text}")


@pytest.mark.parametrize("command", ["fetch", "explain"])
def test_a_command_says_so_and_fails(heavy, capsys, command: str) -> None:
    assert main([command, heavy]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"tinsach: {heavy}: {SAID}\n")


def test_the_tools_of_an_assistant_say_so(heavy) -> None:
    with pytest.raises(ExtractionTimeout, match=SAID):
        Tools(None).explain_article(heavy)


def test_the_sources_of_a_site_are_looked_for_within_the_limits(heavy) -> None:
    with pytest.raises(ExtractionTimeout, match=SAID):
        list(discover(heavy))


def test_a_limit_that_is_no_number_is_named(monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_READ_TIMEOUT", "soon")
    with pytest.raises(ConfigurationError, match="TINSACH_READ_TIMEOUT is 'soon'"):
        ReaderPool(workers=1)
