"""``tinsach forget``: removes an article for good."""

from __future__ import annotations

from typing import Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import StoreOption, existing_store, is_url
from scraper.errors import ConfigurationError, ScraperError


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
