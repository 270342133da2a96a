"""``tinsach forget``: an article goes, and does not come back."""

from __future__ import annotations

from typing import Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import StoreOption, is_url
from scraper.cli.output import show_waiting
from scraper.errors import ConfigurationError, ScraperError
from scraper.storage.location import store_url


def forget(
    url: Annotated[str, typer.Argument(help="Where the article is, or once was.")],
    *,
    store: StoreOption = None,
) -> None:
    """Remove an article, its revisions and its raw pages, and keep it out from now on."""
    from scraper.archive import own_archive, remove_records
    from scraper.storage import open_store

    if not is_url(url):
        raise ConfigurationError(f"{url} is no http or https address")
    with open_store(store_url(store), create=False) as opened:
        done = opened.forget(url, clock.now())
    folder = own_archive()
    try:
        with show_waiting("forget: looking through the archive"):
            records = remove_records(folder, done.urls)
    except (OSError, ValueError) as error:
        raise ScraperError(
            f"removed from the store, but not from the archive {folder} ({error}):"
            " run this again once it can be written"
        ) from error
    removed = (
        f"{done.articles} article, {done.visits} visits, {records} records removed"
    )
    also = [f"; kept out as {other} too" for other in done.urls if other != url]
    output.note(f"tinsach: {url}: {removed}; it is kept out from now on{''.join(also)}")
