from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import scraper
from scraper.storage import open_store
from tests.unit.cli.kit import PAGE, make_article, run_apart, start
from tests.warm import COLD

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(
    not FULL.is_char_device(), reason="only Linux has /dev/full"
)
COMMANDS = [
    "demo",
    "crawl",
    "fetch",
    "extract",
    "explain",
    "export",
    "search",
    "near-duplicates",
    "doctor",
    "model",
]


def test_help_lists_every_command_with_what_it_does(tinsach) -> None:
    result = tinsach("--help")
    assert result.code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in result.out


@pytest.mark.parametrize("group", [[], ["runs"], ["model"]])
def test_help_cuts_off_nothing_of_what_a_command_does(tinsach, group) -> None:
    assert "..." not in tinsach(*group, "--help").out.partition("Commands:")[2]


def loaded_by(*arguments: str) -> set[str]:
    """Return the packages that a run of ``tinsach`` has loaded when it ends well."""
    code = (
        "import sys\nfrom scraper.cli import main\nassert main(sys.argv[1:]) == 0\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    command = [COLD, "-c", code, *arguments]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(run.stderr.splitlines()[-1].split())


def test_help_loads_no_heavy_library() -> None:
    heavy = {"scrapy", "twisted", "trafilatura", "lxml", "sqlalchemy", "pyarrow"}
    light = {"courlan", "rensa", "statistics"}
    assert not loaded_by("--help") & (heavy | light)


@pytest.mark.parametrize("command", [["search", "cong an"], ["export"]])
def test_what_only_reads_the_store_loads_no_crawler_and_no_extractor(
    stored, command: list[str]
) -> None:
    heavy = {"scrapy", "twisted", "trafilatura", "lxml", "pyarrow"}
    assert not loaded_by(*command) & heavy


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(tinsach, command: str) -> None:
    result = tinsach(command, "--help")
    assert result.code == 0
    assert f"Usage: tinsach {command}" in result.out


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        ("history", "URL"),
        ("extract", "INPUT..."),
        ("reextract", "[INPUT]..."),
        ("crawl", "[SITE]..."),
        ("doctor", "[SPIDER]"),
        ("model pin", "SITE VERSION"),
        ("export", ""),
    ],
)
def test_usage_names_arguments_in_capitals_and_optional_ones_in_brackets(
    tinsach, command: str, usage: str
) -> None:
    first, *_ = tinsach(*command.split(), "--help").out.splitlines()
    assert first == f"Usage: tinsach {command} [OPTIONS] {usage}".rstrip()


def test_version_is_the_package_s(tinsach) -> None:
    assert tinsach("--version").out == f"tinsach {scraper.__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["fetch"], ["export", "--bad"]])
