"""Folders that settings name, where no shell has expanded them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scraper.archive import archive_folder
from scraper.options import home_folder
from scraper.storage.location import store_url


@pytest.fixture
def user(tmp_path, monkeypatch) -> Path:
    """The home folder of the user."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_tilde_is_the_home_of_the_user(user, monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_HOME", "~/news")
    assert home_folder() == user / "news"
    assert archive_folder("yes") == user / "news" / "archive"
    assert archive_folder("~/pages") == user / "pages"
    assert store_url("~/articles.db") == f"sqlite:///{user}/articles.db"


def test_what_names_no_user_is_a_folder_of_that_name(user, monkeypatch) -> None:
    monkeypatch.setenv("TINSACH_HOME", "~nobody-of-this-name/news")
    assert home_folder() == Path("~nobody-of-this-name/news")


def test_the_home_is_a_folder_here_by_default(monkeypatch) -> None:
    monkeypatch.delenv("TINSACH_HOME", raising=False)
    assert os.fspath(home_folder()) == "tinsach-home"
