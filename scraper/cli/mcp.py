"""``tinsach mcp``: fetching, searching and explaining as tools of a language model."""

from __future__ import annotations

import inspect
import os
import signal
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn

from scraper import __version__
from scraper.cli.arguments import AllowPrivateOption, StoreOption
from scraper.cli.tools import MOST_OF_A_FIELD, NOTICE, Tools
from scraper.errors import ConfigurationError, ScraperError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server import MCPServer


def mcp(
    *, store: StoreOption = None, allow_private: AllowPrivateOption = False
) -> None:
    """Serve tools to a language model, by the Model Context Protocol, until its input ends.

    fetch_article and explain_article ask one page of the network under the rules of
    `tinsach fetch`; search_articles asks the store. Standard input and output
    carry the protocol alone. It needs: pip install 'tinsach[mcp]'.
    """
    server = make_server(Tools(store))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    server.run("stdio")


def _leave(number: int, _frame: object) -> NoReturn:
    """End at once, and the workers with it.

    Any other end waits for the thread that reads standard input.
    """
    os._exit(128 + number)


def make_server(tools: Tools) -> MCPServer[Any]:
    """Return a server of *tools*; raises ConfigurationError without the package mcp."""
    try:
        from mcp.server import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError:
        raise ConfigurationError(
            "mcp needs the package mcp (2 or later), which is not installed:"
            " pip install 'tinsach[mcp]'"
        ) from None
    server = MCPServer[Any](
        "tinsach", version=__version__, instructions=NOTICE, log_level="WARNING"
    )
    for tool, asks_the_web in (
        (tools.fetch_article, True),
        (tools.search_articles, False),
        (tools.explain_article, True),
    ):
        hints = ToolAnnotations(read_only_hint=True, open_world_hint=asks_the_web)
        server.add_tool(
            _telling(tool), description=inspect.getdoc(tool), annotations=hints
        )
    return server


def _telling(tool: Callable[..., Any]) -> Callable[..., Any]:
    """Return *tool* with its errors as those whose message the model is to read."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def telling(**arguments: Any) -> Any:  # noqa: ANN401  those of the tool
        try:
            return tool(**arguments)
        except ScraperError as error:
            raise ToolError(str(error)[:MOST_OF_A_FIELD]) from error

    return telling
