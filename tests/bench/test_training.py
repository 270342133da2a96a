"""The labeller that is trained is the one that reads, and no page trains its own judge."""

from __future__ import annotations

import random
import re

import lightgbm
import numpy as np
import pytest

from bench.__main__ import main
from bench.train import calibration_error
from bench.training.examples import BlockRows, Gold, PageRow, block_rows
from bench.training.folds import (
    FOLDS,
    authors_path_of,
    authors_without,
    fold_of,
    labeller_without,
    path_of,
)
from bench.training.growing import grow_body
from bench.training.trees import Grown, grown, module, write_section
from scraper.extraction import authors, weights
from scraper.extraction.features import block_features
from scraper.extraction.head import HeadWords
from scraper.extraction.labeller import TRAINED, Trees
from scraper.items import Page
from tests.unit.extraction.kit import VIETNAMESE, blocks_of, paragraphs

HALF = 0.5


def rows(count=400):
    """Return *count* blocks of which those with a first number over a half are body."""
    draw = random.Random(7)
    columns = {name: [draw.random() for _ in range(count)] for name in ("a", "b", "c")}
    return BlockRows(columns, [float(a > HALF) for a in columns["a"]], [1.0] * count)


def test_trees_as_python_say_what_lightgbm_says():
    known = rows()
    table = np.array(list(known.columns.values())).T
    booster = lightgbm.train(
        {"objective": "binary", "verbose": -1, "num_threads": 1, "num_iterations": 9},
        lightgbm.Dataset(table, known.shares),
    )
    compiled = grown(booster.dump_model(), dict.fromkeys("abc", 0.0), "x").compiled()
    assert compiled.probabilities(known.columns) == pytest.approx(
        list(booster.predict(table)), abs=1e-4
    )


def test_columns_of_whole_numbers_are_compared_with_whole_numbers():
    draw = random.Random(7)
    counts = [draw.randrange(9) for _ in range(900)]
    shares = [draw.random() for _ in range(900)]
    body = [float(n + share > 5) for n, share in zip(counts, shares, strict=True)]
    known = BlockRows({"n": counts, "share": shares}, body, [1.0] * 900)
    source = grow_body([known]).source
    assert all(bound.isdigit() for bound in re.findall(r"x0 <= (\S+)", source))
    assert not any(bound.isdigit() for bound in re.findall(r"x1 <= (\S+)", source))


def test_whole_numbers_are_compared_as_lightgbm_does():
    left_of_one = leaf_or(1.0, 2.0) | {"threshold": 1.5}
    dump = {"tree_info": [{"tree_structure": left_of_one}]}
    found = grown(dump, {"n": 0.0}, "x", whole={"n"})
    assert "<= 1 " in found.source
    assert [found.compiled().score(n) for n in range(4)] == [1, 1, 2, 2]


def test_new_trees_replace_their_own_section_of_the_weights(tmp_path):
    path = tmp_path / "weights.py"
    parts = {n: Grown((), f"def {n}():\n    return 1.0\n") for n in ("body", "authors")}
    first, other = (
        module({n: part}, f"Trees of {n}.\n\nOld.") for n, part in parts.items()
    )
    path.write_text(first + other, "utf-8")
    new = module({"body": parts["body"]}, "Trees of body.\n\nNew.")
    write_section(path, new)
    assert path.read_text("utf-8") == new + other


def test_what_the_first_trees_rule_out_the_others_are_not_asked():
    dump = {
        "tree_info": [
            {"tree_structure": leaf_or(-3.0, 0.0)},
            {"tree_structure": leaf_or(5.0, 5.0)},
        ]
    }
    usual = {"a": 0.0}
    asked = grown(dump, usual, "x").compiled()
    early = grown(dump, usual, "x", early=(1,)).compiled()
    assert [asked.score(0), asked.score(1)] == [2, 5]
    assert [early.score(0), early.score(1)] == [-3, 5]


