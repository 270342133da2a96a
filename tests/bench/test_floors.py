"""What ``tinsach extract`` scores on the gold pages may not go down unasked.

The sets that are made here are always measured, those beside the project where they exist.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bench.__main__ import main
from bench.gold.floors import FLOORS, missed, raised, set_of, split
from bench.gold.measuring import Measured
from worlds.gold.made import NAMES as MADE
from worlds.gold.scoring import Scores
from worlds.gold.sets import SHARED_DATA, SMALL, write_set

SETS = sorted(
    {
        set_of(key).removesuffix(".sample")
        for key in json.loads(FLOORS.read_text("utf-8"))
    }
)
PAGE = """<html lang="en"><head><title>A day at sea</title><meta property="og:type"
content="article"><meta property="article:published_time" content="2026-11-02T08:00:00Z">
</head><body><article><h1>A day at sea</h1><p>The boats left the harbour before dawn, and
none of the crews spoke of the storm that the forecast had promised for the evening.</p>
<p>By noon the wind had turned, and the first of them were seen from the lighthouse on
their way back, low in the water with a catch that nobody had hoped for.</p></article>
</body></html>"""


@pytest.fixture
def quality(capfd):
    def run(*arguments):
        code = main(["quality", *map(str, arguments)])
        return (code, *capfd.readouterr())

    return run


@pytest.fixture
def floors_file(tmp_path):
    def write(floors):
        path = tmp_path / "floors.json"
        path.write_text(json.dumps(floors))
        return path

    return write


@pytest.fixture
def data(tmp_path):
    """A folder with the set "tiny": of one article the title and the day."""
    pages = tmp_path / "data" / "tiny" / "pages"
    pages.mkdir(parents=True)
    (pages / "1.html").write_text(PAGE)
    row = {"id": "1", "kind": "article", "url": "https://a.example/1", "text": ""}
    row |= {"fields_only": True, "title": "A day at sea", "date": "2026-11-02"}
    (pages.parent / "gold.jsonl").write_text(json.dumps(row))
    return tmp_path / "data"


def check(project, *arguments):
    """Measure in a process without coverage, which would double its cost to no end."""
    traced = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")
    done = subprocess.run(
        [sys.executable, "-m", "bench", "quality", "--check", "--worst=3", *arguments],
        cwd=project,
        env={name: value for name, value in os.environ.items() if name not in traced},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "floors hold, 0 do not" in done.stdout


def test_every_figure_of_the_samples_holds_its_floor(project):
    check(project, "--sample")


@pytest.mark.slow(first=True)
@pytest.mark.parametrize("name", SETS)
def test_every_figure_of_a_set_holds_its_floor(project, name):
    """Each set is a test of its own, so that several cores measure."""
    if name not in MADE and not (SHARED_DATA / name).is_dir():
        pytest.skip(f"the set {name} is not on this machine")
    check(project, "--sets", name)


def test_the_replica_has_floors_with_the_model_and_without():
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert {"replica.f1", "replica.leaked", "replica.alone.f1"} <= floors.keys()


def test_a_figure_under_its_floor_fails_the_check_and_is_named(
    quality, floors_file, data
):
    path = floors_file({"tiny.title": 1.5, "tiny.missing": 0, "elsewhere.f1": 1.0})
    code, out, _ = quality(
        *("--data", data, "--sets", "tiny", "--check", "--floors", path)
    )
    assert code == 1
    assert "tiny.title: 1 is under its floor 1.5" in out
    assert "not measured, floors skipped: elsewhere" in out
    assert "1 floors hold, 1 do not" in out


def test_raising_the_floors_lowers_none(quality, floors_file, data):
    path = floors_file({"tiny.title": 1.5, "tiny.date": 0.5, "elsewhere.f1": 0.7})
    code, _, err = quality(
        *("--data", data, "--sets", "tiny", "--raise-floors", "--floors", path)
    )
    assert code == 0, err
    floors = json.loads(path.read_text())
    assert floors["tiny.title"] == 1.5
    assert floors["elsewhere.f1"] == 0.7
    assert floors["tiny.date"] == 1.0
    assert floors["tiny.alone.missing"] == 0


@pytest.mark.parametrize(
    ("figure", "before", "after"),
    [
        (0.9427, 0.9, 0.941),
        (0.9427, 0.942, 0.942),
        (0.9427, 0.95, 0.95),
        (1.0, 0.9, 1.0),
    ],
)
def test_a_raised_floor_is_one_thousandth_under_its_figure(figure, before, after):
    assert raised({"s.f1": figure}, {"s.f1": before}) == {"s.f1": after}


def test_a_ceiling_comes_down_and_never_goes_up():
    figures = {"s.leaked": 2, "s.alone.below_0.8": 9, "s.lost": 0.0123}
    before = {"s.leaked": 5, "s.alone.below_0.8": 4, "s.lost": 0.02}
    after = {"s.leaked": 2, "s.alone.below_0.8": 4, "s.lost": 0.0123}
    assert raised(figures, before) == after


def test_a_figure_over_its_ceiling_is_missed():
    assert missed({"s.leaked": 2}, {"s.leaked": 1}) == [
        "s.leaked: 2 is over its ceiling 1"
    ]


def test_a_figure_that_is_no_longer_measured_is_missed():
    assert missed({"s.f1": 1.0}, {"s.title": 0.9}) == [
        "s.title: not measured, its floor is 0.9"
    ]


def test_only_our_own_figures_are_held_to_floors_also_on_the_sample(tmp_path):
    scores = dict.fromkeys(("", "alone", "trafilatura_default"), Scores({"f1": 1.0}))
    rows = ({"id": str(n), "kind": "listing"} for n in range(SMALL + 1))
    gold_set = write_set("s", tmp_path, ((row, b"") for row in rows))
    measured = Measured(gold_set, scores, {"": Scores({"f1": 0.5})})
    assert measured.held() == {"s.f1": 1.0, "s.alone.f1": 1.0, "s.sample.f1": 0.5}
    assert "s.trafilatura_default.f1" in measured.flat()


def test_spread_and_the_halves_of_an_f1_get_no_floor():
    assert raised({"s.page_sd": 0.1, "s.recall": 0.9, "s.f1": 1.0}, {}) == {"s.f1": 1.0}


def test_a_key_is_taken_apart_also_where_a_part_holds_a_dot():
    assert split("a-set.alone.below_0.8") == ("a-set", "alone", "below_0.8")
    assert split("a-set.sample.alone.f1") == ("a-set.sample", "alone", "f1")
    assert split("a-set.sample.lost") == ("a-set.sample", "", "lost")
    assert split("a-set.f1") == ("a-set", "", "f1")


def test_a_folder_without_gold_is_a_wrong_argument(quality, tmp_path):
    code, out, err = quality("--data", tmp_path, "--json")
    assert (code, out) == (2, "")
    assert f"{tmp_path}: no folder with a gold.jsonl in it" in err


def test_a_malformed_line_of_gold_is_named(quality, tmp_path):
    folder = tmp_path / "aset"
    folder.mkdir()
    (folder / "gold.jsonl").write_text('{"id": "1", "kind": "article"}\n')
    code, _, err = quality("--data", tmp_path)
    assert code == 2
    assert 'gold.jsonl, line 1: an article with neither "text" nor' in err
