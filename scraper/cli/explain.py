"""``tinsach explain``: which blocks were kept or dropped, and by which rule."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    AllowPrivateOption,
    OneModelOption,
    StoreOption,
    is_url,
    model_chooser,
)
from scraper.cli.fetch import explain_kind
from scraper.crawling.spiders import hinted
from scraper.errors import ConfigurationError, UndecodablePage
from scraper.exports import encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from scraper.exports.html import Reading
    from scraper.items import Article, LedgerEntry, Page
    from scraper.workers import Reader


def explain(
    source: Annotated[
        str,
        typer.Argument(
            metavar="URL|FILE", help="URL, HTML file, or - for standard input."
        ),
    ],
    *,
    url: Annotated[
        str, typer.Option(help="URL of a file that does not declare its own.")
    ] = "",
    model: OneModelOption = "stored",
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PAGE.html",
            help="Write a page for the web browser: the article beside all blocks, as read"
            " with the model, without it, and by trafilatura.",
        ),
    ] = None,
    store: StoreOption = None,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Show each visible block of one page: kept (+) or dropped (-), and by which rule."""
    from scraper.extraction.document import count_hidden
    from scraper.workers import SingleReader

    output.format_of(out, among=["html"])
    model_of = model_chooser(model, store=store)
    with SingleReader() as reader:
        page = hinted(load_page(source, url=url))
        article = reader.explain(page, model_of(page)).result()
        hidden = reader.run(page, count_hidden).result()
        if out is not None:
            _write_page(out, _readings(page, article, reader), hidden)
            return
    console = output.make_console(sys.stdout)
    _print_head(console, article)
    for (kept, *why), entries in _grouped(article.ledger):
        _print_group(console, kept, "  ".join(filter(None, why)), entries)
    _print_counts(console, article)
    _print_hidden(console, hidden)


def load_page(source: str, *, url: str = "") -> Page:
    """Return the one page at *source*: a URL, a file or standard input.

    Raises ScraperError if there is none or more than one.
    """
    if is_url(source):
        from scraper.crawling.fetch import fetch_page

        with output.show_waiting(f"fetch {source}"):
            return fetch_page(source)
    from dataclasses import replace

    from scraper.archive import iter_saved

    pages = iter_saved(Path(source))
    saved = next(pages)
    if saved.page is None:
        raise UndecodablePage(saved.error)
    if next(pages, None) is not None:
        raise ConfigurationError(f"{source} contains several pages; name one file")
    return replace(saved.page, url=url) if url else saved.page


def _write_page(out: Path, readings: list[Reading], hidden: dict[str, int]) -> None:
    from scraper.exports.html import render_explanation

    shown = render_explanation(readings, hidden=hidden)
    with output.open_output(out) as stream:
        stream.write(encoded(shown))
    blocks = len(readings[0].article.ledger)
    output.note(f"{out}: {blocks} blocks explained; open it in a browser")


def _readings(page: Page, article: Article, reader: Reader) -> list[Reading]:
    """Return *article*, and the page as read without a model and by trafilatura."""
    from scraper.exports.html import Reading
    from scraper.extraction.trafilatura_text import extract_by_trafilatura

    by_model = bool(article.extraction.model_version)
    alone = reader.explain(page).result() if by_model else article
    plain = reader.run(page, extract_by_trafilatura).result()
    readings = [
        Reading("the page alone", alone, "Read without a site model."),
        Reading("trafilatura alone", plain, "With its default settings."),
    ]
    if by_model:
        readings.insert(0, Reading("the site model", article, _model_line(article)))
    return readings


def _print_head(console: Console, article: Article) -> None:
    console.print(
        article.canonical_url or article.url, style="bold", markup=False, soft_wrap=True
    )
    console.print(
        f"kind {article.kind}, title: {article.title or '-'}",
        markup=False,
        soft_wrap=True,
    )
    console.print(_model_line(article), markup=False, soft_wrap=True)
    if not article.kind.has_text:
        console.print(explain_kind(article), markup=False, soft_wrap=True)
    console.print()


def _model_line(article: Article) -> str:
    extraction = article.extraction
    if not extraction.model_version:
        return "site model: none"
    if extraction.model_limited:
        reason = extraction.model_limited.replace("_", " ")
        return f"site model: {extraction.model_version}, but {reason}"
    return f"site model: {extraction.model_version}"


def _grouped(
    ledger: tuple[LedgerEntry, ...],
) -> Iterator[tuple[tuple[bool, str, str, str], list[LedgerEntry]]]:
    """Yield runs of blocks with the same kept, rule, evidence and path, and these."""
    fates = groupby(ledger, key=lambda e: (e.kept, e.rule, e.evidence, e.path))
    for fate, entries in fates:
        yield fate, list(entries)


def _print_group(
    console: Console, kept: bool, why: str, entries: list[LedgerEntry]
) -> None:
    """Print *entries*, each after its probability of being body.

    The features that weighed most follow, with what they add to the log-odds.
    """
    sign, style = ("+", "green") if kept else ("-", "red")
    console.print(f"{sign} {why}", style=style, markup=False, soft_wrap=True)
    for entry in entries:
        first = "" if entry.probability is None else f"{entry.probability:.2f}"
        for line in entry.text.splitlines():
            console.print(
                f"{first:>5} {line}",
                style="" if kept else "dim",
                markup=False,
                soft_wrap=True,
            )
            first = ""
        if entry.weighed:
            features = ", ".join(f"{name} {weight:+}" for name, weight in entry.weighed)
            console.print(
                f"      {features}", style="cyan", markup=False, soft_wrap=True
            )


def _print_hidden(console: Console, hidden: dict[str, int]) -> None:
    if hidden:
        console.print("\ninvisible characters removed from the page", style="yellow")
    for name, count in hidden.items():
        console.print(f"{count:6} {name}", markup=False)


def _print_counts(console: Console, article: Article) -> None:
    dropped = article.extraction.dropped
    console.print(
        f"\nkept {article.extraction.kept} blocks, dropped {sum(dropped.values())}"
    )
    for rule, count in sorted(dropped.items(), key=lambda pair: (-pair[1], pair[0])):
        console.print(f"{count:6} {rule}", markup=False)
