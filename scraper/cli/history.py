"""``tinsach history``: the revisions of an article."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.changes import Change, ChangeKind, steps_of
from scraper.cli import output
from scraper.cli.arguments import JsonObjectOption, StoreOption, reading
from scraper.errors import StorageError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from scraper.items import Article


def history(
    url: Annotated[str, typer.Argument(help="Current or former URL of the article.")],
    *,
    as_json: JsonObjectOption = False,
    store: StoreOption = None,
) -> None:
    """Show every revision of a stored article and what each one changed."""
    with reading(store) as opened:
        revisions = opened.history(url)
        if not revisions and opened.damaged:
            return
        if not revisions:
            raise StorageError(f"no article with the URL {url} is stored")
        steps = steps_of(revisions)
        if as_json:
            output.write_json(_record(revisions, steps))
        else:
            _print(output.make_console(sys.stdout), revisions, steps)


def _record(revisions: list[Article], steps: list[list[Change]]) -> dict[str, Any]:
    newest = revisions[-1]
    return {
        "url": newest.url,
        "canonical_url": newest.canonical_url,
        "gone_at": _iso(newest.gone_at),
        "revisions": [
            {
                "revision": article.revision,
                "fetched_at": _iso(article.fetched_at),
                "modified_at": _iso(article.modified_at),
                "title": article.title,
                "changes": [asdict(change) for change in changes],
            }
            for article, changes in zip(revisions, steps, strict=True)
        ],
    }


def _print(
    console: Console, revisions: list[Article], steps: list[list[Change]]
) -> None:
    from rich.text import Text

    newest = revisions[-1]
    console.print(Text(newest.title, "bold"), soft_wrap=True)
    console.print(Text(f"  {newest.url}", "dim"), soft_wrap=True)
    for article, changes in zip(revisions, steps, strict=True):
        console.print(f"\nrevision {article.revision}  {_said(article)}{_sum(changes)}")
        output.print_changes(console, changes)
    if newest.gone_at:
        console.print(f"\nfound taken down {clock.shown(newest.gone_at)}")


def _said(article: Article) -> str:
    fetched = f"fetched {clock.shown(article.fetched_at)}" if article.fetched_at else ""
    says = (
        f"says modified {clock.shown(article.modified_at)}"
        if article.modified_at
        else ""
    )
    return ", ".join(part for part in (fetched, says) if part)


def _sum(changes: list[Change]) -> str:
    counts = [
        f"{number} {kind.value}"
        for kind in ChangeKind
        if (number := sum(change.kind is kind for change in changes))
    ]
    return f": paragraphs {', '.join(counts)}" if counts else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
