"""The page of one stored article: its text, its facts, what each revision changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

import datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import NotFound, Response
from datasette.views.base import DatasetteError
from markupsafe import Markup

from scraper import clock
from scraper.browsing.database import NAME
from scraper.changes import Change, steps_of
from scraper.errors import StorageError
from scraper.items import BlockKind
from scraper.storage.viewing import MATCHES, VIEW, BoundedRows
from scraper.urls import is_http

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from datasette.app import Datasette
    from datasette.utils.asgi import Request

    from scraper.items import Article, Block
    from scraper.storage import Store


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


ROUTE = r"/-/article$"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No script and no picture: what gets past the escaping of the template runs nowhere."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article said, and what that changed."""

    article: Article
    changes: list[Change]


async def show_article(request: Request, datasette: Datasette) -> Response:
    """Answer with the article that is, or once was, at the address ``?url=``."""
    url = request.args.get("url") or ""
    store = datasette.get_database(NAME).store
    try:
        history, alike = await asyncio.to_thread(_load, store, url)
    except StorageError as error:
        raise DatasetteError(str(error), status=500) from error
    if not history:
        raise NotFound(f"No article is stored from {url}")
    article = history[-1]
    context = {
        "article": article,
        "facts": _facts(article),
        "runs": _runs(article.blocks),
        "revisions": _revisions(history),
        "alike": [(other.title, page_of(datasette, other.url)) for other in alike],
        "all_articles": datasette.urls.table(NAME, VIEW),
        "is_http": is_http,
        "shown": clock.shown,
    }
    page = await datasette.render_template("article.html", context, request=request)
    return Response.html(page, headers={"content-security-policy": _POLICY})


def page_of(datasette: Datasette, url: str) -> str:
    """Return where the page of the article at *url* is."""
    return f"{datasette.urls.path('/-/article')}?{urlencode({'url': url})}"


def _load(store: Store, url: str) -> tuple[list[Article], list[Article]]:
    """Return the revisions of an article, and its near-duplicates."""
    history = store.history(url)
    alike = store.near_duplicates(url) if history else []
    return history, [other for other in alike if other.id != history[-1].id]


def _facts(article: Article) -> list[tuple[str, str]]:
    """Return what is known of *article*, each with its name; nothing that is empty."""
    facts = (
        ("Published", article.published_at and clock.shown(article.published_at)),
        ("Modified", article.modified_at and clock.shown(article.modified_at)),
        ("Byline", article.byline),
        ("Authors", ", ".join(article.authors)),
        ("Agency", article.agency),
        ("Site", article.site),
        ("Section", article.section),
        ("Tags", ", ".join(article.tags)),
        ("Kind", article.kind.value),
        ("Fetched", article.fetched_at and clock.shown(article.fetched_at)),
        ("Taken down, found", article.gone_at and clock.shown(article.gone_at)),
        ("Raw page", article.archive),
    )
    return [(name, value) for name, value in facts if value]


def _runs(blocks: Sequence[Block]) -> list[tuple[str, list[Block]]]:
    """Return neighbouring list items together, every other block alone, with its kind."""
    numbered = groupby(
        enumerate(blocks),
        lambda pair: -1 if pair[1].kind is BlockKind.LIST_ITEM else pair[0],
    )
    runs = [[block for _, block in run] for _, run in numbered]
    return [(run[0].kind.value, run) for run in runs]


def _revisions(history: Sequence[Article]) -> list[Revision]:
    """Return every revision, the newest first; none where there is only one."""
    if len(history) == 1:
        return []
    steps = zip(history, steps_of(history), strict=True)
    made = [Revision(article, changes) for article, changes in steps]
    return made[::-1]
