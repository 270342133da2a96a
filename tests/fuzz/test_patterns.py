"""No regular expression of the package goes back over what it has read.

Each one that a module keeps is put, by the methods that its module calls, on texts that a
single sign fills: 20,000 of them take some milliseconds in proportion, and seconds with the
square. What a module compiles while it runs is met by test_long_runs.
"""

from __future__ import annotations

import re
import time
from functools import partial
from importlib import import_module
from itertools import islice, product
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING

import pytest

import scraper
import spiders

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 20_000
SECONDS = 0.1
"""CPU time that no text takes in proportion; what takes more is tried at a quarter."""
MOST = 8.0
"""Times the CPU time of a quarter of the text: 4 in proportion, 16 with the square."""
SHORT = 13
"""The quick run tries each thirteenth text: nearly each sign, in turn with each start."""
RUNS = (
    *(
        "1",
        " ",
        "a",
        "A",
        "a-",
        "-",
        "1/",
        "1.",
        "\n",
        "\t",
        "/",
        "&",
        "a ",
        "1 ",
        "- ",
    ),
    *("Ảnh", "|", "=", "(", ": ", "#", "_", "a,", "1:", "\u00a0", "@", "<", "[", "<a "),
    *("*", "`", "http://", "?pwd", "\n ", '"', "0", "%", "\\", "!", ".", ";", "TTXVN/"),
)
STARTS = ("", "1", "a ", "<a ", "\n", "x-a1")
ENDS = ("", "~x")
_RUNNING = "scraper.storage.migrations.env"
"""Runs when it is imported, by Alembic."""
_METHODS = {
    "search": lambda pattern, text: pattern.search(text),
    "match": lambda pattern, text: pattern.match(text),
    "fullmatch": lambda pattern, text: pattern.fullmatch(text),
    "finditer": lambda pattern, text: list(pattern.finditer(text)),
}
_ALIKE = {
    "sub": "finditer",
    "subn": "finditer",
    "split": "finditer",
    "findall": "finditer",
}


MODULES = [
    found.name
    for package in (scraper, spiders)
    for found in walk_packages(package.__path__, f"{package.__name__}.")
    if found.name != _RUNNING
]
"""Imported by their tests: all of them take seconds of each collection."""


def patterns_of(module) -> dict[str, re.Pattern]:
    """Return the compiled patterns that *module* keeps by their names there."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def methods_of(module, name: str):
    """Return what *module* does with its pattern *name*; all there is, where it hands it on."""
    source = Path(module.__file__).read_text("utf-8")
    called = re.findall(rf"\b{name}\.(\w+)\(", source)
    handed_on = len(re.findall(rf"\b{name}\b(?!\.\w+\(| = )", source))
    known = {_ALIKE.get(each, each) for each in called} & _METHODS.keys()
    return sorted(_METHODS if handed_on or not known else known)


@pytest.mark.parametrize("name", MODULES)
def test_the_patterns_of_a_module_take_time_in_proportion(
    name: str, *, at_length: bool
) -> None:
    module = import_module(name)
    for called, pattern in patterns_of(module).items():
        texts = product(STARTS, RUNS, ENDS, methods_of(module, called))
        step = 1 if at_length else SHORT
        for start, run, end, method in islice(texts, 0, None, step):
            took = partial(seconds, pattern, method, start, run, end)
            assert is_in_proportion(took), (called, method, start, run, end)


def is_in_proportion(took: Callable[[int], float]) -> bool:
    """Return True if the CPU time of LONG signs, as *took* measures it, is small or linear.

    A busy machine may double a measurement, so that the least of several counts.
    """
    if took(LONG) <= SECONDS:
        return True
    whole = min(took(LONG) for _ in range(2))
    return whole <= SECONDS or whole < MOST * took(LONG // 4)


def seconds(pattern, method: str, start: str, run: str, end: str, length: int) -> float:
    text = f"{start}{run * (length // len(run))}{end}"
    given = text if isinstance(pattern.pattern, str) else text.encode()
    began = time.thread_time()
    _METHODS[method](pattern, given)
    return time.thread_time() - began


def test_the_patterns_of_the_package_are_found() -> None:
    assert {"scraper.urls", "scraper.text", "spiders.base"} <= {*MODULES}
    assert sum(len(patterns_of(import_module(name))) for name in MODULES) > 100
    assert "_TRACKING" in patterns_of(import_module("scraper.urls"))
