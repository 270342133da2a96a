from __future__ import annotations

import json
import re
import select
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path
from typing import IO

import pytest

from scraper.exports.jsonl import chunks_of
from scraper.items import Block, BlockKind
from scraper.storage import open_store
from tests.unit.cli.kit import make_article, run_apart, start

LONGEST = 300


class Following:
    """``tinsach export --follow`` in a process of its own."""

    def __init__(self, *options: object) -> None:
        buffered = {"PYTHONUNBUFFERED": ""}
        command = "export", "--follow", *options
        self.child = start(*command, bufsize=0, env=buffered)
        self.said = self._line_of(self.child.stderr).decode()

    def next_record(self) -> dict[str, object]:
        return json.loads(self._line_of(self.child.stdout))

    def _line_of(self, stream: IO[bytes]) -> bytes:
        ready, _, _ = select.select([stream], [], [], LONGEST)
        if not ready:
            self.child.kill()
        assert ready, "no line came"
        return stream.readline()

    def end(self, number: int = signal.SIGINT) -> tuple[list[str], str]:
        """Return the titles that were not read yet, and what it said at its end."""
        self.child.send_signal(number)
        out, err = self.child.communicate(timeout=LONGEST)
        assert self.child.returncode == 0, err
        return titles(out.decode()), err.decode()


def titles(text: str) -> list[str]:
    return [json.loads(line)["title"] for line in text.splitlines()]


def place(said: str) -> str:
    """Return the number that it says to go on after."""
    return re.search(r"continue with --after (\d+)\n$", said)[1]


