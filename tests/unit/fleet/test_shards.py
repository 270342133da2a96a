from __future__ import annotations

import gzip

import pytest

from scraper.errors import ConfigurationError
from scraper.fleet.extracting import iter_shards


@pytest.fixture
def folder(tmp_path):
    for name in ("b.warc.gz", "a.warc", "deep/c.warc.gz", "notes.md"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    return tmp_path


def test_a_folder_gives_its_warc_files_by_name(folder) -> None:
    names = [shard.removeprefix(f"{folder}/") for shard in iter_shards([str(folder)])]
    assert names == ["a.warc", "b.warc.gz", "deep/c.warc.gz"]


def test_each_shard_comes_once(folder) -> None:
    one = f"{folder}/a.warc"
    assert list(iter_shards([one, str(folder)])).count(one) == 1


@pytest.mark.parametrize("name", ["list.txt", "warc.paths", "warc.paths.gz"])
def test_a_list_names_files_beside_it_and_addresses(folder, name) -> None:
    body = b"a.warc\n\ndeep/c.warc.gz\ns3://bucket/d.warc.gz\n"
    body = gzip.compress(body) if name.endswith(".gz") else body
    (folder / name).write_bytes(body)
    assert list(iter_shards([str(folder / name)])) == [
        f"{folder}/a.warc",
        f"{folder}/deep/c.warc.gz",
        "s3://bucket/d.warc.gz",
    ]


def test_a_uri_is_read_by_its_file_system(folder) -> None:
    (folder / "warc.paths").write_text("crawl-data/e.warc.gz\n")
    assert list(iter_shards([f"file://{folder}/deep"])) == [
        f"file://{folder}/deep/c.warc.gz"
    ]
    assert list(iter_shards([f"file://{folder}/warc.paths"])) == [
        "file:///crawl-data/e.warc.gz"
    ]


@pytest.mark.parametrize("given", ["none.warc.gz", "none", "none.paths", "notes.md"])
def test_what_is_not_there_is_said(folder, given) -> None:
    with pytest.raises(ConfigurationError, match=given):
        list(iter_shards([f"{folder}/{given}"]))


def test_a_list_that_is_no_gzip_is_said(folder) -> None:
    (folder / "warc.paths.gz").write_bytes(b"\x1f\x8bnone")
    with pytest.raises(ConfigurationError, match=r"warc\.paths\.gz"):
        list(iter_shards([f"{folder}/warc.paths.gz"]))
