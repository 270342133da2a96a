"""The store in a web browser, read only: Datasette, with our search and article pages.

This package can be imported without the extra ``browse``; its modules need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from scraper.storage.location import locate

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["serve"]


def serve(
    url: str | None, *, host: str, port: int, started: Callable[[str], None]
) -> None:
    """Serve the SQLite store at *url* until SIGINT or SIGTERM, which then have their effect.

    Calls *started* with the URL of the articles. *port* 0 chooses a free one. Raises
    ConfigurationError without Datasette, for a store on a server and if it cannot listen,
    and StorageError as open_read_only() does.
    """
    try:
        from scraper.browsing.server import run
    except ModuleNotFoundError:
        raise ConfigurationError(
            "browse needs Datasette, which is not installed:"
            " pip install 'tinsach[browse]'"
        ) from None
    location = locate(url)
    if location.file is None:
        raise ConfigurationError(
            f"store {location.name} is not an SQLite file, so it cannot be browsed:"
            f" `tinsach store copy {location.name} FILE` makes one"
        )
    run(url, host=host, port=port, started=started)
