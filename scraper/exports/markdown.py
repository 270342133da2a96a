"""Markdown: CommonMark with the tables of GitHub."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from scraper.exports import (
    PLAIN,
    Format,
    Run,
    is_list_item,
    metadata,
    parts_of,
    rows_of,
    runs_of,
    write_parts,
)
from scraper.items import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scraper.exports import Extras, Figure
    from scraper.items import Article

_INLINE = re.compile(r"([\\`*\[\]<|])|(?<!\w)(_)|(_)(?!\w)|(&)(?=#?\w+;)")
_LINE_START = re.compile(
    r"(?m)^([^\S\n]*)(#{1,6}(?=\s|$)|[-+>](?=\s|$)|>|~~~|=+[^\S\n]*$|-+[^\S\n]*$)"
)
_IN_URL = re.compile(r"[\\()<>\[\]`|*]|&(?=#?\w+;)")
_SPACE = re.compile(r"\s+")
_NUMBERED = re.compile(r"(?m)^([^\S\n]*\d{1,9})([.)])(?=\s|$)")


def write(articles: Iterable[Article], out: BinaryIO, extras: Extras = PLAIN) -> int:
    parts = (render(article, extras) for article in articles)
    return write_parts(parts, out, between="\n---\n\n")


def render(article: Article, extras: Extras = PLAIN) -> str:
    title = f"# {_escape(_flat(article.title))}" if article.title else ""
    facts = " · ".join(_fact(fact) for fact in metadata(article))
    lead = _inline(runs_of(article.shown_lead, article.lead_links, extras))
    parts = [title, facts, lead, *_body(parts_of(article, extras), extras)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _body(parts: Iterable[Block | Figure], extras: Extras) -> Iterator[str]:
    for is_list, run in groupby(parts, is_list_item):
        shown = [_part(part, extras) for part in run]
        yield from ["\n".join(shown)] if is_list else shown


def _part(part: Block | Figure, extras: Extras) -> str:
    return _block(part, extras) if isinstance(part, Block) else _figure(part, extras)


def _block(block: Block, extras: Extras) -> str:
    runs = _stripped(runs_of(block.text, block.links, extras))
    match block.kind:
        case BlockKind.HEADING:
            return f"## {_line(runs)}"
        case BlockKind.QUOTE | BlockKind.EMBED:
            lines = _inline(runs).split("\n")
            return "\n".join(f"> {line}".rstrip() for line in lines)
        case BlockKind.LIST_ITEM:
            return "- " + _inline(runs).replace("\n", "\n  ")
        case BlockKind.TABLE:
            return _table(rows_of(runs_of(block.text, block.links, extras)))
        case BlockKind.CAPTION:
            return f"*{_line(runs)}*"
        case BlockKind.QUESTION:
            return f"**{_line(runs)}**"
        case BlockKind.ENTRY if block.time:
            return f"**{_escape(block.time)}** {_inline(runs)}"
        case _:
            return _inline(runs)


def _figure(figure: Figure, extras: Extras) -> str:
    """Return the image, and below it a line with its caption and credit."""
    alt = _escape(_flat(figure.caption.text))
    image = f"![{alt}]({_destination(figure.url)})"
    below = _line(_stripped(figure.runs(extras)))
    return f"{image}\n\n*{below}*" if below else image


def _table(rows: list[list[list[Run]]]) -> str:
    width = max(map(len, rows))
    head, *body = [_row([*row, *[[]] * (width - len(row))]) for row in rows]
    return "\n".join([head, "|" + " --- |" * width, *body])


def _row(cells: list[list[Run]]) -> str:
    return f"| {' | '.join(_line(_stripped(cell)) for cell in cells)} |"


def _stripped(runs: list[Run]) -> list[Run]:
    """Return *runs* without surrounding white space and empty runs."""
    *front, last = runs or [Run("")]
    first, *rest = [*front, last._replace(text=last.text.rstrip())]
    whole = [first._replace(text=first.text.lstrip()), *rest]
    return [run for run in whole if run.text]


def _line(runs: Iterable[Run]) -> str:
    """Return *runs* as one line."""
    return _inline(run._replace(text=_SPACE.sub(" ", run.text)) for run in runs)


def _inline(runs: Iterable[Run]) -> str:
    parts: list[str] = []
    for run in runs:
        text = _escape(run.text)
        if run.url:
            if parts and parts[-1].endswith("!"):  # or the link would become an image
                parts[-1] = parts[-1][:-1] + "\\!"
            text = f"[{text}]({_destination(run.url)})"
        parts.append(text)
    return "".join(parts)


def _destination(url: str) -> str:
    """Return *url* escaped as a link destination (CommonMark, section 6.3)."""
    url = _SPACE.sub(lambda space: quote(space[0]), url)
    return _IN_URL.sub(r"\\\g<0>", url)


def _fact(fact: str) -> str:
    if fact.startswith(("http://", "https://")):
        return "<" + re.sub(r"[<>\s]", "", fact) + ">"
    return _escape(fact)


def _escape(text: str) -> str:
    """Return *text* with the markup characters of Markdown escaped.

    A single underscore inside a word ("snake_case") has no effect and stays.
    """
    text = _INLINE.sub(lambda found: "\\" + found[0], text)
    text = _LINE_START.sub(r"\1\\\2", text)
    return _NUMBERED.sub(r"\1\\\2", text)


def _flat(text: str) -> str:
    return " ".join(text.split())


FORMAT = Format(
    name="markdown", extensions=(".md",), write=write, render=render, has_extras=True
)
