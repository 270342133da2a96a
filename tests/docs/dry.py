"""Commands of the documentation, parsed by the real parsers and not run."""

from __future__ import annotations

import re
import shlex
import tomllib
from contextlib import redirect_stderr
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Any

import typer.main

import bench.__main__
from scraper.cli.app import make_app
from tests.docs.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERED = re.compile(r"(?<=\s)\d(?=[<>])")
_OPERATORS = set("|&;()")
_PLACEHOLDER = re.compile(r"[A-Z][A-Z|_-]*(\.[a-z]+)?|…")
_GROUP = re.compile(r"pip install --group ([\w-]+)")
_EXTRAS = re.compile(r"(?:tinsach|'\.)\[([a-z][\w,]*)\]")


def faults_of(script: str, *, whole: bool = True) -> list[str]:
    """Return what no parser takes in *script*: tinsach, bench, make, names of extras.

    Words in capitals stand for anything. A command that is not *whole* only names
    itself, so nothing is missing from it.
    """
    faults = [f"no extra {name}" for name in _extras_in(script) - _extras()]
    groups = set(_GROUP.findall(script)) - _groups()
    faults += [f"no dependency group {name}" for name in groups]
    for words in simple_commands(script):
        faults += _faults_of_words(words, whole=whole)
    return faults


def simple_commands(script: str) -> Iterator[list[str]]:
    """Yield the words of each command in pipes and lists, without redirections."""
    inner = re.compile(r"\$\(([^()]*)\)")
    while found := inner.search(script):
        yield from simple_commands(found[1])
        script = script[: found.start()] + "SUBSTITUTED" + script[found.end() :]
    for line in script.replace("\\\n", " ").splitlines():
        yield from _split(line)


def _split(line: str) -> Iterator[list[str]]:
    line = _NUMBERED.sub("", line)
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;()<>")
    lexer.whitespace_split = True
    words: list[str] = []
    redirected = False
    for token in lexer:
        if set(token) <= _OPERATORS:
            yield words
            words = []
        elif redirected or set(token) <= set("<>&"):
            redirected = not redirected
        else:
            words.append(token)
    yield words


def _faults_of_words(words: list[str], *, whole: bool) -> list[str]:
    for number, word in enumerate(words):
        rest = words[number + 1 :]
        if word.rpartition("/")[2] == "tinsach" and words[:1] != ["sudo"]:
            return parse_tinsach(rest, whole=whole)
        if word == "bench" and words[number - 1] == "-m":
            return _parse_bench(rest)
        if word == "make" and number == 0:
            return [
                f"make has no {r}" for r in rest if r not in _targets() and "=" not in r
            ]
    return []


def parse_tinsach(words: list[str], *, whole: bool) -> list[str]:
    """Return what the parser of ``tinsach`` has against *words*."""
    command: Any = _program()
    while words[:1] and hasattr(command, "commands") and words[0][0] != "-":
        if words[0] not in command.commands:
            return [f"no command {words[0]}"]
        command, words = command.commands[words[0]], words[1:]
    context = command.make_context("tinsach", [], resilient_parsing=True)
    context.resilient_parsing = False
    try:
        given, rest, _ = command.make_parser(context).parse_args(list(words))
        for parameter in command.params:
            if not parameter.expose_value:  # does its work at once: completion
                continue
            _convert(parameter, context, given.get(parameter.name))
    except Exception as error:
        return [getattr(error, "message", repr(error))]
    missing = [p.name for p in command.params if p.required and not given.get(p.name)]
    return [
        *(f"too much: {word}" for word in rest if not hasattr(command, "commands")),
        *(f"{name} is missing" for name in missing if whole),
        *(f"no spider {name}" for name in _spiders_in(given) - _spiders()),
    ]


def _convert(parameter: Any, context: Any, value: Any) -> None:
    """Let *parameter* judge *value*, unless it is a word in capitals or none."""
    eager = getattr(parameter, "is_eager", False)  # --version would be printed
    if value and not eager and not _PLACEHOLDER.fullmatch(str(value)):
        parameter.process_value(context, value)


def _spiders_in(given: dict[str, Any]) -> set[str]:
    """Return the names of spiders among what `crawl` and `doctor` were given."""
    names = {*(given.get("sites") or ()), given.get("spider") or "SPIDER"}
    return {n for n in names if "://" not in n and not _PLACEHOLDER.fullmatch(n)}


@cache
def _program() -> Any:
    """Return the command line as click has it: to make it takes 40 ms."""
    return typer.main.get_command(make_app())


@cache
def _spiders() -> frozenset[str]:
    """Return the spiders that there are, and those that the pages make."""
    there = (path.stem for path in (ROOT / "spiders").glob("*.py"))
    return frozenset({"mine", "example", *there})


def _parse_bench(words: list[str]) -> list[str]:
    name, *options = words or [""]
    if name not in bench.__main__.names():
        return [] if _PLACEHOLDER.fullmatch(name) else [f"no benchmark {name}"]
    told = StringIO()
    try:
        with redirect_stderr(told):
            bench.__main__.make_parser().parse_args([name, *options])
    except SystemExit as error:
        return [f"bench {name}: {error} {told.getvalue()}"]
    return []


@cache
def _targets() -> frozenset[str]:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    return frozenset(re.findall(r"(?m)^([a-z]+):", makefile))


@cache
def _extras() -> frozenset[str]:
    return frozenset(_pyproject()["project"]["optional-dependencies"])


def _groups() -> frozenset[str]:
    return frozenset(_pyproject()["dependency-groups"])


@cache
def _pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _extras_in(text: str) -> set[str]:
    return {name for names in _EXTRAS.findall(text) for name in names.split(",")}
