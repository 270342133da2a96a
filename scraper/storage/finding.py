"""Selects of articles: filters, full-text search, URLs, order of time and of changes.

An article is found under its canonical URL, and under every other one noted for it. A
word of the full-text search is a run of letters and digits of the folded text: index,
query and snippet all use :data:`scraper.text.FOLDED`.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.items import id_of
from scraper.storage.databases import database_of
from scraper.storage.near_duplicates import is_head
from scraper.storage.rows import ARTICLE, WHOLE, encodable, is_sound
from scraper.storage.tables import (
    addresses,
    articles,
    forgotten,
    frontier,
    in_batches,
    texts,
)
from scraper.text import FOLDED, folded_words
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.items import Article

    Fetch = Callable[[sa.Select[Any]], Sequence[sa.Row[Any]]]


_EPOCH = datetime.fromtimestamp(0, UTC)
_change = articles.c.change
_FORGOTTEN = sa.select(forgotten.c.id).where(
    forgotten.c.id.in_(sa.bindparam("ids", expanding=True))
)
_NO_CHANGE = 2**53
"""Microseconds: in the year 2255. A number from here on is a damaged one."""
LAST = sa.select(sa.func.coalesce(sa.func.max(_change), 0)).where(_change < _NO_CHANGE)
"""The number of the last change, 0 in an empty store."""
PAGE = 100
"""Rows read at once; a page of the longest live articles is some 20 MB."""
_columns = articles.c
SLOTS = 1024
"""Recency numbers of a minute. More would make the full-text index larger: it holds the
differences, for each word and article."""
_UNDATED = 1 << 34
"""Numbers below are positions; those of dates begin well above, whatever the zone."""
_FIRST_DATED = 1 << 35
_CALENDAR = datetime.min.replace(tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions of articles; None is no condition.

    *section* is compared folded, "thoi-su" is "Thời sự". *since* is inclusive, *until*
    exclusive; both are aware, and an article without a date lies in no such span. With
    *heads* an article is left out if the store has an earlier near-duplicate of it.
    *confidence* (0-1) is the minimum. Raises ConfigurationError for a naive time, a
    negative limit and a confidence outside 0-1.
    """

    site: str | None = None
    section: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    heads: bool = False
    confidence: float = 0.0

    def __post_init__(self) -> None:
        for name, moment in (("since", self.since), ("until", self.until)):
            if moment is not None and moment.tzinfo is None:
                raise ConfigurationError(
                    f"{name} is {moment.isoformat()}, a time without a zone: add one"
                )
        if self.limit is not None and self.limit < 0:
            raise ConfigurationError(f"limit is {self.limit}: it cannot be negative")
        if not 0 <= self.confidence <= 1:
            raise ConfigurationError(f"confidence is {self.confidence}: from 0 to 1")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and a passage of its text with ``**`` around found words."""

    article: Article
    snippet: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What :meth:`Store.forget` did.

    *urls* are all URLs of the article, the one asked for among them; *articles* and
    *visits* count what was removed: 1 or 0, and its entries in the frontiers.
    """

    urls: tuple[str, ...]
    articles: int
    visits: int


def forget(connection: sa.Connection, url: str, at: datetime) -> Forgotten:
    """Remove the article that is, or once was, at *url*; keep its URLs out.

    Revisions, words and URLs are removed with it. Only a hash of each URL and the time
    are kept. A URL without a stored article is kept out too.
    """
    position = connection.execute(place_of(url)).scalar_one()
    urls = {encodable(normalise_url(url)), *_spelled(connection, position)}
    _keep_out(connection, urls, at)
    removed = connection.execute(
        sa.delete(articles).where(articles.c.position == position)
    ).rowcount
    database_of(connection).catch_up(connection)
    # No index holds the URLs; this is rarely called.
    rows = connection.execute(sa.select(frontier.c.position, frontier.c.url)).all()
    visits = [row.position for row in rows if normalise_url(row.url) in urls]
    gone = frontier.c.position.in_(visits)
    connection.execute(sa.delete(frontier).where(gone))
    return Forgotten(tuple(sorted(urls)), removed, len(visits))


def forgotten_among(connection: sa.Connection, urls: Iterable[str]) -> set[str]:
    """Return those of *urls* that were forgotten."""
    found: set[str] = set()
    for chunk in in_batches(urls):
        ids = {url: forgotten_id(url) for url in chunk}
        out = set(connection.execute(_FORGOTTEN, {"ids": list(ids.values())}).scalars())
        found.update(url for url in chunk if ids[url] in out)
    return found


