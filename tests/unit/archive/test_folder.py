from __future__ import annotations

import os
import shutil
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.archive import (
    ArchiveWriter,
    Capture,
    archive_folder,
    iter_newest,
    iter_saved,
    own_archive,
)
from scraper.archive.folder import archive_files, locked, write_all
from scraper.archive.warc import listed_in
from scraper.errors import ConfigurationError
from scraper.items import Page
from scraper.storage import Address
from tests.unit.archive.kit import START, capture, found, url_of


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


def names(folder) -> list[str]:
    return [path.name for path in archive_files(folder)]


def kept(folder) -> dict[str, str]:
    """Return the references by address; the archive is sound."""
    damaged: list[str] = []
    pages = list(iter_newest(folder, passed=damaged.append))
    assert damaged == []
    return {each.page.url: each.reference for each in pages}


def test_any_reader_of_warc_files_reads_the_records(tmp_path):
    ArchiveWriter(tmp_path).write(capture(body="Tin mới".encode()))
    (path,) = archive_files(tmp_path)
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            body = record.content_stream().read()
            headers = record.http_headers
            found.append((record.rec_type, headers.get_header("ETag"), body.decode()))
            assert headers.get_header("Content-Encoding") is None
            assert record.rec_headers.get_header("WARC-Target-URI") == url_of(1)
    assert found == [("response", '"x"', "Tin mới"), ("request", None, "")]


def test_the_page_comes_back_as_it_was(tmp_path):
    given = capture(microseconds=123456)
    reference = ArchiveWriter(tmp_path).write(given)
    (found,) = iter_newest(tmp_path)
    assert (found.page, found.listed) == (given.page, given.listed)
    assert found.reference == reference == "20261125-001.warc.gz#0"


def test_an_archive_is_a_folder_of_saved_pages(tmp_path):
    writer = ArchiveWriter(tmp_path)
    for number in (1, 2):
        writer.write(capture(number))
    assert [saved.url for saved in iter_saved(tmp_path)] == [url_of(1), url_of(2)]


def test_a_page_without_a_time_is_refused(tmp_path):
    page = Page("http://bao.example/", b"x")
    with pytest.raises(ValueError, match="has no time"):
        ArchiveWriter(tmp_path).write(Capture(page, Address(page.url)))


def test_a_day_and_a_size_begin_the_next_file(tmp_path):
    writer = ArchiveWriter(tmp_path, largest=1)
    for days in (0, 0, 1):
        writer.write(capture(days=days))
    assert names(tmp_path) == [
        "20261125-001.warc.gz",
        "20261125-002.warc.gz",
        "20261126-001.warc.gz",
    ]


def test_the_next_run_appends_to_the_file_of_the_day(tmp_path):
    for number in (1, 2):
        ArchiveWriter(tmp_path).write(capture(number))
    assert names(tmp_path) == ["20261125-001.warc.gz"]
    assert len(kept(tmp_path)) == 2


@pytest.mark.parametrize("left", [1, 12, 40, 500, -1, -40])
def test_what_a_killed_writer_left_in_half_is_cut_off(tmp_path, left):
    ArchiveWriter(tmp_path).write(capture(1))
    (path,) = archive_files(tmp_path)
    whole = path.read_bytes()
    ArchiveWriter(tmp_path).write(capture(2, os.urandom(9000)))
    content = path.read_bytes()
    path.write_bytes(content[: len(whole) + left] if left > 0 else content[:left])
    before = len(list(iter_newest(tmp_path, passed=pytest.fail)))
    reference = ArchiveWriter(tmp_path).write(capture(3))
    assert url_of(1) in kept(tmp_path)
    assert kept(tmp_path)[url_of(3)] == reference
    assert len(kept(tmp_path)) == before + 1


def test_two_writers_share_a_file_and_repair_what_the_other_left(tmp_path):
    one, two = ArchiveWriter(tmp_path), ArchiveWriter(tmp_path)
    one.write(capture(1))
    two.write(capture(2))
    (path,) = archive_files(tmp_path)
    os.truncate(path, path.stat().st_size - 3)
    references = {url_of(3): one.write(capture(3)), url_of(4): two.write(capture(4))}
    assert kept(tmp_path).items() >= references.items()
    assert kept(tmp_path).keys() == {url_of(n) for n in (1, 2, 3, 4)}


@pytest.mark.parametrize("what", ["deleted", "moved", "replaced"])
def test_an_archive_that_is_gone_is_not_made_again(tmp_path, what):
    folder = tmp_path / "archive"
    writer = ArchiveWriter(folder)
    writer.write(capture(1))
    shutil.rmtree(folder) if what == "deleted" else folder.rename(tmp_path / "there")
    if what == "replaced":
        folder.mkdir()
    for ask in (writer.check, lambda: writer.write(capture(2))):
        with pytest.raises(OSError, match="archive was moved, deleted or replaced"):
            ask()
    assert not archive_files(folder)


@pytest.mark.parametrize("what", ["deleted", "cut"])
def test_a_file_that_lost_its_pages_is_not_written_on(tmp_path, what):
    writer = ArchiveWriter(tmp_path)
    name, _, start = writer.write(capture(1)).partition("#")
    path = tmp_path / name
    path.unlink() if what == "deleted" else os.truncate(path, int(start) + 9)
    for ask in (writer.check, lambda: writer.write(capture(2))):
        with pytest.raises(OSError, match="was moved, deleted or cut while pages were"):
            ask()


def test_a_file_replaced_while_its_lock_was_waited_for_is_opened_anew(tmp_path):
    path, entered = tmp_path / "a", []

    def wait() -> None:
        with locked(path) as file:
            entered.append(os.fstat(file.fileno()).st_ino)

    thread = threading.Thread(target=wait)
    with locked(path) as held:
        old = os.fstat(held.fileno()).st_ino
        thread.start()
        while len(opened_as(old)) < 2:  # the other one has it open too, and waits
            os.sched_yield()
        (tmp_path / "b").write_bytes(b"")
        (tmp_path / "b").replace(path)
    thread.join()
    assert entered == [path.stat().st_ino] != [old]


def opened_as(inode: int) -> list[int]:
    """Return the descriptors of this process that are of the file *inode*."""
    found = []
    for name in (path.name for path in Path("/dev/fd").iterdir()):
        with suppress(OSError):
            if os.fstat(int(name)).st_ino == inode:
                found.append(int(name))
    return found


def test_a_write_that_takes_a_part_goes_on_with_the_rest():
    written = []

    class Slow:
        def write(self, content):
            written.append(bytes(content[:2]))
            return len(written[-1])

    write_all(Slow(), b"abcde")
    assert b"".join(written) == b"abcde"
