"""What trafilatura alone extracts from a page, for comparison."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from trafilatura import bare_extraction
from trafilatura.settings import Document

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.choose import Ledger
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.rules import Rule
from scraper.items import Article, Block, BlockKind, Kind
from scraper.text import words
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.items import Page


_MOST_TRIED = 100
"""Places of a shingle that are tried at most."""

_SHINGLE_WORDS = 4
"""Words of a shingle; a block of fewer words must follow the one before at once."""

_LINE_WORDS = 12
"""A block of fewer words must begin a line; a tag is no part of a sentence."""

_SAME_SHARE = 0.5
"""Share of a block's shingles in the output from which on they are the same text."""


def lines_of(document: object) -> list[list[str]]:
    """Return the words of each line of what ``bare_extraction`` gave, [] for none."""
    if not isinstance(document, Document) or document.body is None:
        return []
    nodes = list(document.body) or [document.body]
    return [
        run for node in nodes if (run := words(" ".join(map(str, node.itertext()))))
    ]


def align(blocks: list[RawBlock], lines: list[list[str]]) -> dict[int, range]:
    """Return the places of *blocks* in *lines*, as ranges of words, by index.

    Both are in page order: the search for a block begins where the last one ended, and only
    then at the start; a short one must begin a line or follow at once. A block that
    shares most of its shingles with the lines has the empty range. A hidden block counts
    only for lines that no visible one says.
    """
    output = _Output(lines)
    places: dict[int, range] = {}
    cursor = 0
    for block in sorted(blocks, key=lambda b: b.hidden):
        at = output.find(block.words, cursor)
        if at >= 0:
            places[block.index] = range(at, at + len(block.words))
            cursor = max(cursor, at + len(block.words))
        elif (
            len(block.words) > 2 * _SHINGLE_WORDS
            and output.share(block.words) > _SAME_SHARE
        ):
            places[block.index] = range(0)
    taken = {at for i, place in places.items() if not blocks[i].hidden for at in place}
    return {
        i: place
        for i, place in places.items()
        if not blocks[i].hidden or (place and taken.isdisjoint(place))
    }


class _Output:
    """The words of all lines as one run, indexed by where each shingle stands."""

    def __init__(self, lines: list[list[str]]) -> None:
        self._words = [word for line in lines for word in line]
        self._starts = {0, *accumulate(map(len, lines))}
        self._places: dict[tuple[str, ...], list[int]] = {}
        for at in range(len(self._words)):
            self._places.setdefault(self._shingle(at), []).append(at)

    def _shingle(self, at: int) -> tuple[str, ...]:
        return tuple(self._words[at : at + _SHINGLE_WORDS])

    def find(self, run: list[str], cursor: int) -> int:
        """Return where *run* stands, best at or after *cursor*; -1 for nowhere.

        Of a frequent shingle only the next places are tried.
        """
        if not run:
            return -1
        if len(run) < _SHINGLE_WORDS:
            return cursor if self._words[cursor : cursor + len(run)] == run else -1
        places = self._places.get(tuple(run[:_SHINGLE_WORDS]), [])
        ahead = bisect_left(places, cursor)
        tried = chain(
            places[ahead : ahead + _MOST_TRIED], places[: min(ahead, _MOST_TRIED)]
        )
        return next((at for at in tried if self._is_at(run, at, cursor)), -1)

    def _is_at(self, run: list[str], at: int, cursor: int) -> bool:
        anywhere = len(run) >= _LINE_WORDS or at == cursor or at in self._starts
        return anywhere and self._words[at : at + len(run)] == run

    def share(self, run: list[str]) -> float:
        """Return the share of the shingles of *run* that stand anywhere."""
        own = [
            tuple(run[i : i + _SHINGLE_WORDS])
            for i in range(len(run) - _SHINGLE_WORDS + 1)
        ]
        return sum(shingle in self._places for shingle in own) / len(own)


def extract_by_trafilatura(page: Page) -> Article:
    """Return the text that ``trafilatura.bare_extraction`` finds by its defaults.

    Of the fields only the title; in the ledger stand the blocks of *page* whose
    words are in that text, and the others. Raises
    :class:`~scraper.errors.UndecodablePage` if the bytes are not HTML.
    """
    root = parse_page(page)
    found = bare_extraction(page.body, url=page.url, include_comments=False)
    if not isinstance(found, Document):
        found = Document()
    lines = [line for line in (found.text or "").split("\n") if line.strip()]
    return Article(
        url=page.url,
        canonical_url=page.url,
        site=site_of(page.url),
        kind=Kind.ARTICLE if lines else Kind.OTHER,
        title=found.title or "",
        blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in lines),
        ledger=_ledger(root, found).entries(),
    )


def _ledger(root: HtmlElement, found: object) -> Ledger:
    strip_unseen(root)
    blocks = iter_blocks(root)
    places = align(blocks, lines_of(found))
    ledger = Ledger(blocks)
    ledger.decide_all((b for b in blocks if b.index in places), Rule.KEPT_BY_PEER)
    ledger.decide_all(
        (b for b in blocks if b.index not in places), Rule.DROPPED_BY_PEER
    )
    return ledger
