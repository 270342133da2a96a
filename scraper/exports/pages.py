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
from math import ceil
from typing import TYPE_CHECKING

from scraper.exports.html import render_article
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from scraper.items import Article


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
