"""The vocabulary of vocabulary.toml, held over documentation and code.

``python -m tests.docs.language`` prints what is to be rewritten.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/*.md")
CODE = tuple(f"{each}/**/*.py" for each in ("scraper", "spiders", "worlds", "bench"))
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`|<!--.*?-->", re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """What is not written, what is written instead, and why."""

    pattern: re.Pattern[str]
    instead: str
    why: str


class Hit(NamedTuple):
    file: str
    line: int
    found: str
    rule: Rule


class Passage(NamedTuple):
    """Text that stands together, and the line where it begins."""

    text: str
    line: int = 1


def _phrase(pattern: str) -> re.Pattern[str]:
    """Return *pattern*, whose spaces stand for any white space."""
    return re.compile(pattern.replace(" ", r"\s+"), re.IGNORECASE)


_TABLE = tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text("utf-8"))
PHRASES = [
    Rule(_phrase(r["pattern"]), r["instead"], r["why"]) for r in _TABLE["phrase"]
]
NAMES = [Rule(re.compile(r["pattern"]), r["instead"], r["why"]) for r in _TABLE["name"]]


def files() -> list[Path]:
    """Return the files whose language is checked, sorted."""
    return sorted(path for glob in (*PAGES, *CODE) for path in ROOT.glob(glob))


def hits_in(path: Path) -> list[Hit]:
    """Return what stands in *path* and should not, in the order of its lines."""
    source, name = path.read_text("utf-8"), path.relative_to(ROOT).as_posix()
    if path.suffix == ".md":
        return _sorted(search(name, [Passage(without_code(source))], PHRASES))
    tree = ast.parse(source)
    prose = [*_strings(tree), *_comments(source)]
    return _sorted([*search(name, prose, PHRASES), *search(name, _names(tree), NAMES)])


def _sorted(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (hit.line, hit.found))


def search(file: str, passages: list[Passage], rules: list[Rule]) -> Iterator[Hit]:
    for text, line in passages:
        for rule in rules:
            for match in rule.pattern.finditer(text):
                place = line + text.count("\n", 0, match.start())
                yield Hit(file, place, " ".join(match[0].split()), rule)


def without_code(source: str) -> str:
    """Return the Markdown of *source* with blanks for its code, its lines as they are."""
    return _CODE.sub(_blank, _FENCED.sub(_blank, source))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _strings(tree: ast.AST) -> list[Passage]:
    """Return docstrings and messages: every string constant that holds a space."""
    return [
        Passage(node.value.strip(), node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and " " in node.value.strip()
    ]


def _comments(source: str) -> list[Passage]:
    """Return the comments of *source*, those on consecutive lines as one."""
    found: list[Passage] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        text, line = token.string.lstrip("# "), token.start[0]
        if found and line == found[-1].line + found[-1].text.count("\n") + 1:
            text, line = f"{found[-1].text}\n{text}", found.pop().line
        found.append(Passage(text, line))
    return found


def _names(tree: ast.AST) -> list[Passage]:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [
        Passage(node.name, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, definitions)
    ]


def describe(hit: Hit) -> str:
    return f"{hit.file}:{hit.line}: {hit.found!r}: write {hit.rule.instead}"


def main() -> int:
    """Print every hit with what to write; exit code 1 if there are any."""
    found = [hit for path in files() for hit in hits_in(path)]
    for hit in found:
        print(describe(hit))  # noqa: T201
    for rule, number in Counter(hit.rule for hit in found).most_common():
        print(f"{number:5} {rule.instead} ({rule.why})")  # noqa: T201
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
