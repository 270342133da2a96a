"""What the pages of the documentation hold: blocks of code, commands, code in prose."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    {
        str(path.relative_to(ROOT))
        for pattern in ("README*.md", "CONTRIBUTING.md", "SECURITY.md", "docs/**/*.md")
        for path in ROOT.glob(pattern)
    }
)


@dataclass(frozen=True)
class Block:
    """A block of code; *line* is that of its first line of code in the page.

    One with a *title* is the file of that name.
    """

    page: str
    line: int
    language: str
    text: str
    title: str = ""


@dataclass(frozen=True)
class Command:
    """A command; *output* is what the page shows of it, None where it shows none."""

    page: str
    line: int
    text: str
    output: tuple[str, ...] | None

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


@cache
def blocks_of(page: str) -> tuple[Block, ...]:
    """Return the blocks of code of *page* in their order; indented ones have no language."""
    found = []
    for token in MarkdownIt().enable("table").parse(read(page)):
        if token.type in ("fence", "code_block"):
            fenced = token.type == "fence"
            line = token.map[0] + 1 + fenced
            language, _, options = token.info.strip().partition(" ")
            title = re.search(r'title="([^"]+)"', options)
            name = title[1] if title else ""
            found.append(Block(page, line, language, token.content, name))
    return tuple(found)


@cache
def spans_of(page: str) -> tuple[str, ...]:
    """Return the code in the prose of *page*."""
    return tuple(
        child.content
        for token in MarkdownIt().enable("table").parse(read(page))
        for child in token.children or ()
        if child.type == "code_inline"
    )


def commands_of(page: str) -> Iterator[Command]:
    for block in blocks_of(page):
        yield from commands_in(block)


def commands_in(block: Block) -> Iterator[Command]:
    """Yield the commands of a ``console`` block with their output, of ``sh`` without."""
    if block.language == "console":
        yield from _commands_of_transcript(block)
    elif block.language == "sh":
        yield from _commands_of_script(block)


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def _commands_of_transcript(block: Block) -> Iterator[Command]:
    lines = block.text.splitlines()
    starts = [n for n, line in enumerate(lines) if line.startswith("$ ")]
    assert starts[:1] == [0], (
        f"{block.page}:{block.line}: a transcript begins with '$ '"
    )
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        told = start + 1
        while told < end and lines[told].startswith("> "):
            told += 1
        text = "\n".join(line[2:] for line in lines[start:told])
        yield Command(block.page, block.line + start, text, tuple(lines[told:end]))


def _commands_of_script(block: Block) -> Iterator[Command]:
    held: list[str] = []
    for number, line in enumerate(block.text.splitlines()):
        if not held and (not line.strip() or line.startswith("#")):
            continue
        held.append(line)
        if not line.endswith("\\") and not fault_of("\n".join(held)):
            first = block.line + number - len(held) + 1
            yield Command(block.page, first, "\n".join(held), None)
            held = []
    if held:
        yield Command(block.page, block.line, "\n".join(held), None)


@cache
def fault_of(script: str) -> str:
    """Return what bash has against the syntax of *script*, "" where it has nothing."""
    done = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, check=False
    )
    return done.stderr
