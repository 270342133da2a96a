"""Markdown (CommonMark, tables as GitHub has them)."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from scraper.exports.common import metadata, rows_of, write_parts
from scraper.items import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

_INLINE = re.compile(r"([\\`*\[\]<|])|(?<!\w)(_)|(_)(?!\w)|(&)(?=#?\w+;)")
_LINE_START = re.compile(
    r"(?m)^([^\S\n]*)(#{1,6}(?=\s|$)|[-+>](?=\s|$)|>|~~~|=+[^\S\n]*$|-+[^\S\n]*$)"
)
_NUMBERED = re.compile(r"(?m)^([^\S\n]*\d{1,9})([.)])(?=\s|$)")


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    return write_parts(map(render, articles), out, between="\n---\n\n")


def render(article: Article) -> str:
    title = f"# {_escape(_flat(article.title))}" if article.title else ""
    facts = " · ".join(_fact(fact) for fact in metadata(article))
    parts = [title, facts, _escape(article.shown_lead), *_body(article.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _body(blocks: Iterable[Block]) -> Iterable[str]:
    for is_list, run in groupby(blocks, lambda b: b.kind is BlockKind.LIST_ITEM):
        shown = [_block(block) for block in run if block.text.strip()]
        yield from ["\n".join(shown)] if is_list else shown


def _block(block: Block) -> str:
    text = block.text.strip()
    match block.kind:
        case BlockKind.HEADING:
            return f"## {_escape(_flat(text))}"
        case BlockKind.QUOTE | BlockKind.EMBED:
            return "\n".join(f"> {line}".rstrip() for line in _escape(text).split("\n"))
        case BlockKind.LIST_ITEM:
            return "- " + _escape(text).replace("\n", "\n  ")
        case BlockKind.TABLE:
            return _table(rows_of(block.text))
        case BlockKind.CAPTION:
            return f"*{_escape(_flat(text))}*"
        case BlockKind.QUESTION:
            return f"**{_escape(_flat(text))}**"
        case BlockKind.ENTRY if block.time:
            return f"**{_escape(block.time)}** {_escape(text)}"
        case _:
            return _escape(text)


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows))
    head, *body = [_row(row + [""] * (width - len(row))) for row in rows]
    return "\n".join([head, "|" + " --- |" * width, *body])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(_escape(cell.strip()) for cell in cells)} |"


def _fact(fact: str) -> str:
    if fact.startswith(("http://", "https://")):
        return "<" + re.sub(r"[<>\s]", "", fact) + ">"
    return _escape(fact)


def _escape(text: str) -> str:
    """Return *text* with what Markdown would read as a sign made plain.

    A single sign inside a word ("snake_case") means nothing and stays.
    """
    text = _INLINE.sub(lambda found: "\\" + found[0], text)
    text = _LINE_START.sub(r"\1\\\2", text)
    return _NUMBERED.sub(r"\1\\\2", text)


def _flat(text: str) -> str:
    return " ".join(text.split())
