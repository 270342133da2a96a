"""One article as its page had it, and as it was kept."""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

from scraper import clock
from scraper.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.text import Text

    from scraper.items import Article, LedgerEntry

_OF_A_RUN = 3
_LINES = 34
_PARAGRAPHS = 3
_WIDTH = 62


def print_before_after(article: Article) -> None:
    """Fetch *article*'s page again, of the replica, and print both sides of it."""
    from scraper.crawling.fetch import fetch_page
    from scraper.reading import read

    again = read(fetch_page(article.url, allow_private=True))
    console = output.make_console(sys.stdout)
    seen = len(again.ledger)
    kept = sum(entry.kept for entry in again.ledger)
    console.rule(f"as the page had it: {seen} blocks, {seen - kept} of them no article")
    for line in shorten(list(iter_page_lines(again.ledger))):
        console.print(line, no_wrap=True, overflow="ellipsis")
    console.rule("as it was kept")
    for line in iter_kept_lines(again):
        console.print(line)


def iter_page_lines(ledger: Iterable[LedgerEntry]) -> Iterator[Text]:
    """Yield the page's blocks, "-" before those dropped, long runs cut."""
    from rich.text import Text

    for kept, run in groupby(ledger, key=lambda entry: entry.kept):
        entries = list(run)
        sign, style = ("  ", "") if kept else ("- ", "dim")
        for entry in entries[:_OF_A_RUN]:
            yield Text(_page_line(sign, entry), style)
        if (more := len(entries) - _OF_A_RUN - 1) > 0:
            yield Text(f"{sign}… {more} more", style)
        if more >= 0:
            yield Text(_page_line(sign, entries[-1]), style)


def shorten(lines: list[Text]) -> list[Text]:
    """Return the first and the last of *lines*, where there are too many."""
    from rich.text import Text

    if len(lines) <= _LINES:
        return lines
    half = _LINES // 2
    return [*lines[:half], Text("  …", "dim"), *lines[-half:]]


def iter_kept_lines(article: Article) -> Iterator[Text]:
    """Yield title, origin, lead and the first paragraphs."""
    from rich.text import Text

    yield Text(article.title, "bold")
    when = article.published_at
    facts = (
        clock.shown(when) if when else "",
        article.section,
        ", ".join(article.authors),
        article.agency,
    )
    yield Text(" | ".join(fact for fact in facts if fact), "dim")
    paragraphs = article.text.split("\n\n")
    for paragraph in paragraphs[:_PARAGRAPHS]:
        yield Text(f"\n{paragraph}")
    if (more := len(paragraphs) - _PARAGRAPHS) > 0:
        yield Text(f"\n… {more} more paragraphs", "dim")


def _page_line(sign: str, entry: LedgerEntry) -> str:
    text = " ".join(entry.text.split())
    cut = text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
    return f"{sign}{cut}" if entry.kept else f"{sign}{cut}  [{entry.rule}]"
