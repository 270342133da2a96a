"""What ``tinsach extract`` scores on the gold pages may not go down unasked.

A floor goes up with the score; it goes down only with a reason in the changelog.
"""

from __future__ import annotations

import json
import subprocess
import sys
from operator import ge, le

import pytest

WHOLE = dict.fromkeys(("kind", "title", "lead", "authors", "agency", "date"), 1.0)
FLOORS = {
    "baotintuc": {"pages": 19, "f1": 1.0, "perfect": 1.0, "captions": 1.0, **WHOLE},
    "vietnamese": {
        "pages": 5,
        "f1": 0.98,
        **dict.fromkeys(("kind", "title", "lead", "authors", "date", "captions"), 1.0),
    },
    "fundus-eval": {"pages": 40, "f1": 0.983, "perfect": 0.62, "kind": 1.0},
    "aed": {
        "pages": 226,
        "f1": 0.94,
        "perfect": 0.27,
        "kind": 1.0,
        "title": 0.92,
        "authors": 0.735,
        "date": 0.87,
    },
}
CEILINGS = {name: {"missing": 0, "leaked": 0} for name in FLOORS}
CEILINGS["aed"] |= {"below_0.8": 18}
CEILINGS["fundus-eval"] |= {"below_0.8": 1}


def extract(manifest, out):
    command = [
        sys.executable,
        "-c",
        "from scraper.cli import main; exit(main())",
        "extract",
        str(manifest),
        "-o",
        str(out),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr


def score(shared_data, manifest, out):
    command = [sys.executable, shared_data.parent / "score.py", manifest, out]
    done = subprocess.run(
        [*map(str, command), "--worst", "3"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    figures, _, worst = done.stdout.partition("\n")
    return json.loads(figures), worst


@pytest.mark.parametrize("name", FLOORS)
def test_the_gold_set_scores_at_least_its_floors(name, shared_data, tmp_path):
    manifest, out = shared_data / name / "gold.jsonl", tmp_path / "out.jsonl"
    extract(manifest, out)
    figures, worst = score(shared_data, manifest, out)
    missed = {
        figure: (figures.get(figure), bound)
        for holds, bounds in ((ge, FLOORS[name]), (le, CEILINGS[name]))
        for figure, bound in bounds.items()
        if figure not in figures or not holds(figures[figure], bound)
    }
    assert not missed, f"(found, bound) by figure: {missed}\n{worst}"
