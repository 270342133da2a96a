"""Every block of code in the documentation is run, or parsed, or named with a reason."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.docs.dry import faults_of
from tests.docs.exceptions import SKIPPED, STAND_INS
from tests.docs.pages import PAGES, blocks_of, commands_of, fault_of, spans_of
from tests.docs.running import COMMANDS, PYTHON, skip_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _parse_ini(text: str) -> None:
    configparser.ConfigParser(interpolation=None, strict=False).read_string(text)


PARSERS: dict[str, Callable[[str], object]] = {
    "toml": tomllib.loads,
    "json": json.loads,
    "ini": _parse_ini,
    "yaml": yaml.safe_load,
}
DRAWINGS = {"CONTRIBUTING.md": {"text"}}
READMES = ("README.md", "README.vi.md")  # run by test_readmes.py
LONG = (
    "adding",
    "commands",
    "corpus",
    "formats",
    "index",
    "job",
    "model",
    "operations",
    "scrapy",
)
"""Pages of docs/ that crawl again what README.md crawls; all commands are parsed."""
RUN_HERE = [
    pytest.param(
        page, marks=[pytest.mark.slow] if page[5:].removesuffix(".md") in LONG else []
    )
    for page in PAGES
    if page not in READMES
]


@pytest.mark.parametrize("page", RUN_HERE)
def test_every_block_runs_and_says_what_the_page_shows(page, running) -> None:
    faults = running(page).faults_of(blocks_of(page))
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_in_a_language_that_is_run_or_parsed(page) -> None:
    for block in blocks_of(page):
        known = {*COMMANDS, *PYTHON, *PARSERS, *DRAWINGS.get(page, ())}
        assert block.language in known, block
        if parse := PARSERS.get(block.language):
            parse(block.text)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_can_be_parsed(page) -> None:
    faults = {
        c.place: [*faults_of(c.text), fault_of(c.text)] for c in commands_of(page)
    }
    assert {place: found for place, found in faults.items() if any(found)} == {}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_named_in_prose_can_be_parsed(page) -> None:
    spans = [
        span
        for span in spans_of(page)
        if re.match(r"tinsach |python -m |make |pip ", span)
        and "[OPTIONS]" not in span  # a line of usage, made from the command itself
    ]
    faults = {span: faults_of(span, whole=False) for span in spans}
    assert {span: found for span, found in faults.items() if found} == {}


def test_every_exception_is_needed() -> None:
    commands = [command for page in PAGES for command in commands_of(page)]
    assert set(SKIPPED) - {skip_of(command) for command in commands} == set()
    text = "".join(block.text for page in PAGES for block in blocks_of(page))
    real = dict.fromkeys(("base", "story", "store"), "")
    assert [each for each in STAND_INS if each.put(text, real) == text] == []