def leaf_or(left, right):
    split = {"split_feature": 0, "threshold": HALF}
    leaves = {"left_child": {"leaf_value": left}, "right_child": {"leaf_value": right}}
    return split | leaves


def test_the_same_rows_give_the_same_trees():
    assert grow_body([rows()]) == grow_body([rows()])


def test_gold_that_a_sure_labeller_contradicts_weighs_less():
    known = BlockRows({"a": [1.0, 0.0, 1.0]}, [0.0, 1.0, 1.0], [10.0, 10.0, 10.0])
    sure = Trees(("a",), lambda a: 9 if a else -9)
    assert known.doubted(sure).weights == pytest.approx([3, 3, 10])


def test_a_block_is_body_by_the_share_that_gold_holds():
    page = Page("https://a.example/1", f"<h1>Tin</h1>{paragraphs()}".encode())
    row = {"id": "1", "kind": "article", "text": "\n\n".join(VIETNAMESE[:2])}
    row["optional"] = [VIETNAMESE[3]]
    found = block_rows(Gold("tiny", "a.example", row, page))
    assert found.shares == [0, 1, 1, 0, 0]
    assert found.weights[4] == 0
    assert min(found.weights[:4]) > 0


def test_a_fold_has_a_labeller_of_its_own_and_no_site_is_in_two():
    sites = [f"{n}.example" for n in range(50)]
    assert {fold_of(site) for site in sites} == set(range(FOLDS))
    assert labeller_without("a.example") is labeller_without("a.example")
    assert labeller_without(sites[0]) != TRAINED
    assert {path_of(fold).is_file() for fold in range(FOLDS)} == {True}


def test_a_fold_has_author_trees_of_its_own_in_which_its_sites_are_read():
    shipped = authors.TRAINED
    with authors_without("a.example"):
        unseen = authors.TRAINED
        assert unseen != shipped
    assert authors.TRAINED is shipped
    with authors_without("a.example"):
        assert authors.TRAINED is unseen
    assert {authors_path_of(fold).is_file() for fold in range(FOLDS)} == {True}


def test_the_features_of_the_weights_are_those_of_a_page():
    columns = block_features(blocks_of(paragraphs()), HeadWords())
    assert set(weights.BODY) <= columns.keys()
    assert len(weights.BODY) == len(weights.BODY_USUAL)


def test_what_weighs_most_is_what_would_change_the_label_most():
    trees = Trees(("a", "b"), lambda a, b: 2 * a + b, (0.0, 1.0))
    assert trees.weighed({"a": [1, 0], "b": [4, 1]}) == [(("b", 3), ("a", 2)), ()]


def test_the_error_of_calibration_is_how_far_confidence_and_truth_are_apart():
    def page(confidence, f1):
        return PageRow({}, {"extraction": {"confidence": confidence}}, f1, True)

    assert calibration_error([page(1, 0.95), page(1, 0.95)]) == 0
    assert calibration_error([page(0.6, 0.95), page(0.6, 0.5)]) == pytest.approx(0.1)
    assert calibration_error([page(0.9, None)]) == 0


@pytest.mark.usefixtures("shared_data")
def test_pages_of_one_site_cannot_judge_each_other(capfd):
    assert main(["train", "--sets", "replica"]) == 2
    assert "add sets of other sites" in capfd.readouterr().err


@pytest.mark.usefixtures("shared_data")
def test_a_set_that_is_not_there_is_named(capfd):
    assert main(["train", "--sets", "replica,nosuch"]) == 2
    assert "--sets: no nosuch; there are" in capfd.readouterr().err


@pytest.mark.slow
def test_the_same_pages_give_the_same_weights_byte_for_byte(
    shared_data, tmp_path, capfd
):
    made = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        arguments = ["train", "--sets", "vn2,vietnamese,replica", "--worst", "0"]
        assert main([*arguments, "--output", str(folder)]) == 0
        assert "calibration error" in capfd.readouterr().out
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert made[0] == made[1]
    assert len(made[0]) == FOLDS + 1
