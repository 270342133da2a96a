"""``tinsach near-duplicates``: who printed a story, and who first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import StoreOption
from scraper.cli.reading import reading
from scraper.errors import StorageError
from scraper.exports import FORMATS

if TYPE_CHECKING:
    from scraper.items import Article


def near_duplicates(
    url: Annotated[str, typer.Argument(metavar="URL", help="Of a stored article.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """List an article and its near-duplicates at all sites, the earliest (the head) first.

    Time of publication, site, address and title, with tabs.
    """
    with reading(store) as opened:
        found = opened.near_duplicates(url)
        if not found and opened.damaged:
            return
        if not found:
            raise StorageError(f"no article is stored that was found at {url}")
        if as_json:
            FORMATS["jsonl"].write(found, output.results())
        else:
            output.write_text("".join(map(_line, found)))
        if len(found) == 1:
            output.note("tinsach: no near-duplicate of it is stored")


def _line(article: Article) -> str:
    at = article.published_at
    when = clock.shown(at) if at else "-"
    return "\t".join((when, article.site, article.url, article.title)) + "\n"
