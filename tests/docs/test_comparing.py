"""What counts as the same output, and that the runner finds what is wrong."""

from __future__ import annotations

import pytest

from tests.docs.comparing import difference
from tests.docs.dry import faults_of
from tests.docs.pages import Block, commands_in


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (["one", "two"], "one\ntwo\n"),
        (["first", "…", "last"], "first\na\nb\nlast\n"),
        (["first", "…", "last"], "first\nlast\n"),
        (["run … done"], "run 17 done\n"),
        (["… 76 more"], "… 76 more\n"),
        (["│ seconds │ 6.5 │"], "│ seconds  │  0.8 │\n"),
        (["┌───┐"], "┌─────┐\n"),
        ([], "crawl news: 12 pages done, 3 waiting, 4 articles\n"),
    ],
)
def test_only_what_must_vary_may_differ(shown, said) -> None:
    assert difference(tuple(shown), said) == ""


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ([], "one\n"),
        (["one"], ""),
        (["one"], "two\n"),
        (["one"], "one\ntwo\n"),
        (["first", "…", "last"], "first\na\n"),
        (["run … done"], "run 17 failed\n"),
        (["│ new │ 5 │"], "│ new │ 4 │\n"),
    ],
)
def test_any_other_difference_is_told(shown, said) -> None:
    assert "+++ the command" in difference(tuple(shown), said)


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("tinsach crawll baotintuc", "no command crawll"),
        ("tinsach export --formatt csv", "No such option: --formatt"),
        ("tinsach export --format xml", "'xml' is not one of"),
        ("tinsach explain", "source is missing"),
        ("tinsach crawl vtcnews", "no spider vtcnews"),
        ("curl x | tinsach extract - --bogus", "--bogus"),
        ("x=$(tinsach runz)", "no command runz"),
        ("docker compose exec crawl tinsach runz", "no command runz"),
        ("tinsach runs show 1 2", "too much: 2"),
        ("python -m bench sped", "no benchmark sped"),
        ("python -m bench speed --bogus", "bench speed"),
        ("make everything", "make has no everything"),
        ("pip install 'tinsach[all]'", "no extra all"),
        ("pip install '.[health,all]'", "no extra all"),
    ],
)
def test_a_command_that_there_is_not_is_told(script, fault) -> None:
    assert fault in " ".join(faults_of(script))


def test_words_in_capitals_stand_for_anything() -> None:
    assert faults_of("tinsach crawl SPIDER --keep DAYS --replay ARCHIVE") == []


def test_a_transcript_is_split_into_commands_and_what_they_said() -> None:
    text = "$ one \\\n> two\nsaid\n\n$ echo $?\n1\n"
    first, second = commands_in(Block("page", 3, "console", text))
    assert (first.text, first.output) == ("one \\\ntwo", ("said", ""))
    assert (second.line, second.text, second.output) == (7, "echo $?", ("1",))


def test_a_script_is_split_where_a_command_is_whole() -> None:
    text = "# first\none\n\nfor x in 1 2; do\n  echo\ndone\ntwo \\\n  three\n"
    found = [c.text for c in commands_in(Block("page", 1, "sh", text))]
    assert found == ["one", "for x in 1 2; do\n  echo\ndone", "two \\\n  three"]
