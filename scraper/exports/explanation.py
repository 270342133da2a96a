"""What became of one crawled page, as a page: its article beside all of its blocks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.exports.html import render_article
from scraper.exports.pages import render_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scraper.items import Article

_COLOURS = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the page, its *label* for people; *note* says how that went."""

    label: str
    article: Article
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Fate:
    """Blocks that one rule kept or dropped; *key* is the class of their elements."""

    rule: str
    kept: bool
    count: int
    key: str
    colour: int


def render_explanation(
    readings: Sequence[Reading], *, hidden: Mapping[str, int]
) -> str:
    """Return one self-contained HTML page of the *readings* of one crawled page.

    The first one is shown, a switch shows the others. *hidden* counts the invisible
    characters of the page by name.
    """
    shown = [(each, _fates(each, number)) for number, each in enumerate(readings)]
    page = readings[0].article
    return render_page(
        "explanation",
        title=f"What became of {page.title or page.url}",
        style="".join(_style(number, fates) for number, (_, fates) in enumerate(shown)),
        page=page,
        shown=shown,
        hidden=hidden,
        render_article=render_article,
    )


def _fates(reading: Reading, number: int) -> dict[tuple[bool, str], _Fate]:
    """Return the fates by kept and rule: what kept comes first, then the most frequent."""
    counts = Counter((entry.kept, entry.rule) for entry in reading.article.ledger)
    order = sorted(counts, key=lambda fate: (not fate[0], -counts[fate], fate[1]))
    return {
        (kept, rule): _Fate(
            rule, kept, counts[kept, rule], f"w{number}r{place}", place % _COLOURS
        )
        for place, (kept, rule) in enumerate(order)
    }


def _style(number: int, fates: Mapping[tuple[bool, str], _Fate]) -> str:
    """Return what makes the switch and the filters work: no script is needed for it."""
    rules = [f"body:has(#w{number}:not(:checked)) .w{number}{{display:none}}"]
    for fate in fates.values():
        rules += [
            f"body:has(#{fate.key}:not(:checked)) li.{fate.key}{{display:none}}",
            f".{fate.key}{{border-color:var(--c{fate.colour})}}",
        ]
    return "\n".join(rules) + "\n"