def title(number: int) -> str:
    return make_article(number).title


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store(request, home, monkeypatch):
    """The default store, with three articles, in every database that can hold one."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").new_database()
        monkeypatch.setenv("TINSACH_STORE", url)
    with open_store() as opened:
        opened.save([make_article(n) for n in (1, 2, 3)])
        yield opened


@pytest.fixture
def follow():
    """Start following; whatever happens, the process ends with the test."""
    started: list[Following] = []

    def begin(*options: object) -> Following:
        started.append(Following(*options))
        return started[-1]

    yield begin
    for following in started:
        following.child.kill()
        following.child.communicate()


def test_only_what_is_stored_from_now_on_is_written_each_line_at_once(
    store, follow
) -> None:
    following = follow()
    assert following.said.startswith("following changes after number ")
    for number in (4, 5):
        store.save([make_article(number)])
        assert following.next_record()["title"] == title(number)
    left, said = following.end()
    assert left == []
    assert said.startswith("exported 2 articles; continue with --after ")


def test_an_article_that_is_reworded_is_written_again(store, follow) -> None:
    following = follow()
    other = (Block(BlockKind.PARAGRAPH, "Một câu khác hẳn."),)
    store.save([replace(make_article(1), blocks=other)])
    record = following.next_record()
    assert (record["id"], record["revision"]) == (make_article(1).id, 2)
    following.end()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_with_a_first_day_the_stored_ones_come_first(store, follow) -> None:
    following = follow("--since", "2025-07-11T14:02")
    assert [following.next_record()["title"] for _ in "23"] == [title(2), title(3)]
    store.save([make_article(4)])
    assert following.next_record()["title"] == title(4)
    assert following.end()[0] == []


def test_who_goes_on_from_the_number_said_misses_and_doubles_nothing(
    store, follow
) -> None:
    following = follow()
    store.save([make_article(4)])
    following.next_record()
    _, said = following.end(signal.SIGTERM)
    store.save([make_article(n) for n in (5, 6)])
    again = follow("--after", place(said), "--limit", 2)
    assert [again.next_record()["title"] for _ in "56"] == [title(5), title(6)]
    assert again.child.wait(LONGEST) == 0


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_the_number_goes_on_past_what_was_not_asked_for(store, follow) -> None:
    following = follow("--site", "khac.example", "--after", 0)
    following.child.stdout.close()  # which it sees when it has looked at the store
    assert following.child.wait(LONGEST) == 0
    said = following.child.stderr.read().decode()
    assert int(place(said)) == store.last_change()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_it_goes_on_where_the_newest_article_is_forgotten(store, follow) -> None:
    store.save([make_article(4)])
    following = follow()
    store.forget(make_article(4).url, make_article().published_at)
    store.save([make_article(5)])
    assert following.next_record()["title"] == title(5)
    assert following.end()[0] == []


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_it_ends_when_nobody_reads_though_nothing_is_stored(store, follow) -> None:
    following = follow()
    following.child.stdout.close()
    assert following.child.wait(LONGEST) == 0
    assert "exported 0 articles" in following.child.stderr.read().decode()


@pytest.fixture
def stuck(store, follow) -> Following:
    """One that writes more than a pipe holds, which nobody reads."""
    store.save([make_article(n) for n in range(10, 200)])
    following = follow("--after", 0)
    until = time.monotonic() + LONGEST
    its_pipe = Path(f"/proc/self/fd/{following.child.stdout.fileno()}")
    with its_pipe.open("wb") as pipe:
        while select.select([], [pipe], [], 0)[1]:
            assert time.monotonic() < until
            time.sleep(0.01)
    return following


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_line_under_way_is_written_whole(stuck) -> None:
    written, said = stuck.end()
    assert said.startswith(f"exported {len(written)} articles; continue with --after ")
    assert len(written) < 193


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_second_signal_ends_it_though_nobody_reads(stuck) -> None:
    stuck.child.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        stuck.child.wait(0.3)
    until = time.monotonic() + LONGEST
    while stuck.child.poll() is None:  # two that are pending at once are one
        stuck.child.send_signal(signal.SIGINT)
        assert time.monotonic() < until
        time.sleep(0.05)
    assert stuck.child.returncode == 128 + signal.SIGINT


@pytest.mark.parametrize("options", [["--since", "2025-07-11"], ["--after", 0]])
def test_it_ends_at_the_limit(tinsach, stored, options) -> None:
    result = tinsach("export", "--follow", "--limit", 2, *options)
    assert result.code == 0
    assert titles(result.out) == [title(3), title(2)]
    assert result.err.startswith("following changes after number 0; Ctrl-C ends it")
    assert "\nexported 2 articles; continue with --after " in result.err


def test_chunks_are_followed_too(tinsach, stored) -> None:
    options = "--follow", "--after", 0, "--limit", 2, "--chunks", 20
    result = tinsach("export", *options)
    records = [json.loads(line) for line in result.out.splitlines()]
    assert records == [
        chunk for article in stored[:2] for chunk in chunks_of(article, 20)
    ]
    assert "exported 2 articles" in result.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ["--follow", "-f", "csv"],
            "--follow writes JSON lines, not csv: use --format",
        ),
        (
            ["--chunks", "9", "-o", "a.md"],
            "--chunks writes JSON lines, not markdown: use",
        ),
        (["--follow", "-o", "a.jsonl"], "writes to standard output: use > a.jsonl"),
        (["--after", "5"], "--after needs --follow: add it, or use --since"),
        (["--chunks", "0"], "--chunks"),
    ],
)
def test_what_does_not_go_together_is_a_wrong_argument(
    tinsach, stored, options, said
) -> None:
    result = tinsach("export", *options)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


@pytest.mark.parametrize("how", ["moved", "replaced", "restored"])
def test_a_store_that_is_another_one_by_now_ends_it(
    stored, home, follow, how: str
) -> None:
    """SQLite reads on in a file without a name, in which nothing is ever stored."""
    path = home / "tinsach-home/articles.db"
    following = follow()
    if how == "restored":
        run_apart("store", "backup", "copy.db", cwd=home)
        run_apart("store", "restore", "copy.db", "--force", cwd=home)
    else:
        for name in ("articles.db", "articles.db-wal", "articles.db-shm"):
            path.with_name(name).rename(home / name)
    if how == "replaced":
        with open_store(f"sqlite:///{path}") as store:
            store.save([make_article(1)])
    _, err = following.child.communicate(timeout=60)
    assert following.child.returncode == 1
    assert f"store {path} was" in err.decode()
    assert "continue with --after" in err.decode()
