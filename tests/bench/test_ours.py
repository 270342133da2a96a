"""What is scored as ours is what ``tinsach extract`` writes."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bench.gold.ours import ALONE, FULL, MODEL, predict_ours
from scraper.cli import main
from worlds.gold.replica import write_replica
from worlds.gold.sets import GoldSet

PAGES = 8
BROKEN = {"id": "broken", "kind": "article", "url": "https://b.example/", "text": "x"}


@pytest.fixture(scope="module")
def gold_set(tmp_path_factory):
    """Some pages of the replica, a section among them, and one that cannot be read."""
    folder = tmp_path_factory.mktemp("replica")
    gold = write_replica(folder).manifest
    rows = gold.read_text("utf-8").splitlines()
    gold.write_text("\n".join([*rows[:PAGES], json.dumps(BROKEN), rows[-1]]), "utf-8")
    (folder / "pages" / "broken.html").write_bytes(b"%PDF-1.7")
    return GoldSet("part", folder)


@pytest.fixture(scope="module")
def predictions(gold_set):
    return predict_ours(gold_set, full=True)


@pytest.mark.parametrize(("key", "model"), [(MODEL, "auto"), (ALONE, "none")])
def test_a_prediction_is_the_record_of_the_command(
    gold_set, predictions, key, model, tmp_path
):
    out = tmp_path / "out.jsonl"
    main(["extract", str(gold_set.manifest), "-o", str(out), "--model", model])
    records = {r["id"]: r for r in map(json.loads, out.read_text("utf-8").splitlines())}
    assert records.keys() == predictions[key].keys()
    for name, record in records.items():
        assert same(record) == same(predictions[key][name])


def same(record):
    """Return *record* without what the command alone knows: the gold's id, the error."""
    own = {"id", "url", "error"} if record["kind"] == "error" else {"id"}
    return {name: value for name, value in record.items() if name not in own}


def test_pages_of_a_site_with_a_model_are_read_by_it_fast_or_in_full(predictions):
    def methods(key):
        records = [each for each in predictions[key].values() if each.get("text")]
        return Counter(record["extraction"]["method"] for record in records)

    assert methods(MODEL)["fast"] > PAGES / 2
    assert methods(ALONE).keys() == methods(FULL).keys() == {"careful"}


def test_a_page_that_cannot_be_read_is_of_kind_error(predictions):
    assert predictions[MODEL]["broken"] == {"kind": "error"}
