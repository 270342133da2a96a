from __future__ import annotations

import pytest

from scraper.archive import ArchiveWriter, iter_newest
from scraper.archive.folder import archive_files, move_aside, read_file
from scraper.archive.members import pack
from scraper.archive.warc import records_of
from tests.unit.archive.kit import capture, url_of


@pytest.fixture
def path(tmp_path):
    writer = ArchiveWriter(tmp_path)
    for number in (1, 2, 3):
        writer.write(capture(number))
    (file,) = archive_files(tmp_path)
    return file


def damage(path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


def urls(path) -> dict[str, str]:
    return {kept.page.url: kept.reference for kept in iter_newest(path.parent)}


def test_every_record_of_a_sound_file_is_counted(path):
    done: list[int] = []
    found = read_file(path, done.append)
    assert (len(found.starts), found.bad) == (6, [])
    assert done[-1] == path.stat().st_size


def test_a_damaged_record_is_named_with_place_and_address(path):
    start, end = read_file(path).starts[2:4]
    damage(path, end - 12)  # behind the address, which stands in the record's head
    (bad,) = read_file(path).bad
    assert (bad.start, bad.end, bad.is_last) == (start, end, False)
    assert f"{path}: the record of {url_of(2)} at bytes" in str(bad)


def test_a_record_with_the_digest_of_another_content_is_damaged(path):
    response, _ = records_of(capture(4, b"<p>Tin</p>"))
    with path.open("ab") as file:
        file.write(pack(response.replace(b"<p>Tin</p>", b"<p>Tim</p>")))
    (bad,) = read_file(path).bad
    assert "its digest is that of another content" in str(bad)


def test_a_record_moved_aside_moves_no_other(path):
    before, size = urls(path), path.stat().st_size
    start, end = read_file(path).starts[2:4]
    damage(path, (start + end) // 2)
    damaged = path.read_bytes()[start:end]
    ((_, aside),) = move_aside(path)
    assert aside.read_bytes() == damaged
    assert path.stat().st_size == size
    assert read_file(path).bad == []
    assert urls(path) == {url: r for url, r in before.items() if url != url_of(2)}


def test_a_damaged_end_is_cut_off_and_kept(path):
    start = read_file(path).starts[-1]
    damage(path, start + 40)
    move_aside(path)
    assert path.stat().st_size == start
    assert path.with_name(f"{path.name}.damaged-{start}").exists()


def test_a_crawl_appends_behind_a_damaged_record(path):
    damage(path, 100)
    size = path.stat().st_size
    ArchiveWriter(path.parent).write(capture(4))
    assert path.stat().st_size > size
    assert urls(path).keys() == {url_of(n) for n in (2, 3, 4)}
