"""The log that a killed process leaves: sound, or damaged and put in order."""

from __future__ import annotations

import logging
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from scraper.storage import open_read_only, open_store, wal
from scraper.storage.maintenance import find_damage
from scraper.storage.wal import FRAME, HEADER, content_of, read_log
from tests.unit.storage.save_articles import article

WRITER = Path(__file__).with_name("save_articles.py")
PAGE = 16384
COUNT = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A store with a log of COUNT transactions, as a killed process leaves it."""
    folder, left = tmp_path_factory.mktemp("open"), tmp_path_factory.mktemp("left")
    with open_store(f"sqlite:///{folder}/articles.db") as store:
        for number in range(COUNT):
            store.save([article(number)])
        for file in folder.iterdir():
            shutil.copy2(file, left)
    return left


@pytest.fixture
def database(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "store")) / "articles.db"


def flip(database: Path, *bits: int) -> None:
    log = wal.log_of(database)
    content = bytearray(log.read_bytes())
    for bit in bits:
        content[bit // 8] ^= 1 << bit % 8
    log.write_bytes(content)


def bit_in(frame: int, byte: int) -> int:
    """Return the number of a bit in the log: of *byte* of *frame*, both from 0."""
    return (HEADER + frame * (FRAME + PAGE) + byte) * 8 + 3


def count_by_sqlite(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM articles").fetchone()
    return int(count)


def committed(database: Path) -> int:
    log = read_log(wal.log_of(database), database, wal.index_of(database))
    return len(log.frames)


def test_a_sound_log_is_no_damage(database) -> None:
    assert committed(database) > COUNT
    assert wal.check(database, repair=True) is None
    assert count_by_sqlite(database) == COUNT


def test_sqlite_drops_what_follows_a_damaged_frame_without_a_word(database) -> None:
    flip(database, bit_in(60, 2000))
    assert count_by_sqlite(database) < COUNT


@pytest.mark.parametrize("has_index", [True, False])
@pytest.mark.parametrize(
    "byte", [1, 6, 9, 17, 22, FRAME, FRAME + 2000, FRAME + PAGE - 5]
)
def test_a_flipped_bit_in_a_frame_costs_nothing(database, byte, has_index) -> None:
    if not has_index:
        wal.index_of(database).unlink()
    flip(database, bit_in(40, byte))
    found = wal.main(database, repair=True)
    assert found is not None
    assert (found.first, found.unknown, found.is_kept) == (41, 0, True)
    assert Path(found.aside).exists()
    assert wal.main(database, repair=False) is None
    assert count_by_sqlite(database) == COUNT


@pytest.mark.parametrize("byte", [0, 5, 10, 17, 25, 29])
def test_a_damaged_header_costs_nothing(database, byte) -> None:
    sound = pages_of_log(database)
    flip(database, byte * 8)
    found = wal.main(database, repair=True)
    assert found is not None
    assert found.first == 1
    assert pages_of_log(database) == sound
    assert count_by_sqlite(database) == COUNT


def test_a_damaged_header_before_frames_of_an_earlier_time_costs_nothing(
    database,
) -> None:
    sound = pages_of_log(database)
    log = wal.log_of(database)
    older = bytearray(log.read_bytes()[HEADER:])
    for start in range(0, len(older) - FRAME, FRAME + PAGE):
        older[start + 8 : start + 16] = b"an older"
    os.truncate(log, HEADER + len(sound) * (FRAME + PAGE))
    with log.open("ab") as file:
        file.write(older * 3)
    flip(database, 17 * 8)
    wal.main(database, repair=True)
    assert pages_of_log(database) == sound


def test_many_flipped_bits_in_many_frames_cost_nothing(database) -> None:
    chance = random.Random(7)
    flip(database, *(bit_in(n, chance.randrange(PAGE)) for n in range(20, 60)))
    assert wal.check(database, repair=True).bad == 40
    assert count_by_sqlite(database) == COUNT


def test_a_flipped_bit_of_a_checksum_changes_no_page(database) -> None:
    sound = pages_of_log(database)
    for frame in range(10, 50, 2):  # half of them look like a bit of the last word
        flip(database, bit_in(frame, 22), bit_in(frame + 1, 2000))
    wal.main(database, repair=True)
    assert pages_of_log(database) == sound


def pages_of_log(database: Path) -> list[tuple[int, bytes]]:
    """Return the numbers and the pages of the committed frames in their order."""
    path = wal.log_of(database)
    log = read_log(path, database, wal.index_of(database))
    with path.open("rb") as file:
        return [(f.page, content_of(file, log, f)[8:]) for f in log.frames]


def test_a_frame_that_cannot_be_corrected_is_kept_as_it_is(database) -> None:
    end = committed(database) - 20
    flip(database, bit_in(end, FRAME + 16000), bit_in(end, FRAME + 16100))
    found = wal.check(database, repair=True)
    assert (found.unknown, found.is_kept) == (1, True)
    assert count_by_sqlite(database) == COUNT


def test_after_a_crash_of_the_machine_only_what_is_certain_is_kept(database) -> None:
    flip(database, bit_in(60, FRAME + 1000), bit_in(60, FRAME + 1100))
    os.utime(wal.log_of(database), (0, 0))
    found = wal.check(database, repair=True)
    assert not found.is_kept
    assert f"the last {found.dropped} are dropped" in found.outcome
    assert 0 < count_by_sqlite(database) < COUNT


def test_a_log_that_was_cut_is_reported_by_what_its_users_knew(database) -> None:
    log = wal.log_of(database)
    os.truncate(log, HEADER + (committed(database) - 5) * (FRAME + PAGE) + 99)
    found = wal.check(database, repair=True)
    assert found is not None
    assert not found.is_kept
    assert wal.check(database) is None
    assert 0 < count_by_sqlite(database) < COUNT


def test_a_torn_last_frame_over_an_older_one_is_no_damage(database) -> None:
    last = committed(database) - 1
    flip(database, *(bit_in(last, FRAME + n) for n in range(0, 900, 7)))
    with wal.log_of(database).open("ab") as log:
        log.write(os.urandom(FRAME + PAGE))
    assert wal.check(database) is not None  # its users knew that it was written whole
    wal.index_of(database).unlink()
    assert wal.check(database) is None


def test_a_log_in_use_is_left_alone(database) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("SELECT 1 FROM articles").fetchone()
        flip(database, bit_in(40, 2000))
        assert wal.check(database) is None
    # Whoever used it last put the sound frames into the file, and removed the log.
    assert not wal.log_of(database).exists()


def test_the_damage_is_found_without_a_change(database) -> None:
    flip(database, bit_in(40, 2000))
    before = {path: path.read_bytes() for path in database.parent.iterdir()}
    assert "its log is damaged: 1 of " in find_damage(f"sqlite:///{database}")
    assert {path: path.read_bytes() for path in database.parent.iterdir()} == before


def test_whoever_opens_the_store_says_so_and_loses_nothing(database, caplog) -> None:
    flip(database, bit_in(40, 2000))
    with (
        caplog.at_level(logging.WARNING),
        open_store(f"sqlite:///{database}") as store,
    ):
        assert store.count() == COUNT
        assert len(list(store.iter_articles())) == COUNT
    assert "its log is damaged: 1 of " in caplog.text
    assert "the damaged log is kept as " in caplog.text


def test_a_reader_that_writes_nothing_reports_the_log(database, caplog) -> None:
    flip(database, bit_in(40, 2000))
    before = wal.log_of(database).read_bytes()
    with caplog.at_level(logging.WARNING):
        open_read_only(f"sqlite:///{database}").close()
    assert "`tinsach doctor --repair` keeps what it holds" in caplog.text
    assert wal.log_of(database).read_bytes() == before


@pytest.mark.parametrize(
    "kills", [3, pytest.param(60, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_kills_leave_no_log_that_counts_as_damaged(tmp_path, kills) -> None:
    chance, left = random.Random(kills), 0
    url = f"sqlite:///{tmp_path}/articles.db"
    for number in range(kills):
        command = [sys.executable, str(WRITER), url, str(1000 * number), "1000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            for _ in islice(child.stdout, chance.randrange(1, 60)):
                pass
            child.kill()
        left += wal.log_of(tmp_path / "articles.db").exists()
        assert wal.check(tmp_path / "articles.db") is None
    assert left
