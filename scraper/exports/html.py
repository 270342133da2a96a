"""HTML: one small page to read, everything from the article escaped."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from scraper.exports.common import encoded, metadata, rows_of, write_parts
from scraper.items import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

_HEAD = """<!DOCTYPE html>
<html{lang}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.1rem/1.6 serif }}
article + article {{ margin-top: 4rem; border-top: 1px solid }}
header p, figcaption {{ font: .9rem sans-serif; color: #555 }}
td {{ border: 1px solid; padding: .2rem .5rem }}
</style>
</head>
<body>
"""
_TAIL = "</body>\n</html>\n"


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    out.write(encoded(_HEAD.format(title="Articles", lang="")))
    count = write_parts(map(render_article, articles), out)
    out.write(encoded(_TAIL))
    return count


def render(article: Article) -> str:
    lang = f' lang="{escape(article.language)}"' if article.language else ""
    head = _HEAD.format(title=escape(article.title), lang=lang)
    return head + render_article(article) + _TAIL


def render_article(article: Article, *, level: int = 1) -> str:
    """Return its ``article`` element; the headline is a heading of this *level*."""
    lang = f' lang="{escape(article.language)}"' if article.language else ""
    facts = " · ".join(_fact(fact) for fact in metadata(article))
    lead = (
        f"<p><strong>{_lines(article.shown_lead)}</strong></p>"
        if article.shown_lead
        else ""
    )
    title = f"<h{level}>{escape(article.title)}</h{level}>"
    head = f"<header>\n{title}\n<p>{facts}</p>\n</header>"
    body = _body(article.blocks, level + 1)
    parts = [f"<article{lang}>", head, lead, *body, "</article>"]
    return "\n".join(part for part in parts if part) + "\n"


def _body(blocks: Iterable[Block], level: int) -> Iterable[str]:
    for is_list, run in groupby(blocks, lambda b: b.kind is BlockKind.LIST_ITEM):
        shown = [_block(block, level) for block in run if block.text.strip()]
        yield from ["<ul>", *shown, "</ul>"] if is_list else shown


def _block(block: Block, level: int) -> str:
    text = _lines(block.text)
    match block.kind:
        case BlockKind.HEADING:
            return f"<h{level}>{text}</h{level}>"
        case BlockKind.QUOTE | BlockKind.EMBED:
            return f"<blockquote><p>{text}</p></blockquote>"
        case BlockKind.LIST_ITEM:
            return f"<li>{text}</li>"
        case BlockKind.TABLE:
            return _table(rows_of(block.text))
        case BlockKind.CAPTION:
            return f"<figure><figcaption>{text}</figcaption></figure>"
        case BlockKind.QUESTION:
            return f"<p><strong>{text}</strong></p>"
        case BlockKind.ENTRY if block.time:
            return f"<p><b>{escape(block.time)}</b> {text}</p>"
        case _:
            return f"<p>{text}</p>"


def _table(rows: list[list[str]]) -> str:
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    return "<table>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"


def _fact(fact: str) -> str:
    if fact.startswith(("http://", "https://")):
        return f'<a href="{escape(fact)}">{escape(fact)}</a>'
    return escape(fact)


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")
