"""Boosted trees to Python: one expression a tree, summed up by one function."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from math import floor
from typing import TYPE_CHECKING, Any

from scraper.extraction.labeller import Trees

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    Node = dict[str, Any]

_RULED_OUT = -2.2
"""Log-odds of the first trees from which on no block became body in the end."""
_DIGITS = 6
"""Digits of a threshold or a leaf that are kept."""


@dataclass(frozen=True)
class Grown:
    """Trees as the *source* of a function and the *features* that it takes."""

    features: tuple[str, ...]
    source: str
    usual: tuple[float, ...] = ()

    def compiled(self) -> Trees:
        found: dict[str, Any] = {}
        exec(self.source, found)  # noqa: S102  what was just written
        return Trees(self.features, found[_name_of(self.source)], self.usual)


@dataclass(frozen=True)
class _Asked:
    """The columns that trees ask for: the *letters* of each, which are *whole* numbers."""

    letters: Mapping[int, str]
    whole: frozenset[int]

    def expression(self, node: Node) -> str:
        if "leaf_value" in node:
            return f"{node['leaf_value']:.{_DIGITS}g}"
        left = self.expression(node["left_child"])
        right = self.expression(node["right_child"])
        column = node["split_feature"]
        bound = self._bound(column, node["threshold"])
        return f"({left} if {self.letters[column]} <= {bound} else {right})"

    def _bound(self, column: int, threshold: float) -> str:
        is_whole = column in self.whole
        return str(floor(threshold)) if is_whole else f"{threshold:.{_DIGITS}g}"


def grown(
    dump: dict[str, Any],
    columns: Mapping[str, float],
    name: str,
    *,
    early: Sequence[int] = (),
    whole: Collection[str] = (),
) -> Grown:
    """Return what LightGBM's ``dump_model`` gives as the function *name*.

    *columns* are their names with the usual numbers; those that no tree asks for are
    left out. Where so many trees as *early* says have ruled a thing out, the others are
    not asked. The columns of *whole* numbers are compared with whole numbers: CPython
    compares two numbers of one type twice as fast.
    """
    roots = [tree["tree_structure"] for tree in dump["tree_info"]]
    used = sorted({at for root in roots for at in _columns(root)})
    letters = {at: f"x{number}" for number, at in enumerate(used)}
    named = list(columns)
    asked = _Asked(letters, frozenset(at for at in used if named[at] in whole))
    source = f"def {name}({', '.join(letters.values())}):\n"
    source += "    score = 0.0\n"
    for start, end in pairwise((0, *early)):
        source += f"    score += {_sum(roots[start:end], asked)}\n"
        source += f"    if score < {_RULED_OUT}:\n        return score\n"
    last = early[-1] if early else 0
    source += f"    return score + {_sum(roots[last:], asked)}\n"
    features = tuple(named[at] for at in used)
    return Grown(features, source, tuple(columns[name] for name in features))


def _sum(roots: Sequence[Node], asked: _Asked) -> str:
    terms = "".join(f"        + {asked.expression(root)}\n" for root in roots)
    return f"(\n        0.0\n{terms}    )"


def module(parts: dict[str, Grown], note: str) -> str:
    """Return the source of a module with the features and the function of each part."""
    lines = [f'"""{note}"""\n\n# mypy: ignore-errors\n']
    for name, part in parts.items():
        features = "".join(f'    "{feature}",\n' for feature in part.features)
        usual = "".join(f"    {number:.{_DIGITS}g},\n" for number in part.usual)
        lines.append(
            f"{name.upper()} = (\n{features})\n{name.upper()}_USUAL = (\n{usual})\n"
        )
        lines.append(f"\n{part.source}\n")
    return "\n".join(lines)


def write_section(path: Path, section: str) -> None:
    """Write *section*, a :func:`module`, over its former text in the module at *path*.

    A section begins with its note, the first line of which names it.
    """
    name = section.partition("\n")[0]
    sections = re.split(r'(?m)^(?=""")', path.read_text("utf-8"))
    kept = (section if each.startswith(name) else each for each in sections)
    path.write_text("".join(kept), "utf-8")


def _name_of(source: str) -> str:
    return source.partition("(")[0].removeprefix("def ")


def _columns(node: Node) -> set[int]:
    if "leaf_value" in node:
        return set()
    below = _columns(node["left_child"]) | _columns(node["right_child"])
    return below | {node["split_feature"]}
