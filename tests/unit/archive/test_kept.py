from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.archive import (
    archive_folder,
    iter_newest,
    own_archive,
)
from scraper.archive.kept import archive_files
from scraper.archive.warc import listed_in
from scraper.errors import ConfigurationError
from scraper.storage import Address
from tests.unit.archive.kit import START, found, url_of


def test_of_an_address_the_newest_page_counts(folder):
    assert found(folder) == [
        (url_of(1), b"<p>Sau</p>"),
        (url_of(3), b"<p>Tin</p>"),
        (url_of(2), b"<p>Tin</p>"),
    ]


def test_since_and_until_narrow_it_down(folder):
    day = START + timedelta(hours=2)
    assert [url for url, _ in found(folder, since=day)] == [
        url_of(n) for n in (1, 3, 2)
    ]
    assert found(folder, until=day) == [(url_of(1), b"<p>Tin</p>")]


def test_addresses_that_are_not_wanted_are_left_out(folder):
    assert found(folder, wanted=lambda url: url == url_of(2)) == [
        (url_of(2), b"<p>Tin</p>")
    ]


def test_a_page_that_cannot_be_read_leaves_the_one_before(folder):
    newest = archive_files(folder)[-1]
    content = bytearray(newest.read_bytes())
    content[-400:-300] = os.urandom(100)
    newest.write_bytes(content)
    said: list[str] = []
    assert (url_of(1), b"<p>Tin</p>") in found(folder, passed=said.append)
    assert all(str(newest) in line for line in said)


def test_no_archive_is_said(tmp_path):
    with pytest.raises(ConfigurationError, match="no archive is there"):
        list(iter_newest(tmp_path))


@pytest.mark.parametrize(
    ("setting", "folder"),
    [("", None), ("0", None), ("off", None), ("1", "h/archive"), ("/x/y", "/x/y")],
)
def test_a_setting_names_a_folder_or_none(monkeypatch, setting, folder):
    monkeypatch.setenv("TINSACH_HOME", "h")
    assert archive_folder(setting) == (folder and Path(folder))


def test_commands_look_where_the_crawl_writes(monkeypatch):
    monkeypatch.setenv("TINSACH_HOME", "h")
    for setting, folder in (("", "h/archive"), ("0", "h/archive"), ("/x", "/x")):
        monkeypatch.setenv("TINSACH_ARCHIVE", setting)
        assert own_archive() == Path(folder)


@pytest.mark.parametrize(
    "header", [None, "", "x", "[]", '{"time": "x"}', '{"time": 3}']
)
def test_a_record_of_another_program_says_nothing_of_a_listing(header):
    assert listed_in(header, "http://x/") == Address("http://x/")
