"""The figures mean what the gold sets' own score means by them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from scraper.items import Page
from worlds.gold.oracle import best_text
from worlds.gold.scoring import score
from worlds.gold.sets import load_sets

TEXT = "one two three four five\n\nsix seven eight nine ten"


def article(**fields):
    return {"id": "a", "kind": "article", "text": TEXT, **fields}


def figures(row, **prediction):
    return score([row], {"a": prediction}).figures


def official(gold, predictions, folder, shared):
    path = folder / "predictions.jsonl"
    path.write_text("\n".join(map(json.dumps, predictions.values())))
    done = subprocess.run(
        [sys.executable, shared / "score.py", gold, path],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def as_gold(rows):
    """Return predictions that state what the gold does."""
    return {
        row["id"]: {
            "id": row["id"],
            "kind": row["kind"],
            "text": row["text"] or " ".join((row.get("starts") or "", row["id"])),
            **{name: row.get(name) for name in ("title", "lead", "authors", "agency")},
            "captions": row.get("captions"),
            "published_at": row.get("date"),
        }
        for row in rows
    }


def spoiled(predictions):
    """Return the same with faults of every sort, so that no figure is whole."""
    out = {}
    for n, (name, p) in enumerate(predictions.items()):
        text, lead = p["text"], p.get("lead") or ""
        changes = [
            {"text": text[: len(text) // 2], "title": None},
            {"text": f"{text}\n\nChia sẻ: now", "authors": ["By No One"], "lead": ""},
            {"kind": "listing", "captions": ["none such"]},
            {"text": "", "published_at": None, "agency": "no agency"},
            {"text": f"{lead}\n\n{text}", "lead": f"(Báo mới) - {lead}"},
            {"text": "too short"},
            {"text": f"before it {text}", "lead": f"TTO – {lead}"},
            {},
        ][n % 8]
        if n % 7 != 3:
            out[name] = {**p, **changes}
    return out


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_every_set_gets_the_figures_of_its_own_score(shared_data, tmp_path, whole):
    for gold_set in load_sets(shared_data):
        rows = gold_set.rows if whole else gold_set.rows[:16]
        gold = tmp_path / "gold.jsonl"
        gold.write_text("\n".join(map(json.dumps, rows)))
        predictions = spoiled(as_gold(rows))
        expected = official(gold, predictions, tmp_path, shared_data.parent)
        assert score(rows, predictions).figures == expected, gold_set.name


@pytest.mark.parametrize(
    ("row", "prediction", "figure", "value"),
    [
        ({"with": ["b  c", "x"], "without": ["d", "e"]}, {}, "segments_f1", 0.5),
        ({"fields_only": True, "starts": "A b"}, {}, "starts", 1.0),
        ({"fields_only": True, "starts": "c d"}, {"lead": "a b"}, "starts", 1.0),
        ({"fields_only": True, "starts": "b c"}, {"lead": "c d"}, "starts", 0.0),
        ({"fields_only": True, "ends": "C d."}, {}, "ends", 1.0),
        ({"fields_only": True, "ends": "c"}, {}, "ends", 0.0),
        ({"fields_only": True, "starts": "…"}, {}, "starts", 0.0),
        ({"text": "x y", "lead": "An"}, {"lead": "(Báo) - an"}, "lead", 1.0),
        ({"text": "x y", "lead": "TTO - An"}, {"lead": "an"}, "lead", 1.0),
        ({"text": "x y"}, {}, "lost", 1.0),
        ({"text": "a b c d"}, {}, "lost", 0.0),
    ],
)
def test_a_row_gets_the_figures_of_its_own_score(
    shared_data, tmp_path, row, prediction, figure, value
):
    row = {"id": "a", "kind": "article", **row}
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(row))
    found = {"a": {"id": "a", "text": "a b c d", **prediction}}
    expected = official(gold, found, tmp_path, shared_data.parent)
    assert score([row], found).figures == expected
    assert expected[figure] == value


def test_a_row_of_fields_only_has_no_figure_of_its_text():
    found = figures(article(text="", fields_only=True, title="An"), title="an")
    assert found == {"pages": 1, "missing": 0, "kind": 0.0, "title": 1.0}


def test_lost_and_kept_lines_halve_the_agreement():
    found = figures(article(), text="one two three four five")
    assert (found["precision"], found["recall"]) == (
        1.0,
        pytest.approx(2 / 7, abs=1e-4),
    )
    assert found["below_0.8"] == 1


def test_a_text_without_its_optional_paragraphs_is_as_right():
    parts = TEXT.split("\n\n")
    row = article(paragraphs=parts, optional=parts[1:])
    assert figures(row, text=parts[0])["perfect"] == 1.0
    assert figures(row, text=TEXT)["perfect"] == 1.0


def test_a_forbidden_string_leaks_only_where_it_begins_a_line():
    row = article(forbidden=["Share:"])
    assert figures(row, text=f"{TEXT}\nshare now")["leaked"] == 1
    assert figures(row, text=f"{TEXT} Share")["leaked"] == 0


def test_no_author_is_a_statement_and_an_unknown_one_is_not():
    assert figures(article(authors=[]), text=TEXT, authors=["An"])["authors"] == 0.0
    assert "authors" not in figures(article(authors=None), text=TEXT, authors=["An"])


def test_a_listing_counts_for_the_kind_alone():
    row = {"id": "a", "kind": "listing", "text": ""}
    found = figures(row, kind="listing", text="")
    assert found == {"pages": 1, "missing": 0, "kind": 1.0}


def test_a_page_without_a_prediction_is_missing_and_scores_nothing():
    found = score([article()], {}).figures
    assert (found["missing"], found["f1"]) == (1, 0.0)


def test_the_worst_pages_tell_what_was_lost_and_kept():
    [page] = score([article()], {"a": {"text": "one two three four five\nAd"}}).worst(9)
    assert (page.lost(), page.kept()) == (["six seven eight nine ten"], ["Ad"])


def test_the_best_text_of_a_page_is_its_gold_blocks():
    html = "<nav>home news one</nav>" + "".join(
        f"<p>{part}</p>" for part in (*TEXT.split("\n\n"), "more for you: seven eight")
    )
    body = f"<html><body>{html}</body></html>".encode()
    assert best_text(Page("https://a.example/1", body), article()) == TEXT