def forgotten_ids(connection: sa.Connection) -> frozenset[str]:
    """Return the hashes of all URLs that were forgotten."""
    return frozenset(connection.execute(sa.select(forgotten.c.id)).scalars())


def _spelled(connection: sa.Connection, position: int | None) -> set[str]:
    """Return every URL under which the article at *position* was found."""
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
    """Return the hash of *url* that is kept after it is forgotten."""
    return id_of(encodable(normalise_url(url)))


def article_at(url: str) -> sa.Select[Any]:
    """Return the select of the article that is, or once was, at *url*."""
    place = place_of(url).scalar_subquery()
    return WHOLE.where(articles.c.position == place)


def place_of(url: str) -> sa.Select[int | None]:
    """Return the select of the position of that article; None if there is none."""
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
    rows = connection.execute(WHOLE.where(articles.c.position.in_(there.values())))
    sound = {r["position"] for r in rows.mappings() if is_sound(r, ARTICLE)}
    return {url for url, a in spelled.items() if there.get(a, -1) not in {-1, *sound}}


def titles_of_duplicates(article: Article) -> sa.Select[tuple[str]]:
    """Return the select of the titles of other articles with the words of *article*."""
    same = articles.c.content_fingerprint == article.content_fingerprint
    return (
        sa.select(texts.c.title)
        .join_from(articles, texts)
        .where(same, articles.c.id != article.id)
    )


def known_among(connection: sa.Connection, urls: Iterable[str]) -> set[str]:
    """Return those of *urls* under which an article is stored."""
    stored: set[str] = set()
    for chunk in in_batches(urls):
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


