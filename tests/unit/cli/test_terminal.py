"""At home in the terminal: progress, silence, colours, completion, examples."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import typer.main

from scraper.cli.app import EXAMPLES, make_app
from scraper.storage import open_store
from tests.docs.reference import iter_commands
from tests.unit.cli.kit import PAGE, make_article, run_apart

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = "\x1b["
COLOUR = "\x1b[3"


def on_a_terminal(*arguments: str, **variables: str) -> str:
    """Return what ``tinsach`` writes to a terminal that is its standard error."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from scraper.cli import main; exit(main())",
            *arguments,
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"} | variables,
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        said += piece
    os.close(ours)
    assert child.wait(300) == 0
    return said.decode()


@pytest.fixture
def pages(home: Path) -> str:
    (home / "pages").mkdir()
    for number in range(3):
        (home / "pages" / f"{number}.html").write_bytes(PAGE)
    return str(home / "pages")


def test_a_terminal_is_shown_how_far_it_is(pages) -> None:
    said = on_a_terminal("extract", pages, "--workers", "1")
    assert "extract" in said
    assert SHOWN in said


def test_waiting_is_shown_too(home, stored) -> None:
    assert "backup" in on_a_terminal("store", "backup", "copy.db")


@pytest.mark.parametrize("how", ["--quiet", "-q", "variable", "file"])
def test_silence_can_be_asked_for(pages, home, how: str) -> None:
    options = [how] if how.startswith("-") else []
    variables = {"TINSACH_QUIET": "1"} if how == "variable" else {}
    if how == "file":
        (home / "tinsach.toml").write_text("quiet = true\n")
    wanted = ["extract", pages, "--workers", "1", *options]
    assert on_a_terminal(*wanted, **variables) == ""


def test_without_a_terminal_no_progress_is_said(pages) -> None:
    result = run_apart("extract", pages, "--workers", "1")
    assert (result.code, result.err) == (0, "")


def test_silence_leaves_results_and_errors(tinsach, home, stored) -> None:
    loud = tinsach("export", "-o", "all.jsonl")
    silent = tinsach("export", "-o", "all.jsonl", "--quiet")
    assert (loud.err, silent.err) == ("exported 3 articles to all.jsonl\n", "")
    assert tinsach("export", "-q").out.count("\n") == 3
    assert "is not a time" in tinsach("export", "-q", "--since", "once").err


def test_silence_ends_with_the_command(tinsach, home, stored) -> None:
    tinsach("export", "-o", "all.jsonl", "--quiet")
    assert tinsach("export", "-o", "all.jsonl").err


def test_no_color_is_heard(pages) -> None:
    wanted = ["extract", pages, "--workers", "1"]
    assert COLOUR in on_a_terminal(*wanted)
    assert COLOUR not in on_a_terminal(*wanted, NO_COLOR="1")


def test_every_command_shows_how_it_is_used(tinsach) -> None:
    commands = [name for name, _ in iter_commands(typer.main.get_command(make_app()))]
    assert list(EXAMPLES) == commands
    for name in commands:
        said = tinsach(*name.split(), "--help").out
        assert "Examples:" in said
        assert EXAMPLES[name][0][0].split()[-1] in said


@pytest.mark.parametrize(
    "line", [line for lines in EXAMPLES.values() for line, _ in lines]
)
def test_an_example_is_a_line_that_the_command_takes(line: str) -> None:
    for part in line.split(" | "):
        words = shlex.split(part.partition(" > ")[0])
        if words[0] != "tinsach":
            continue
        command = typer.main.get_command(make_app())
        path, rest = [], words[1:]
        while hasattr(command, "commands"):
            path.append(rest.pop(0))
            command = command.commands[path[-1]]
        assert command.make_context(" ".join(path), rest)


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tinsach repo", "report"),
        ("tinsach crawl baotin", "baotintuc"),
        ("tinsach doctor baotin", "baotintuc"),
        ("tinsach export --format mark", "markdown"),
        ("tinsach runs sh", "show"),
    ],
)
def test_bash_completes_what_is_typed(tmp_path, typed: str, offered: str) -> None:
    (tmp_path / "tinsach").write_text(
        f"#!{sys.executable}\nfrom scraper.cli import main\nraise SystemExit(main())\n"
    )
    (tmp_path / "tinsach").chmod(0o755)
    script = f"""
        source <(tinsach --show-completion bash)
        COMP_WORDS=({typed}) COMP_CWORD={len(typed.split()) - 1}
        $(complete -p tinsach | sed 's/.*-F \\([^ ]*\\) .*/\\1/') tinsach
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        env=os.environ
        | {"PATH": path, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stderr == ""
    assert offered in done.stdout.split()


def test_a_long_export_says_how_far_it_is(home) -> None:
    with open_store() as store:
        store.save([make_article(number) for number in range(20)])
    assert "export" in on_a_terminal("export", "-o", "all.jsonl")
