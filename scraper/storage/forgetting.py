"""Articles that are to be forgotten: taken out, and kept out from then on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.items import id_of
from scraper.storage.databases import database_of
from scraper.storage.finding import place_of
from scraper.storage.rows import encodable
from scraper.storage.tables import addresses, articles, forgotten, frontier
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What :meth:`Store.forget` did.

    *urls* are all addresses of the article, the one asked for among them; *articles* and
    *visits* count what was removed: 1 or 0, and its addresses in the frontiers.
    """

    urls: tuple[str, ...]
    articles: int
    visits: int


def forget(connection: sa.Connection, url: str, at: datetime) -> Forgotten:
    """Remove the article that is, or was once, at *url*; keep its addresses out.

    Revisions, words and addresses go with it. What is kept of it is a hash of each
    address and the moment. An address where none is stored is kept out too.
    """
    position = connection.execute(place_of(url)).scalar_one()
    urls = {encodable(normalise_url(url)), *_spelled(connection, position)}
    _keep_out(connection, urls, at)
    removed = connection.execute(
        sa.delete(articles).where(articles.c.position == position)
    ).rowcount
    database_of(connection).catch_up(connection)
    # No index holds the addresses; this is asked for once in a while.
    rows = connection.execute(sa.select(frontier.c.position, frontier.c.url)).all()
    visits = [row.position for row in rows if normalise_url(row.url) in urls]
    gone = frontier.c.position.in_(visits)
    connection.execute(sa.delete(frontier).where(gone))
    return Forgotten(tuple(sorted(urls)), removed, len(visits))


def forgotten_among(connection: sa.Connection, urls: Iterable[str]) -> set[str]:
    """Return those of *urls* that were forgotten."""
    found: set[str] = set()
    remaining = iter(urls)
    while chunk := list(islice(remaining, _CHUNK)):
        ids = {url: forgotten_id(url) for url in chunk}
        select = sa.select(forgotten.c.id).where(forgotten.c.id.in_(ids.values()))
        out = {row.id for row in connection.execute(select)}
        found.update(url for url in chunk if ids[url] in out)
    return found


def forgotten_ids(connection: sa.Connection) -> frozenset[str]:
    """Return the hashes of all addresses that were forgotten."""
    return frozenset(connection.execute(sa.select(forgotten.c.id)).scalars())


def _spelled(connection: sa.Connection, position: int | None) -> set[str]:
    """Return every address under which the article at *position* was found."""
    if position is None:
        return set()
    noted = sa.select(addresses.c.url).where(addresses.c.position == position)
    own = sa.select(articles.c.url, articles.c.canonical_url)
    row = connection.execute(own.where(articles.c.position == position)).one()
    urls = {row.url, row.canonical_url, *connection.execute(noted).scalars()}
    return {encodable(normalise_url(url)) for url in urls}


def _keep_out(connection: sa.Connection, urls: set[str], at: datetime) -> None:
    new = sorted(urls - forgotten_among(connection, urls))
    if new:
        rows = [{"id": forgotten_id(url), "forgotten_at": at} for url in new]
        connection.execute(sa.insert(forgotten), rows)


def forgotten_id(url: str) -> str:
    """Return the hash of *url* that is kept where it is forgotten."""
    return id_of(encodable(normalise_url(url)))
