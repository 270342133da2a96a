"""``tinsach browse``: the store in a browser."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import StoreOption
from scraper.storage.location import store_url


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
            webbrowser.open(address)

    serve(store_url(store), host=host, port=port, started=announce)
