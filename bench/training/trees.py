"""Boosted trees to Python: one expression a tree, summed up by one function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.extraction.labeller import Trees

if TYPE_CHECKING:
    from collections.abc import Sequence

    Node = dict[str, Any]

_DIGITS = 6
"""Digits of a threshold or a leaf that are kept."""


@dataclass(frozen=True)
class Grown:
    """Trees as the *source* of a function and the *features* that it takes."""

    features: tuple[str, ...]
    source: str

    def compiled(self) -> Trees:
        found: dict[str, Any] = {}
        exec(self.source, found)  # noqa: S102  what was just written
        return Trees(self.features, found[_name_of(self.source)])


def grown(dump: dict[str, Any], names: Sequence[str], name: str) -> Grown:
    """Return what LightGBM's ``dump_model`` gives as the function *name*.

    *names* are the columns; those that no tree asks for are left out.
    """
    roots = [tree["tree_structure"] for tree in dump["tree_info"]]
    used = sorted({at for root in roots for at in _columns(root)})
    letters = {at: f"x{number}" for number, at in enumerate(used)}
    terms = "".join(f"        + {_expression(root, letters)}\n" for root in roots)
    arguments = ", ".join(letters.values())
    source = f"def {name}({arguments}):\n    return (\n        0.0\n{terms}    )\n"
    return Grown(tuple(names[at] for at in used), source)


def module(parts: dict[str, Grown], note: str) -> str:
    """Return the source of a module with the features and the function of each part."""
    lines = [f'"""{note}"""\n\n# mypy: ignore-errors\n']
    for name, part in parts.items():
        features = "".join(f'    "{feature}",\n' for feature in part.features)
        lines.append(f"{name.upper()} = (\n{features})\n\n\n{part.source}\n")
    return "\n".join(lines)


def _name_of(source: str) -> str:
    return source.partition("(")[0].removeprefix("def ")


def _columns(node: Node) -> set[int]:
    if "leaf_value" in node:
        return set()
    below = _columns(node["left_child"]) | _columns(node["right_child"])
    return below | {node["split_feature"]}


def _expression(node: Node, letters: dict[int, str]) -> str:
    if "leaf_value" in node:
        return f"{node['leaf_value']:.{_DIGITS}g}"
    left = _expression(node["left_child"], letters)
    right = _expression(node["right_child"], letters)
    column, bound = letters[node["split_feature"]], f"{node['threshold']:.{_DIGITS}g}"
    return f"({left} if {column} <= {bound} else {right})"
