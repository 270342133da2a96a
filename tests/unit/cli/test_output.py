from __future__ import annotations

import os

import pytest
from rich.text import Text

from scraper.cli import output
from scraper.cli.before_after import iter_kept_lines, iter_page_lines, shorten
from scraper.items import LedgerEntry
from tests.unit.cli.kit import make_article


def test_a_file_that_is_not_finished_leaves_nothing_behind(tmp_path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"before")
    with pytest.raises(TypeError), output.open_output(path) as stream:
        stream.writelines([b"half", None])
    assert [p.name for p in tmp_path.iterdir()] == ["a.jsonl"]
    assert path.read_bytes() == b"before"


def test_a_file_may_be_read_by_whom_the_umask_lets(tmp_path) -> None:
    before = os.umask(0o022)
    try:
        with output.open_output(tmp_path / "a.jsonl"):
            pass
    finally:
        os.umask(before)
    assert (tmp_path / "a.jsonl").stat().st_mode & 0o777 == 0o644


def test_a_device_is_written_to_and_not_replaced(tmp_path) -> None:
    device = tmp_path / "device"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    with output.open_output(device) as stream:
        stream.write(b"results")
    assert os.read(reader, 100) == b"results"
    assert device.is_fifo()
    os.close(reader)


def test_a_link_keeps_pointing_to_the_file_that_is_written(tmp_path) -> None:
    (tmp_path / "link.jsonl").symlink_to("real.jsonl")
    with output.open_output(tmp_path / "link.jsonl") as stream:
        stream.write(b"results")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == b"results"


def entry(text: str, *, kept: bool = False) -> LedgerEntry:
    return LedgerEntry(text, "rule", kept, "p")


def test_long_runs_of_blocks_show_their_first_and_their_last() -> None:
    ledger = [*(entry(f"menu {n}") for n in range(8)), entry("tin", kept=True)]
    assert [line.plain for line in iter_page_lines(ledger)] == [
        "- menu 0  [rule]",
        "- menu 1  [rule]",
        "- menu 2  [rule]",
        "- … 4 more",
        "- menu 7  [rule]",
        "  tin",
    ]


def test_a_run_of_four_is_shown_whole() -> None:
    lines = list(iter_page_lines([entry(f"menu {n}") for n in range(4)]))
    assert [line.plain[2:8] for line in lines] == [f"menu {n}" for n in range(4)]


def test_a_page_of_many_runs_shows_its_two_ends() -> None:
    lines = shorten([Text(str(n)) for n in range(100)])
    assert len(lines) == 35
    assert (lines[0].plain, lines[17].plain, lines[-1].plain) == ("0", "  …", "99")


def test_an_article_is_shown_with_its_facts_and_first_paragraphs() -> None:
    article = make_article(1, authors=("Mạnh Tú",), agency="TTXVN")
    shown = [line.plain for line in iter_kept_lines(article)]
    assert shown[0] == article.title
    assert shown[1] == "2025-07-11 14:01 | Thời sự | Mạnh Tú | TTXVN"
    assert shown[2] == f"\n{article.lead}"
    assert shown[-1] == "\n… 1 more paragraphs"
