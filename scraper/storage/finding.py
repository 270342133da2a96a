"""Where articles are found: under their canonical address, and under others noted."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.items import id_of
from scraper.storage.checksums import ARTICLE, is_sound
from scraper.storage.rows import STORED, encodable
from scraper.storage.tables import addresses, articles, stored_article, texts
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scraper.items import Article

_CHUNK = 500


def article_at(url: str) -> sa.Select[Any]:
    """Return the select of the article that is, or once was, at *url*."""
    place = place_of(url).scalar_subquery()
    whole = sa.select(*STORED).select_from(stored_article)
    return whole.where(articles.c.position == place)


def place_of(url: str) -> sa.Select[int | None]:
    """Return the select of the position of that article, None where there is none."""
    address = encodable(normalise_url(url))
    noted = sa.select(addresses.c.position).where(addresses.c.url == address)
    own = sa.select(articles.c.position).where(articles.c.id == id_of(address))
    return sa.select(sa.func.coalesce(noted.scalar_subquery(), own.scalar_subquery()))


def damaged_among(connection: sa.Connection, urls: Iterable[str]) -> set[str]:
    """Return those of *urls* at which a stored article is damaged."""
    spelled = {url: encodable(normalise_url(url)) for url in urls}
    ids = {id_of(address): address for address in spelled.values()}
    own = sa.select(articles.c.id, articles.c.position).where(articles.c.id.in_(ids))
    there = {ids[row.id]: row.position for row in connection.execute(own)}
    noted = sa.select(addresses).where(addresses.c.url.in_(ids.values()))
    there |= {row.url: row.position for row in connection.execute(noted)}
    whole = sa.select(*STORED).select_from(stored_article)
    rows = connection.execute(whole.where(articles.c.position.in_(there.values())))
    sound = {r["position"] for r in rows.mappings() if is_sound(r, ARTICLE)}
    return {url for url, a in spelled.items() if there.get(a, -1) not in {-1, *sound}}


def titles_of_duplicates(article: Article) -> sa.Select[tuple[str]]:
    """Return the select of the titles under which others have the words of *article*."""
    same = articles.c.content_fingerprint == article.content_fingerprint
    return (
        sa.select(texts.c.title)
        .join_from(articles, texts)
        .where(same, articles.c.id != article.id)
    )


def known_in(connection: sa.Connection) -> Callable[[Iterable[str]], set[str]]:
    """Return what tells which of some addresses an article is stored under."""
    return partial(_known, connection)


def _known(connection: sa.Connection, urls: Iterable[str]) -> set[str]:
    stored: set[str] = set()
    remaining = iter(urls)
    while chunk := list(islice(remaining, _CHUNK)):
        spelled = {url: encodable(normalise_url(url)) for url in chunk}
        found = _found(connection, set(spelled.values()))
        stored.update(url for url in chunk if spelled[url] in found)
    return stored


def _found(connection: sa.Connection, spelled: set[str]) -> set[str]:
    ids = {address: id_of(address) for address in spelled}
    noted = sa.select(addresses.c.url).where(addresses.c.url.in_(spelled))
    own = sa.select(articles.c.id).where(articles.c.id.in_(ids.values()))
    found = {row[0] for row in connection.execute(sa.union_all(noted, own))}
    return {address for address, id_ in ids.items() if {address, id_} & found}
