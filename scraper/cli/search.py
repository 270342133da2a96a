"""``tinsach search``: full-text search of the stored articles."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import JsonLinesOption, StoreOption, reading
from scraper.exports import FORMATS

if TYPE_CHECKING:
    from rich.console import Console

    from scraper.storage import Hit


def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD",
            help='Words that must all occur; "bo cong an" finds Bộ Công an.',
        ),
    ],
    *,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of articles.")] = 20,
    as_json: JsonLinesOption = False,
    store: StoreOption = None,
) -> None:
    """Search stored articles for words, with or without Vietnamese marks."""
    wanted = " ".join(words)
    with reading(store) as opened:
        hits = opened.search(wanted, limit=limit)
        heads = opened.heads(hit.article for hit in hits)
        if as_json:
            FORMATS["jsonl"].write((hit.article for hit in hits), output.results())
        else:
            console = output.make_console(sys.stdout)
            for hit in hits:
                _print_hit(console, hit, heads.get(hit.article.id))
        if not hits:
            output.note(f"tinsach: no stored article contains all of: {wanted}")


def _print_hit(console: Console, hit: Hit, head: str | None) -> None:
    from rich.text import Text

    article = hit.article
    console.print(Text(article.title, "bold"), soft_wrap=True)
    when = article.published_at
    moment = f"{clock.shown(when)}  " if when else ""
    console.print(Text(f"  {moment}{article.url}", "dim"), soft_wrap=True)
    if head:
        console.print(Text(f"  near-duplicate of {head}", "dim"), soft_wrap=True)
    parts = hit.snippet.split("**")
    marked = Text.assemble(
        "  ", *((part, "yellow" if n % 2 else "") for n, part in enumerate(parts))
    )
    console.print(marked, soft_wrap=True)
