"""HTML pages for explanations and reports: one file each, without scripts or requests.

The templates escape everything. A Content-Security-Policy allows only the style of the
page, so that nothing of a crawled page could run even if it got through.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from math import ceil
from typing import TYPE_CHECKING, BinaryIO

from scraper.exports import (
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
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2 import Environment

    from scraper.exports import Extras, Figure, Run
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


_COLOURS = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """One extraction of the page, with its *label* and a *note* about it."""

    label: str
    article: Article
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Fate:
    """The blocks that one rule kept or dropped; *key* is the class of their elements."""

    rule: str
    kept: bool
    count: int
    key: str
    colour: int


def render_explanation(
    readings: Sequence[Reading], *, hidden: Mapping[str, int]
) -> str:
    """Return a self-contained HTML page about the *readings* of one page.

    The first one is shown; a switch shows the others. *hidden* counts the invisible
    characters of the page by name.
    """
    shown = [(each, _fates(each, number)) for number, each in enumerate(readings)]
    page = readings[0].article
    return render_page(
        "explanation",
        title=f"Explanation of {page.title or page.url}",
        style="".join(_style(number, fates) for number, (_, fates) in enumerate(shown)),
        page=page,
        shown=shown,
        hidden=hidden,
        render_article=render_article,
    )


def _fates(reading: Reading, number: int) -> dict[tuple[bool, str], _Fate]:
    """Return the fates by kept and rule: kept ones first, then by frequency."""
    counts = Counter((entry.kept, entry.rule) for entry in reading.article.ledger)
    order = sorted(counts, key=lambda fate: (not fate[0], -counts[fate], fate[1]))
    return {
        (kept, rule): _Fate(
            rule, kept, counts[kept, rule], f"w{number}r{place}", place % _COLOURS
        )
        for place, (kept, rule) in enumerate(order)
    }


def _style(number: int, fates: Mapping[tuple[bool, str], _Fate]) -> str:
    """Return the CSS that makes the switch and the filters work without a script."""
    rules = [f"body:has(#w{number}:not(:checked)) .w{number}{{display:none}}"]
    for fate in fates.values():
        rules += [
            f"body:has(#{fate.key}:not(:checked)) li.{fate.key}{{display:none}}",
            f".{fate.key}{{border-color:var(--c{fate.colour})}}",
        ]
    return "\n".join(rules) + "\n"


WIDTH, HEIGHT = 720, 220
_LEFT, _BOTTOM, _TOP = 52, 24, 12
_LABEL = 96
"""Pixels of a date below the axis, with its margin."""
_SERIES = 9
_WIDEST = 48
"""Pixels of a column at most, even if it is the only one."""
REST = "others"
"""The series that sums up all but the largest."""


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar of a stack, or a point of a line if it has no extent; *said* is its label."""

    x: float
    y: float
    width: float
    height: float
    series: int
    said: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of WIDTH x HEIGHT pixels, y downwards; *rows* are its numbers."""

    title: str
    series: Sequence[str]
    rows: Sequence[tuple[str, Mapping[str, float]]]
    marks: Sequence[Mark]
    across: Sequence[Tick]
    up: Sequence[Tick]

    @property
    def points(self) -> str:
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.marks)


def stack(title: str, rows: Sequence[tuple[str, Mapping[str, float]]]) -> Chart:
    """Return a chart with a stacked column for each row; the largest series have colours."""
    series, rows = _largest(rows)
    top = max((sum(parts.values()) for _, parts in rows), default=0) or 1
    step = min(_WIDEST, (WIDTH - _LEFT) / max(1, len(rows)))
    marks = []
    for place, (label, parts) in enumerate(rows):
        below = 0.0
        for number, name in enumerate(series):
            if part := parts.get(name, 0):
                below += part
                y, height = _y(below / top), _y(0) - _y(part / top)
                said = f"{label}, {name}: {part:g}"
                x = _LEFT + place * step
                marks.append(Mark(x, y, step * 0.85, height, number, said))
    return Chart(title, series, rows, marks, _across(rows, step, 0.4 * step), _up(top))


def trace(title: str, name: str, points: Sequence[tuple[str, float]]) -> Chart:
    """Return a chart with one line through *points*, none of which is negative."""
    top = max((value for _, value in points), default=0) or 1
    step = (WIDTH - _LEFT) / max(1, len(points))
    marks = [
        Mark(
            _LEFT + (place + 0.5) * step,
            _y(value / top),
            0,
            0,
            0,
            f"{label}: {value:g}",
        )
        for place, (label, value) in enumerate(points)
    ]
    rows = [(label, {name: value}) for label, value in points]
    return Chart(title, [name], rows, marks, _across(rows, step, 0.5 * step), _up(top))


def spark(values: Sequence[float]) -> list[Mark]:
    """Return a small bar for each of *values*, in a box of 100 x 20 pixels."""
    top = max(values, default=0) or 1
    step = 100 / max(1, len(values))
    return [
        Mark(place * step, 20 - 20 * value / top, step * 0.85, 20 * value / top, 0, "")
        for place, value in enumerate(values)
    ]


def _largest(
    rows: Sequence[tuple[str, Mapping[str, float]]],
) -> tuple[list[str], list[tuple[str, Mapping[str, float]]]]:
    """Return the series, largest first, and *rows* with the small ones summed up."""
    sums: defaultdict[str, float] = defaultdict(float)
    for _, parts in rows:
        for name, part in parts.items():
            sums[name] += part
    order = sorted(sums, key=lambda name: (-sums[name], name))
    if len(order) <= _SERIES + 1:
        return order, list(rows)
    named = order[:_SERIES]
    folded = [(label, _folded(parts, named)) for label, parts in rows]
    return [*named, REST], folded


def _folded(parts: Mapping[str, float], named: Sequence[str]) -> Mapping[str, float]:
    kept = {name: part for name, part in parts.items() if name in named}
    return kept | {REST: sum(parts.values()) - sum(kept.values())}


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP)


def _up(top: float) -> list[Tick]:
    return [Tick(_y(share), f"{top * share:.3g}") for share in (0, 0.5, 1)]


def _across(
    rows: Sequence[tuple[str, object]], step: float, middle: float
) -> list[Tick]:
    every = ceil(_LABEL / step)
    return [
        Tick(_LEFT + place * step + middle, label)
        for place, (label, _) in enumerate(rows)
        if place % every == 0
    ]


def render_page(name: str, **values: object) -> str:
    """Return the template *name* rendered with *values*, which need a ``title``.

    ``style`` is additional CSS, which follows that of all pages.
    """
    environment = _environment()
    own = str(values.pop("style", ""))
    style = environment.get_template("style.css").render() + own
    return environment.get_template(f"{name}.html").render(
        values, style=style, style_hash=_hash(style)
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("scraper.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["http"] = is_http
    return environment


def _hash(style: str) -> str:
    """Return the hash-source of *style* (CSP level 2)."""
    digest = hashlib.sha256(style.encode("utf-8", "replace")).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
