"""``tinsach near-duplicates``: the articles that tell the same story."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import JsonLinesOption, StoreOption, reading
from scraper.errors import StorageError
from scraper.exports import FORMATS

if TYPE_CHECKING:
    from scraper.items import Article


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
            output.write_text("".join(map(_line, found)))
        if len(found) == 1:
            output.note("tinsach: the article has no stored near-duplicate")


def _line(article: Article) -> str:
    at = article.published_at
    when = clock.shown(at) if at else "-"
    return "\t".join((when, article.site, article.url, article.title)) + "\n"
