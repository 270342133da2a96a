from __future__ import annotations

import os
import sys

import pytest

from scraper.cli.output import open_output


def test_a_file_that_is_not_finished_leaves_nothing_behind(tmp_path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"before")
    with pytest.raises(TypeError), open_output(path) as stream:
        stream.writelines([b"half", None])
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]
    assert path.read_bytes() == b"before"


def test_a_file_may_be_read_by_whom_the_umask_lets(tmp_path) -> None:
    before = os.umask(0o022)
    try:
        with open_output(tmp_path / "a.jsonl"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "a.jsonl").stat().st_mode & 0o777 == 0o644


def test_a_device_is_written_to_and_not_replaced(tmp_path) -> None:
    device = tmp_path / "device"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    with open_output(device) as stream:
        stream.write(b"results")
    assert os.read(reader, 100) == b"results"
    assert device.is_fifo()
    os.close(reader)


def test_a_link_keeps_pointing_to_the_file_that_is_written(tmp_path) -> None:
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    with open_output(tmp_path / "link.jsonl") as stream:
        stream.write(b"results")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == b"results"


@pytest.mark.parametrize(
    ("arguments", "name", "known"),
    [
        (
            ["export"],
            "a.xlsx",
            ".csv, .html, .jsonl, .md, .parquet, .db, .sqlite, .txt",
        ),
        (["export", "--chunks", 9], "a.json", ".csv, .html, .jsonl, .md, .parquet, "),
        (["extract", "no.html"], "a.csv", ".html, .jsonl, .md, .txt"),
        (["extract", "no.html"], "a.jsonl.gz", ".html, .jsonl, .md, .txt"),
        (["explain", "no.html"], "a.pdf", ".html"),
        (["report"], "a.md", ".html"),
    ],
)
def test_an_extension_that_is_not_written_is_refused_before_any_work(
    tinsach, home, arguments, name, known
) -> None:
    (home / name).write_bytes(b"before")
    result = tinsach(*arguments, "-o", name)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"tinsach: {name}: ")
    assert f"use {known}" in result.err
    assert (home / name).read_bytes() == b"before"


def test_the_format_that_is_asked_for_wins_over_the_extension(
    tinsach, stored, home
) -> None:
    assert tinsach("export", "--format", "csv", "-o", "a.xlsx").code == 0
    assert (home / "a.xlsx").read_bytes().startswith(b"\xef\xbb\xbfid,url,")


@pytest.mark.parametrize("options", [["-o", "a.parquet"], ["-f", "parquet", "-o", "a"]])
def test_parquet_without_pyarrow_says_what_to_install_before_any_work(
    tinsach, home, monkeypatch, options
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = tinsach("export", *options)
    assert result.code == 2
    assert "pip install 'tinsach[parquet]'" in result.err
