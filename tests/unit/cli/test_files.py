from __future__ import annotations

import os

import pytest

from scraper.cli.files import open_output


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
