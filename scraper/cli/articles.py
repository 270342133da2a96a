"""Commands about stored articles: search, browse, history, near-duplicates, forget."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import (
    JsonLinesOption,
    JsonObjectOption,
    StoreOption,
    existing_store,
    is_url,
    reading,
)
from scraper.errors import ConfigurationError, ScraperError, StorageError
from scraper.exports import FORMATS
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from scraper.changes import Change
    from scraper.items import Article
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


def browse(
    *,
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on; the default serves this machine only."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="Port to listen on; 0 for any free one."),
    ] = 8001,
    open_: Annotated[
        bool, typer.Option("--open", help="Open the articles in the web browser.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Serve the stored articles to a web browser, read only, until Ctrl-C.

    Has facets, the search of `tinsach search`, a page for each article with its
    revisions, and read-only SQL. Runs Datasette: pip install 'tinsach[browse]'.
    A crawl may run at the same time.
    """
    from scraper.browsing import serve

    def announce(address: str) -> None:
        from scraper.browsing.server import is_loopback

        if not is_loopback(host):
            output.say(
                f"tinsach: {host} is reachable from other machines: anyone who can"
                " connect can read the whole store"
            )
        output.note(f"tinsach: browse {address} (Ctrl-C ends it)")
        if open_:
            import webbrowser

            webbrowser.open(address)

    serve(store_url(store), host=host, port=port, started=announce)


def history(
    url: Annotated[str, typer.Argument(help="Current or former URL of the article.")],
    *,
    as_json: JsonObjectOption = False,
    store: StoreOption = None,
) -> None:
    """Show every revision of a stored article and what each one changed."""
    from scraper.changes import steps_of

    with reading(store) as opened:
        revisions = opened.history(url)
        if not revisions and opened.damaged:
            return
        if not revisions:
            raise StorageError(f"no article with the URL {url} is stored")
        steps = steps_of(revisions)
        if as_json:
            output.write_json(_history_record(revisions, steps))
        else:
            _print_history(output.make_console(sys.stdout), revisions, steps)


def _history_record(
    revisions: list[Article], steps: list[list[Change]]
) -> dict[str, Any]:
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


def _print_history(
    console: Console, revisions: list[Article], steps: list[list[Change]]
) -> None:
    from rich.text import Text

    newest = revisions[-1]
    console.print(Text(newest.title, "bold"), soft_wrap=True)
    console.print(Text(f"  {newest.url}", "dim"), soft_wrap=True)
    for article, changes in zip(revisions, steps, strict=True):
        console.print(
            f"\nrevision {article.revision}  {_moments_of(article)}{_counts_of(changes)}"
        )
        output.print_changes(console, changes)
    if newest.gone_at:
        console.print(f"\nfound taken down {clock.shown(newest.gone_at)}")


def _moments_of(article: Article) -> str:
    fetched = f"fetched {clock.shown(article.fetched_at)}" if article.fetched_at else ""
    says = (
        f"says modified {clock.shown(article.modified_at)}"
        if article.modified_at
        else ""
    )
    return ", ".join(part for part in (fetched, says) if part)


def _counts_of(changes: list[Change]) -> str:
    from scraper.changes import ChangeKind

    counts = [
        f"{number} {kind.value}"
        for kind in ChangeKind
        if (number := sum(change.kind is kind for change in changes))
    ]
    return f": paragraphs {', '.join(counts)}" if counts else ""


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def near_duplicates(
    url: Annotated[str, typer.Argument(metavar="URL", help="URL of a stored article.")],
    *,
    as_json: JsonLinesOption = False,
    store: StoreOption = None,
) -> None:
    """List an article and its near-duplicates of all sites, the earliest (the head) first.

    Prints publication time, site, URL and title, tab-separated.
    """
    with reading(store) as opened:
        found = opened.near_duplicates(url)
        if not found and opened.damaged:
            return
        if not found:
            raise StorageError(f"no article with the URL {url} is stored")
        if as_json:
            FORMATS["jsonl"].write(found, output.results())
        else:
            output.write_text("".join(map(_duplicate_line, found)))
        if len(found) == 1:
            output.note("tinsach: the article has no stored near-duplicate")


def _duplicate_line(article: Article) -> str:
    at = article.published_at
    when = clock.shown(at) if at else "-"
    return "\t".join((when, article.site, article.url, article.title)) + "\n"


def forget(
    url: Annotated[str, typer.Argument(help="Current or former URL of the article.")],
    *,
    store: StoreOption = None,
) -> None:
    """Remove an article, its revisions and its raw pages, and never store it again."""
    from scraper.archive import own_archive, remove_records

    if not is_url(url):
        raise ConfigurationError(f"{url} is not an http or https URL")
    with existing_store(store) as opened:
        done = opened.forget(url, clock.now())
    folder = own_archive()
    try:
        with output.show_waiting("forget: searching the archive"):
            records = remove_records(folder, done.urls)
    except (OSError, ValueError) as error:
        raise ScraperError(
            f"removed from the store, but not from the archive {folder} ({error}):"
            " run this again when the archive is writable"
        ) from error
    removed = (
        f"{done.articles} article, {done.visits} visits, {records} records removed"
    )
    also = [f"; also kept out as {other}" for other in done.urls if other != url]
    output.note(
        f"tinsach: {url}: {removed}; it will not be stored again{''.join(also)}"
    )
