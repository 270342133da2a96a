"""What Datasette does otherwise here: the search, the cells of the table, more pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

import datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Response
from markupsafe import Markup

from scraper import clock
from scraper.browsing.article_page import ROUTE, page_of, show_article
from scraper.browsing.database import NAME
from scraper.storage.viewing import MATCHES, VIEW, BoundedRows

if TYPE_CHECKING:
    import sqlite3

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

_F = TypeVar("_F", bound=Callable[..., Any])


def _hook(*, trylast: bool = False) -> Callable[[_F], _F]:
    return cast("Callable[[_F], _F]", datasette.hookimpl(trylast=trylast))


@_hook(trylast=True)
def filters_from_request(request: Request, table: str) -> FilterArguments | None:
    """Search as ``tinsach search`` does; last, since Datasette says that it cannot."""
    if table != VIEW:
        return None
    words = request.args.get("_search") or ""
    shown = {"supports_search": True, "search": words}
    if not words.strip():
        return FilterArguments([], extra_context=shown)
    said = [f'search matches "{words}"']
    return FilterArguments(
        [MATCHES.format(words=":words")], {"words": words}, said, shown
    )


@_hook()
def render_cell(
    row: sqlite3.Row, value: object, column: str, table: str, datasette: Datasette
) -> Markup | str | None:
    """Let a title lead to its article's page, and show moments as they are in Vietnam."""
    if table != VIEW or not value:
        return None
    if column == "title" and "canonical_url" in row.keys():  # noqa: SIM118  of a Row
        address = page_of(datasette, row["canonical_url"])
        return Markup('<a href="{}">{}</a>').format(address, value)
    if column == "published_at":
        return clock.shown(datetime.fromisoformat(str(value)))
    return None


@_hook()
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Bound what one answer holds; Datasette has set its row factory before."""
    conn.row_factory = BoundedRows()


@_hook()
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [(r"/$", _lead_to_articles), (ROUTE, show_article)]


def _lead_to_articles(datasette: Datasette) -> Response:
    return Response.redirect(datasette.urls.table(NAME, VIEW))