def next_change(connection: sa.Connection) -> int:
    """Return the first free number of a change; the caller holds the write lock."""
    last = int(connection.execute(LAST).scalar_one())
    return max(last + 1, (clock.now() - _EPOCH) // timedelta(microseconds=1))


def iter_changed(
    query: Query, after: int, to: int, fetch: Fetch
) -> Iterator[sa.Row[Any]]:
    """Yield change and columns of what *query* asks for, from beyond *after* up to *to*.

    Articles come in the order of changes, each once; one that changes meanwhile gets a
    number beyond *to*. The limit of *query* is ignored.
    """
    select = WHOLE.where(_change <= to, *filters(query)).order_by(_change).limit(PAGE)
    while rows := fetch(select.where(_change > after)):
        yield from rows
        after = rows[-1].change


def iter_rows(query: Query, fetch: Fetch) -> Iterator[sa.Row[Any]]:
    """Yield the rows that *query* asks for; each *fetch* is one short transaction.

    Articles without a date come last. An article whose date changes between two
    pages can be yielded twice or not at all.
    """
    left = query.limit
    for dated in (True, False):
        after: sa.Row[Any] | None = None
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            rows = fetch(_page(query, dated, after).limit(size))
            yield from rows
            left = left if left is None else left - len(rows)
            if len(rows) < size:
                break
            after = rows[-1]


def _page(query: Query, dated: bool, after: sa.Row[Any] | None) -> sa.Select[Any]:
    page = WHOLE.where(*filters(query))
    if dated:
        page = page.where(_columns.published_at.is_not(None)).order_by(
            _columns.published_at.desc(), _columns.position
        )
        return page if after is None else page.where(_older(after))
    page = page.where(_columns.published_at.is_(None)).order_by(_columns.position)
    return page if after is None else page.where(_columns.position > after.position)


def _older(row: sa.Row[Any]) -> sa.ColumnElement[bool]:
    same_time = sa.and_(
        _columns.published_at == row.published_at, _columns.position > row.position
    )
    # The first condition is implied; it is what the index can seek to.
    return sa.and_(
        _columns.published_at <= row.published_at,
        sa.or_(_columns.published_at < row.published_at, same_time),
    )


def filters(query: Query) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that *query* states."""
    stated: list[sa.ColumnElement[bool]] = []
    if query.site is not None:
        stated.append(_columns.site == query.site)
    if query.section is not None:
        stated.append(_columns.section_folded == folded_words(query.section))
    if query.since is not None:
        stated.append(_columns.published_at >= query.since)
    if query.until is not None:
        stated.append(_columns.published_at < query.until)
    if query.confidence:
        stated.append(_columns.confidence >= query.confidence)
    if query.heads:
        stated.append(is_head())
    return stated


def first_slot(published_at: datetime | None, position: int) -> int:
    """Return the first recency of a minute, or the only one of an undated article."""
    if published_at is None:
        return position
    return _FIRST_DATED + (published_at - _CALENDAR) // _MINUTE * SLOTS


def allot(connection: sa.Connection, firsts: Iterable[int]) -> list[int]:
    """Return a free recency for each of *firsts*, which :func:`first_slot` returned."""
    firsts = list(firsts)
    taken = database_of(connection).last_taken(connection, set(firsts), SLOTS)
    return [_next(connection, taken, first) for first in firsts]


def _next(connection: sa.Connection, taken: dict[int, int], first: int) -> int:
    if first < _UNDATED:
        return first
    while taken.get(first) == first + SLOTS - 1:
        first += SLOTS
        if first not in taken:
            taken |= database_of(connection).last_taken(connection, {first}, SLOTS)
    taken[first] = taken.get(first, first - 1) + 1
    return taken[first]


Term = tuple[str, ...]
"""Folded words that must follow each other."""

_WORD = re.compile(r"[^ ]+")
_PART = re.compile(r'"([^"]*)"|([^\s"]+)')
_QUOTES = str.maketrans("“”„«»", '"""""')
_WIDTH = 40
_BEFORE = 8
_MARK = "**"


class _Found(NamedTuple):
    first: int
    last: int
    term: Term


def parse_query(query: str) -> list[Term]:
    """Return the distinct terms of *query*, in order; any text is fine.

    A quoted phrase is one term, as is "covid-19"; punctuation is ignored.
    """
    parts = _PART.findall(query.translate(_QUOTES))
    terms = (
        tuple((phrase or word).translate(FOLDED).split()) for phrase, word in parts
    )
    return list(dict.fromkeys(term for term in terms if term))


def snippet(text: str, terms: list[Term]) -> str:
    """Return some 40 words of *text* around the terms, found words between ``**``.

    The densest place wins, the first of equals. Without a hit it is the beginning.
    """
    words, places = _split(text)
    found = _find(words, terms)
    first = _best_start(found)
    last = min(first + _WIDTH, len(words)) - 1
    if last < 0:
        return " ".join(text.split())
    begin = places[first][0] if first else 0
    end = places[last][1] if last < len(words) - 1 else len(text)
    shown = [(places[f][0], places[e][1]) for f, e, _ in found if f >= first]
    cut = _marked(text, begin, end, [pair for pair in shown if pair[1] <= end])
    head, tail = "… " if first else "", " …" if end < len(text) else ""
    return head + " ".join(cut.split()) + tail


def _split(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the folded words of *text*, and where each begins and ends in it."""
    folded = text.translate(FOLDED)
    places = [found.span() for found in _WORD.finditer(folded)]
    if not FOLDED.uneven.isdisjoint(text):
        origin = _origin(text)
        places = [(origin[start], origin[end]) for start, end in places]
    return folded.split(), places


def _origin(text: str) -> list[int]:
    """Return the place in *text* of each of its folded characters, and of its end."""
    origin: list[int] = []
    for place, char in enumerate(text):
        origin.extend([place] * len(FOLDED[ord(char)]))
    return [*origin, len(text)]


def _find(words: list[str], terms: list[Term]) -> list[_Found]:
    found = [
        _Found(place, place + len(term) - 1, term)
        for term in terms
        for place in _iter_places(words, term[0])
        if tuple(words[place : place + len(term)]) == term
    ]
    return sorted(found, key=itemgetter(0))


def _iter_places(words: list[str], word: str) -> Iterator[int]:
    place = -1
    with suppress(ValueError):  # it does not stand there once more
        while True:
            place = words.index(word, place + 1)
            yield place


def _best_start(found: list[_Found]) -> int:
    best, most = 0, 0
    for number, hit in enumerate(found):
        inside = set()
        for other in found[number:]:
            if other.last >= hit.first + _WIDTH - _BEFORE:
                break
            inside.add(other.term)
        if len(inside) > most:
            best, most = max(0, hit.first - _BEFORE), len(inside)
    return best


def _marked(text: str, begin: int, end: int, pairs: list[tuple[int, int]]) -> str:
    parts, place = [], begin
    for start, stop in _joined(text, pairs):
        parts += [text[place:start], _MARK, text[start:stop], _MARK]
        place = stop
    return "".join([*parts, text[place:end]])


def _joined(text: str, pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return *pairs* with those that only white space parts made one."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(pairs):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
