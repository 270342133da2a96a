"""What ``tinsach extract`` scores on the gold pages may not go down unasked.

The replica's pages are always measured, the sets beside the project where they exist.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bench.gold.floors import FLOORS, missed, raised, split
from bench.gold.measuring import Measured
from bench.gold.scoring import Scores
from bench.gold.sets import GoldSet


@pytest.fixture(scope="module")
def quality(project):
    def run(*arguments, timeout=600):
        return subprocess.run(
            [sys.executable, "-m", "bench", "quality", *map(str, arguments)],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run


@pytest.fixture
def floors_file(tmp_path):
    def write(floors):
        path = tmp_path / "floors.json"
        path.write_text(json.dumps(floors))
        return path

    return write


def test_every_measured_figure_holds_its_floor(quality):
    done = quality("--check", "--worst", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "floors hold, 0 do not" in done.stdout


def test_the_replica_has_floors_with_the_model_and_without():
    floors = json.loads(FLOORS.read_text("utf-8"))
    assert {"replica.f1", "replica.leaked", "replica.alone.f1"} <= floors.keys()


def test_a_figure_under_its_floor_fails_the_check_and_is_named(quality, floors_file):
    floors = {"replica.f1": 1.5, "replica.leaked": 0, "elsewhere.f1": 1.0}
    done = quality("--sets", "replica", "--check", "--floors", floors_file(floors))
    assert done.returncode == 1
    assert "replica.f1: 1 is under its floor 1.5" in done.stdout
    assert "elsewhere: not measured, its floors are skipped" in done.stdout
    assert "1 floors hold, 1 do not" in done.stdout


def test_raising_the_floors_lowers_none(quality, floors_file):
    path = floors_file({"replica.f1": 1.5, "replica.title": 0.5, "elsewhere.f1": 0.7})
    done = quality("--sets", "replica", "--raise-floors", "--floors", path)
    assert done.returncode == 0, done.stderr
    floors = json.loads(path.read_text())
    assert floors["replica.f1"] == 1.5
    assert floors["elsewhere.f1"] == 0.7
    assert floors["replica.title"] == 1.0
    assert floors["replica.alone.leaked"] == 0


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
    figures = {"s.leaked": 2, "s.alone.below_0.8": 9}
    before = {"s.leaked": 5, "s.alone.below_0.8": 4}
    assert raised(figures, before) == {"s.alone.below_0.8": 4, "s.leaked": 2}


def test_a_figure_over_its_ceiling_is_missed():
    assert missed({"s.leaked": 2}, {"s.leaked": 1}) == [
        "s.leaked: 2 is over its ceiling 1"
    ]


def test_a_figure_that_is_no_longer_measured_is_missed():
    assert missed({"s.f1": 1.0}, {"s.title": 0.9}) == [
        "s.title: not measured, its floor is 0.9"
    ]


def test_only_our_own_figures_are_held_to_floors(tmp_path):
    scores = dict.fromkeys(("", "alone", "trafilatura_default"), Scores({"f1": 1.0}))
    measured = Measured(GoldSet("s", tmp_path), scores)
    assert measured.ours().flat() == {"s.f1": 1.0, "s.alone.f1": 1.0}
    assert "s.trafilatura_default.f1" in measured.flat()


def test_spread_and_the_halves_of_an_f1_get_no_floor():
    assert raised({"s.page_sd": 0.1, "s.recall": 0.9, "s.f1": 1.0}, {}) == {"s.f1": 1.0}


def test_a_key_is_taken_apart_also_where_its_figure_holds_a_dot():
    assert split("a-set.alone.below_0.8") == ("a-set", "alone", "below_0.8")
    assert split("a-set.f1") == ("a-set", "", "f1")


def test_a_folder_without_gold_is_a_wrong_argument(quality, tmp_path):
    done = quality("--data", tmp_path, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path}: no folder with a gold.jsonl in it" in done.stderr


def test_a_malformed_line_of_gold_is_named(quality, tmp_path):
    folder = tmp_path / "aset"
    folder.mkdir()
    (folder / "gold.jsonl").write_text('{"id": "1", "kind": "article"}\n')
    done = quality("--data", tmp_path)
    assert done.returncode == 2
    assert 'gold.jsonl, line 1: an article with neither "text" nor' in done.stderr