def test_wrong_arguments_exit_2_with_the_usage_on_standard_error(
    tinsach, arguments: list[str]
) -> None:
    result = tinsach(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Usage: tinsach" in result.err


def test_a_failure_is_one_line_and_exit_1(tinsach) -> None:
    result = tinsach("search", "x")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("tinsach: there is no store at ")
    assert result.err.count("\n") == 1


def test_an_argument_without_sense_is_one_line_and_exit_2(tinsach, stored) -> None:
    result = tinsach("export", "--since", "yesterday")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(
        "tinsach: --since yesterday is not a time; write 2025-07-11"
    )


def test_a_closed_pipe_ends_quietly(home) -> None:
    with open_store() as store:
        store.save([make_article(number) for number in range(300)])
    with start("export") as child:
        child.stdout.readline()
        child.stdout.close()
        said = child.stderr.read()
        code = child.wait(300)
    assert (code, said) == (0, b"")


ALL_SORTS = [["search", "cong an"], ["export"], ["doctor"], ["export", "-f", "parquet"]]


@needs_full
@pytest.mark.parametrize("command", [*ALL_SORTS, ["--help"]])
def test_a_full_disk_is_one_line_and_exit_1(stored, command: list[str]) -> None:
    with FULL.open("wb") as full, start(*command, stdout=full) as child:
        said = child.stderr.read().decode()
        assert child.wait(300) == 1
    assert said.startswith("tinsach: ")
    assert said.endswith(": the disk is full; free some space\n")
    assert said.count("\n") == 1


@needs_full
def test_a_file_on_a_full_disk_is_one_line_that_names_it(stored, tinsach) -> None:
    result = tinsach("export", "-o", FULL)
    assert result.code == 1
    assert result.err == (
        f"tinsach: {FULL} could not be written: the disk is full; free some space\n"
    )
    assert FULL.is_char_device()


@pytest.mark.parametrize("command", ALL_SORTS)
def test_a_reader_that_is_gone_from_the_start_is_no_failure(
    stored, command: list[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with start(*command, stdout=writer) as child:
        os.close(writer)
        said = child.stderr.read()
        assert (child.wait(300), said) == (0, b"")


@pytest.mark.parametrize("command", ALL_SORTS[:-1])
@pytest.mark.slow
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_breaks_nothing(stored, command, closed: str) -> None:
    program = [COLD, "-c", "from scraper.cli import main; exit(main())"]
    line = f"{shlex.join([*program, *command])} {closed}"
    run = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.slow
@pytest.mark.parametrize("command", [["search", "cong an"], ["export"], ["doctor"]])
def test_a_locale_without_vietnamese_letters_breaks_nothing(
    stored, command: list[str]
) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = run_apart(*command, env=plain, python=COLD)
    assert (result.code, result.err) == (0, "")


def test_results_are_utf_8_in_every_locale(stored) -> None:
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert stored[0].title in run_apart("export", env=plain, python=COLD).out


@pytest.mark.parametrize(("no_color", "coloured"), [("1", False), ("", True)])
def test_colours_are_for_terminals_and_no_color_is_honoured(
    home, no_color: str, *, coloured: bool
) -> None:
    (home / "tin.html").write_bytes(PAGE)
    shown = run_on_terminal("explain", "tin.html", env={"NO_COLOR": no_color})
    assert "Khai trương".encode() in shown
    assert (b"\x1b[32m" in shown) is coloured


PLAIN = {"NO_COLOR": "1"}


def test_a_bar_is_drawn_on_a_terminal_only(home) -> None:
    for name in ("tin.html", "tin-2.html"):
        (home / name).write_bytes(PAGE)
    shown = run_on_terminal("extract", ".", "-o", "out.jsonl", env=PLAIN)
    assert b"2/2 pages, 2 articles" in shown
    assert run_apart("extract", ".").err == ""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_quietly_and_leaves_no_half_file(home, number, code) -> None:
    os.mkfifo(home / "endless.html")
    arguments = ("extract", "endless.html", "-o", "out.jsonl")
    with (
        start(*arguments, start_new_session=True) as child,
        (home / "endless.html").open("wb"),  # opens when the other side reads
    ):
        os.killpg(child.pid, number)
        out, err = child.communicate(timeout=300)
    assert (child.returncode, out, err) == (code, b"", b"")
    assert [path.name for path in home.iterdir()] == ["endless.html"]


_BROKEN_OFF = """
import atexit, logging, os, signal, sys
from scraper.cli import app, main

number = int(sys.argv[1])

def run(**_):
    try:
        os.kill(os.getpid(), number)
    except BaseException:
        logging.getLogger("of.a.library").exception("closing a cursor")
        raise

class Late:
    def __del__(self):
        os.kill(os.getpid(), number)

app.make_app = lambda *_: run
late = Late()
sys.exit(main(["--help"]))
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_nothing_is_printed_of_what_a_signal_broke_off(number, code) -> None:
    """Neither the log of a library that was interrupted, nor what ends it a second time."""
    command = [COLD, "-c", _BROKEN_OFF, str(int(number))]
    run = subprocess.run(command, capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (code, b"")


def test_ctrl_c_while_modules_are_loaded_ends_quietly() -> None:
    code = (
        "import builtins, sys\nfrom scraper.cli import main\n"
        "real = builtins.__import__\n"
        "def interrupt(*_):\n"
        "    builtins.__import__ = real\n"
        "    raise KeyboardInterrupt\n"
        "builtins.__import__ = interrupt\nsys.exit(main(['--help']))"
    )
    run = subprocess.run([COLD, "-c", code], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (130, b"")


def run_on_terminal(*arguments: str, env: dict[str, str]) -> bytes:
    command = [sys.executable, "-c", "from scraper.cli import main; exit(main())"]
    near, far = pty.openpty()
    environment = os.environ | env | {"TERM": "xterm-256color"}
    with subprocess.Popen(
        [*command, *arguments], stdout=far, stderr=far, env=environment
    ) as child:
        os.close(far)
        shown = b"".join(iter(lambda: read_some(near), b""))
        assert child.wait(300) == 0
    os.close(near)
    return shown


def read_some(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # Linux says so where the other side has gone
        return b""
