"""HTML: one small page, with all content of articles escaped."""

from __future__ import annotations

from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from scraper.exports.format import (
    PLAIN,
    Format,
    encoded,
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

    from scraper.exports.format import Extras, Figure, Run
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
img {{ max-width: 100% }}
header p, figcaption {{ font: .9rem sans-serif; color: #555 }}
td {{ border: 1px solid; padding: .2rem .5rem }}
</style>
</head>
<body>
"""
_TAIL = "</body>\n</html>\n"


def write(articles: Iterable[Article], out: BinaryIO, extras: Extras = PLAIN) -> int:
    out.write(encoded(_HEAD.format(title="Articles", lang="")))
    parts = (render_article(article, extras) for article in articles)
    count = write_parts(parts, out)
    out.write(encoded(_TAIL))
    return count


def render(article: Article, extras: Extras = PLAIN) -> str:
    lang = f' lang="{escape(article.language)}"' if article.language else ""
    head = _HEAD.format(title=escape(article.title), lang=lang)
    return head + render_article(article, extras) + _TAIL


def render_article(article: Article, extras: Extras = PLAIN, *, level: int = 1) -> str:
    """Return the ``article`` element; its headline is a heading of *level*."""
    lang = f' lang="{escape(article.language)}"' if article.language else ""
    facts = " · ".join(_fact(fact) for fact in metadata(article))
    lead = _inline(runs_of(article.shown_lead, article.lead_links, extras))
    title = f"<h{level}>{escape(article.title)}</h{level}>"
    head = f"<header>\n{title}\n<p>{facts}</p>\n</header>"
    first = f"<p><strong>{lead}</strong></p>" if lead else ""
    body = _body(parts_of(article, extras), level + 1, extras)
    parts = [f"<article{lang}>", head, first, *body, "</article>"]
    return "\n".join(part for part in parts if part) + "\n"


def _body(parts: Iterable[Block | Figure], level: int, extras: Extras) -> Iterator[str]:
    for is_list, run in groupby(parts, is_list_item):
        shown = [_part(part, level, extras) for part in run]
        yield from ["<ul>", *shown, "</ul>"] if is_list else shown


def _part(part: Block | Figure, level: int, extras: Extras) -> str:
    if not isinstance(part, Block):
        return _figure(part, extras)
    runs = runs_of(part.text, part.links, extras)
    text = _inline(runs)
    match part.kind:
        case BlockKind.HEADING:
            return f"<h{level}>{text}</h{level}>"
        case BlockKind.QUOTE | BlockKind.EMBED:
            return f"<blockquote><p>{text}</p></blockquote>"
        case BlockKind.LIST_ITEM:
            return f"<li>{text}</li>"
        case BlockKind.TABLE:
            return _table(rows_of(runs))
        case BlockKind.CAPTION:
            return f"<figure><figcaption>{text}</figcaption></figure>"
        case BlockKind.QUESTION:
            return f"<p><strong>{text}</strong></p>"
        case BlockKind.ENTRY if part.time:
            return f"<p><b>{escape(part.time)}</b> {text}</p>"
        case _:
            return f"<p>{text}</p>"


def _figure(figure: Figure, extras: Extras) -> str:
    caption = _inline(figure.runs(extras))
    below = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(figure.url)}" alt="">{below}</figure>'


def _table(rows: list[list[list[Run]]]) -> str:
    lines = ("".join(f"<td>{_inline(cell)}</td>" for cell in row) for row in rows)
    return "<table>\n" + "\n".join(f"<tr>{line}</tr>" for line in lines) + "\n</table>"


def _fact(fact: str) -> str:
    if fact.startswith(("http://", "https://")):
        return f'<a href="{escape(fact)}">{escape(fact)}</a>'
    return escape(fact)


def _inline(runs: Iterable[Run]) -> str:
    return "".join(
        f'<a href="{escape(run.url)}">{_lines(run.text)}</a>'
        if run.url
        else _lines(run.text)
        for run in runs
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>\n")


FORMAT = Format(
    name="html", extensions=(".html",), write=write, render=render, has_extras=True
)
