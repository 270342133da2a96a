from __future__ import annotations

import gzip
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from scraper import clock
from scraper.archive import ArchiveWriter, iter_newest, prune_archive, remove_records
from scraper.archive.folder import archive_files
from tests.unit.archive.kit import START, capture, found, url_of

if TYPE_CHECKING:
    from pathlib import Path


def test_a_record_is_taken_out_of_every_file_and_no_other_moves(folder):
    before = {k.page.url: k.reference for k in iter_newest(folder)}
    assert remove_records(folder, [url_of(1), url_of(9)]) == 4
    after = {k.page.url: k.reference for k in iter_newest(folder, passed=pytest.fail)}
    assert after == {url: before[url] for url in (url_of(2), url_of(3))}
    assert not list(folder.glob("*.part"))
    assert all(b"tin-1.htm" not in unpacked(path) for path in archive_files(folder))


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_a_crawl_goes_on_in_a_file_that_was_written_anew(folder):
    writer = ArchiveWriter(folder)
    writer.write(capture(4))
    remove_records(folder, [url_of(4)])
    writer.write(capture(5))
    assert url_of(5) in dict(found(folder, passed=pytest.fail))


def test_a_large_page_is_taken_out_too(tmp_path):
    writer = ArchiveWriter(tmp_path)
    for number in (1, 2):
        writer.write(capture(number, os.urandom(500_000)))
    assert remove_records(tmp_path, [url_of(1)]) == 2
    assert [url for url, _ in found(tmp_path, passed=pytest.fail)] == [url_of(2)]


def test_whole_days_are_pruned(folder):
    (folder / "other.warc.gz").write_bytes(b"not ours")
    with clock.simulated(lambda: START + timedelta(days=4)):
        assert prune_archive(folder, 4) == 0
        assert prune_archive(folder, 3) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "20261126-001.warc.gz",
        "other.warc.gz",
    ]


def test_a_damaged_file_is_an_error_and_stays_as_it_is(folder):
    path = archive_files(folder)[0]
    content = bytearray(path.read_bytes())
    content[300:400] = bytes(100)
    path.write_bytes(content)
    with pytest.raises((OSError, ValueError)):
        remove_records(folder, [url_of(3)])
    assert path.read_bytes() == content
