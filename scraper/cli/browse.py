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
        typer.Option(help="Where it listens; the default serves this machine only."),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Its port; 0 is any free one.")
    ] = 8001,
    open_: Annotated[
        bool, typer.Option("--open", help="Open the articles in the browser.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Serve the stored articles to a browser, read only, until Ctrl-C.

    With facets, the search of `tinsach search`, a page for each article with its
    revisions, and SQL that reads. It is Datasette: pip install 'tinsach[browse]'.
    A crawl may go on meanwhile.
    """
    from scraper.browsing import is_loopback, serve

    def tell(address: str) -> None:
        if not is_loopback(host):
            output.say(
                f"tinsach: {host} is reached from other machines: whoever can connect"
                " reads the whole store"
            )
        output.note(f"tinsach: browse {address} (Ctrl-C ends it)")
        if open_:
            webbrowser.open(address)

    serve(store_url(store), host=host, port=port, started=tell)
