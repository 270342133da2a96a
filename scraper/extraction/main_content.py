"""Which blocks are the main content, in two ways that check each other.

First trafilatura (precision settings; Barbaresi 2021, doi:10.18653/v1/2021.acl-demo.15),
whose output is laid back over the page's own blocks by their words. Then the container:
the deepest element that holds most of what was found; a paragraph beside the ones found,
set as they are, belongs to the article too.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trafilatura import bare_extraction
from trafilatura.settings import Document

from scraper.items import BlockKind
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_SHARE = 0.7
"""The container is the deepest element with this share of the words found."""

_SHORT = 4
"""A block of fewer words counts as found only where the output stands anyway."""

_ALIKE = 0.5
"""Share of a block's shingles in the output from which on they are the same text."""


@dataclass(frozen=True, slots=True)
class MainContent:
    """*found*: indexes of the blocks that trafilatura keeps; *container* holds most."""

    found: frozenset[int]
    container: HtmlElement | None


def find_main_content(root: HtmlElement, blocks: list[RawBlock]) -> MainContent:
    """Return the main content of *root*; empty where trafilatura finds none."""
    output = _trafilatura_words(root)
    found = _align(blocks, output)
    return MainContent(frozenset(found), container_of(blocks[i] for i in found))


def _trafilatura_words(root: HtmlElement) -> list[str]:
    document = bare_extraction(
        root, favor_precision=True, include_comments=False, with_metadata=False
    )
    if not isinstance(document, Document) or document.body is None:
        return []
    lines = (" ".join(node.itertext()) for node in _leaves(document.body))
    return [word for line in lines for word in words(line)]


def _leaves(body: HtmlElement) -> Iterable[HtmlElement]:
    return list(body) or [body]


def _align(blocks: list[RawBlock], output: list[str]) -> list[int]:
    """Return the indexes of *blocks* whose words stand in *output*.

    Both are in page order: a block is looked for from where the last one ended, and only
    then from the start; a short one must be the very next words.
    """
    text = f" {' '.join(output)} "
    shingles = {tuple(output[i : i + _SHORT]) for i in range(len(output) - _SHORT + 1)}
    cursor, found = 0, []
    for block in blocks:
        run = f" {' '.join(block.words)} "
        if len(block.words) < _SHORT:
            at = cursor if block.words and text.startswith(run, cursor) else -1
        else:
            at = text.find(run, cursor)
            at = text.find(run) if at < 0 else at
        if at >= 0:
            cursor = max(cursor, at + len(run) - 1)
            found.append(block.index)
        elif len(block.words) > 2 * _SHORT and _overlap(block.words, shingles) > _ALIKE:
            found.append(block.index)
    return found


def _overlap(run: list[str], shingles: set[tuple[str, ...]]) -> float:
    own = [tuple(run[i : i + _SHORT]) for i in range(len(run) - _SHORT + 1)]
    return sum(shingle in shingles for shingle in own) / len(own)


def container_of(blocks: Iterable[RawBlock]) -> HtmlElement | None:
    """Return the deepest element with :data:`_SHARE` of the words of *blocks*."""
    weight: dict[HtmlElement, int] = {}
    depth: dict[HtmlElement, int] = {}
    total = 0
    for block in blocks:
        if block.kind is BlockKind.CAPTION:
            continue
        total += len(block.words)
        chain = [block.element, *block.element.iterancestors()]
        for distance, element in enumerate(chain):
            weight[element] = weight.get(element, 0) + len(block.words)
            depth[element] = len(chain) - distance
    enough = [e for e, w in weight.items() if w >= _SHARE * total]
    return max(enough, key=depth.__getitem__, default=None)
