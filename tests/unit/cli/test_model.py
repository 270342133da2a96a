from __future__ import annotations

import json

import pytest

from scraper.storage import open_store

SITE = "bao.example"
A, B = "aaaa000000000001", "bbbb000000000002"
RECORD = '{\n "tiêu đề": 1\n}\n'


@pytest.fixture
def saved(home) -> None:
    """Two versions in the default store, the first with a readable record."""
    with open_store() as store:
        store.models.save_model(SITE, A, RECORD, pages=5)
        store.models.save_model(SITE, B, "{}", pages=9)
        store.models.save_samples(SITE, {"a": "1"}, keep=9)


def states(tinsach) -> dict[str, str]:
    rows = (line.split("\t") for line in tinsach("model", "list").out.splitlines())
    return {row[1]: row[4] for row in rows}


def test_list_gives_tabs_in_a_pipe(tinsach, saved) -> None:
    result = tinsach("model", "list", f"https://{SITE}/a.htm")
    rows = [line.split("\t") for line in result.out.splitlines()]
    assert [(r[0], r[1], r[2], r[4]) for r in rows] == [
        (SITE, B, "9", "current"),
        (SITE, A, "5", "-"),
    ]
    assert result.code == 0


def test_an_empty_list_says_what_to_do(tinsach, saved) -> None:
    result = tinsach("model", "list", "khac.example")
    assert (result.code, result.out) == (0, "")
    assert "no model of khac.example is stored; `tinsach model learn" in result.err


def test_show_prints_the_model_in_use_or_the_version_asked_for(tinsach, saved) -> None:
    assert tinsach("model", "show", SITE).out == "{}\n"
    shown = tinsach("model", "show", f"https://{SITE}/tin.htm", "--version", "aaaa")
    assert (shown.code, shown.out) == (0, RECORD)


@pytest.mark.parametrize("command", [["show"], ["unpin"], ["forget"], ["pin"]])
def test_a_site_without_a_model_is_exit_1(tinsach, saved, command) -> None:
    rest = [A] if command == ["pin"] else []
    result = tinsach("model", *command, "khac.example", *rest)
    assert (result.code, result.out) == (1, "")
    assert "model of khac.example" in result.err


def test_no_site_is_a_wrong_argument(tinsach, saved) -> None:
    result = tinsach("model", "show", "a b")
    assert (result.code, result.err) == (
        2,
        "tinsach: 'a b' is not a site; write it like baotintuc.vn\n",
    )


def test_pin_and_unpin_choose_the_version_in_use(tinsach, saved) -> None:
    assert f"{A} is pinned" in tinsach("model", "pin", SITE, "aaaa").err
    assert states(tinsach) == {A: "pinned", B: "-"}
    assert f"no longer pinned; {B} is in use" in tinsach("model", "unpin", SITE).err
    assert states(tinsach) == {A: "-", B: "current"}
    assert "no version was pinned" in tinsach("model", "unpin", SITE).err


def test_forget_removes_and_says_how_many(tinsach, saved) -> None:
    result = tinsach("model", "forget", SITE)
    assert (result.code, result.err) == (0, f"{SITE}: 2 versions, 1 samples removed\n")
    assert states(tinsach) == {}
    assert tinsach("model", "forget", SITE).code == 1


def test_import_stores_and_pins_a_version_of_its_own(tinsach, saved, home) -> None:
    parts = {"templates": [], "repeated": {}, "labels": {}, "listing": []}
    parts |= {"openings": {}, "audited": 0, "agreed": 0}
    record = {"format": 2, "site": SITE, "pages": 7, "sample": [], **parts}
    (home / "model.json").write_text(json.dumps(record), "utf-8")
    result = tinsach("model", "import", "model.json")
    assert result.code == 0, result.err
    assert "is stored and pinned" in result.err
    (pinned,) = [v for v, state in states(tinsach).items() if state == "pinned"]
    shown = json.loads(tinsach("model", "show", SITE).out)
    assert shown.pop("version") == pinned
    assert shown == record
    assert pinned in result.err
