"""An empty folder, a store in it, and the command line run in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.cli import main
from scraper.demo import Served, serving
from scraper.storage import open_store
from tests.unit.cli.kit import Result, Run, make_article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.items import Article


@pytest.fixture(scope="module", autouse=True)
def _warm(warm_children: None) -> None:
    """Every child process of these tests is warm."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in; TINSACH_HOME lies in it."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TINSACH_HOME", str(folder / "tinsach-home"))
    monkeypatch.delenv("TINSACH_STORE", raising=False)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "scraper.settings")
    return folder


@pytest.fixture
def tinsach(home: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run ``tinsach`` in this process."""

    def run(*arguments: object) -> Result:
        capsysbinary.readouterr()
        code = main([str(argument) for argument in arguments])
        said = capsysbinary.readouterr()
        return Result(code, said.out.decode(), said.err.decode())

    return run


@pytest.fixture(scope="session")
def replica() -> Iterator[Served]:
    """A portal on loopback with a dozen articles."""
    with serving(12) as portal:
        yield portal


@pytest.fixture
def stored(home: Path) -> list[Article]:
    """Three articles in the default store, newest first."""
    articles = [make_article(number) for number in (3, 2, 1)]
    with open_store() as store:
        store.save(articles)
    return articles
