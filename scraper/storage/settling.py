"""Outcomes of visits, written in one transaction with the articles that they found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.storage import frontier, saving
from scraper.storage.rows import encodable
from scraper.storage.tables import frontier as table
from scraper.storage.visits import (
    Address,
    AddressKind,
    Outcome,
    Result,
    Settled,
    next_after_loss,
    next_article_visit,
    next_interval,
    next_try,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scraper.storage.visits import Visit

_row = table.c
_FIND = sa.select(table).where(
    _row.position.in_(sa.bindparam("positions", expanding=True))
)
_SOURCES = tuple(kind.value for kind in AddressKind if kind is not AddressKind.ARTICLE)
_LOST = frozenset({Result.FAILED, Result.GONE})


@dataclass(frozen=True, slots=True)
class _Done:
    """A visit, the former row of its URL, and what the visit did."""

    visit: Visit
    row: sa.Row[Any]
    settled: Settled

    @property
    def changed(self) -> bool:
        return self.settled.outcome is Outcome.REVISED

    @property
    def kind(self) -> AddressKind:
        return AddressKind(self.row.kind)


def settle(
    connection: sa.Connection, job: str, visits: Sequence[Visit], *, anew: bool
) -> list[Settled]:
    """Write the outcomes of *visits*; return what each did, in order.

    A visit whose lease is unknown still stores its article.
    """
    rows = _rows(connection, visits)
    visits = [_move_article(connection, each, rows) for each in visits]
    outcomes = _save(connection, job, visits)
    settled = []
    for visit in visits:
        new = _add_links(connection, job, visit, rows.get(visit.position), anew=anew)
        settled.append(Settled(outcomes.get(id(visit)), tuple(new)))
    done = [
        _Done(visit, row, what)
        for visit, what in zip(visits, settled, strict=True)
        if (row := rows.get(visit.position)) is not None
    ]
    frontier.update(connection, [_after(each) for each in done])
    for each in done:
        _apply_to_others(connection, job, each, anew=anew)
    return settled


def _move_article(
    connection: sa.Connection, visit: Visit, rows: Mapping[int, sa.Row[Any]]
) -> Visit:
    """Move the article of *visit*; return *visit* without the move if that is refused."""
    row = rows.get(visit.position)
    if not visit.moved_to or visit.article is None or row is None:
        return visit
    is_moved = saving.rename(connection, row.url, visit.article)
    return visit if is_moved else replace(visit, moved_to="")


def _save(
    connection: sa.Connection,
    job: str,
    visits: Sequence[Visit],
) -> dict[int, Outcome]:
    """Save the articles of *visits*; return the outcome of each, by the visit's id."""
    found = [(visit, visit.article) for visit in visits if visit.article is not None]
    stored = saving.save(connection, [article for _, article in found])
    outcomes = list(zip(found, stored, strict=True))
    new = [article for (_, article), outcome in outcomes if outcome is Outcome.NEW]
    _wake(connection, job, saving.twins(connection, new), visits)
    return {id(visit): outcome for (visit, _), outcome in outcomes}


def _wake(
    connection: sa.Connection, job: str, urls: Sequence[str], visits: Sequence[Visit]
) -> None:
    """Make *urls* due at once: each may lead to the new URL of its article."""
    keys = [frontier.key_of(job, url) for url in urls]
    if keys:
        woken = sa.update(table).where(_row.key.in_(keys))
        connection.execute(woken.values(due_at=visits[0].at))


def _rows(connection: sa.Connection, visits: Sequence[Visit]) -> dict[int, sa.Row[Any]]:
    positions = list({visit.position for visit in visits})
    rows = connection.execute(_FIND, {"positions": positions})
    return {row.position: row for row in rows if frontier.is_sound(row._mapping)}


def _add_links(
    connection: sa.Connection,
    job: str,
    visit: Visit,
    row: sa.Row[Any] | None,
    *,
    anew: bool,
) -> list[str]:
    """Add the links of *visit*; return the new ones, without further pages."""
    announces = row is not None and row.kind == AddressKind.SITEMAP
    announcer = visit.position if announces else None
    add = partial(frontier.add, connection, job, at=visit.at, anew=anew)
    new = add(visit.links, announcer=announcer)
    if new and visit.further:
        add([visit.further])
    return new


def _after(done: _Done) -> dict[str, Any]:
    """Return the columns that the visit changes."""
    visit, row = done.visit, done.row
    lost = visit.result is Result.FAILED or (
        visit.result is Result.GONE and done.kind is not AddressKind.ARTICLE
    )
    tries = row.tries + 1 if lost else 0
    after = {
        "there": row.position,
        "first_seen": min(row.first_seen, visit.at),
        "visited_at": visit.at,
        "lessee": None,
        "tries": tries,
        "changes": row.changes + done.changed,
        "result": visit.result.value,
        "reason": encodable(visit.reason),
    }
    if visit.result is Result.READ:
        named = ("etag", "last_modified", "content_hash")
        after |= {name: getattr(visit, name) for name in named}
    if done.kind is AddressKind.ARTICLE:
        return after | {"due_at": _article_due(done, tries)}
    return after | _source_due(done, tries)


def _article_due(done: _Done, tries: int) -> Any:  # noqa: ANN401  a moment or None
    visit, row = done.visit, done.row
    if visit.moved_to or done.settled.outcome is Outcome.FORGOTTEN:
        return None
    if visit.result is Result.FAILED:
        return next_try(done.kind, visit.at, tries)
    if visit.result in (Result.GONE, Result.DROPPED):
        return next_after_loss(visit.at, visit.result, row.result)
    published = visit.article.published_at if visit.article else None
    known = published, row.listed_at, row.first_seen
    return next_article_visit(
        frontier.first_believed(visit.at, *known),
        visit.at,
        changed=bool(row.changes) or done.changed,
        key=row.key,
    )


def _source_due(done: _Done, tries: int) -> dict[str, Any]:
    visit, row = done.visit, done.row
    if visit.result in _LOST:
        return {"due_at": next_try(done.kind, visit.at, tries)}
    brought = bool(done.settled.new_links)
    source = Address(row.url, done.kind, row.section, row.page)
    interval = next_interval(source, row.interval, brought=brought)
    is_once = interval is None or row.page > 1
    due = None if is_once else visit.at + timedelta(seconds=interval or 0)
    return {"interval": interval, "due_at": due}


def _apply_to_others(
    connection: sa.Connection, job: str, done: _Done, *, anew: bool
) -> None:
    """Apply a visit to other rows: its article's, its announcer's, other sources'."""
    visit, row = done.visit, done.row
    if visit.moved_to:
        _move(connection, job, done, anew=anew)
    if done.kind is AddressKind.ARTICLE:
        if visit.result is Result.GONE:
            saving.mark_gone(connection, row.url, visit.at)
        if row.announcer and visit.result is not Result.FAILED:
            _prove(connection, done)
    elif visit.result in _LOST and row.result not in ("", *_LOST):
        _wake_sources(connection, job, done)


def _move(connection: sa.Connection, job: str, done: _Done, *, anew: bool) -> None:
    """Make the new URL of the page due instead."""
    visit, row = done.visit, done.row
    there = Address(visit.moved_to, done.kind, row.section, time=row.listed_at)
    frontier.add(connection, job, [there], at=visit.at, anew=anew)
    key = frontier.key_of(job, visit.moved_to)
    new = connection.execute(sa.select(table).where(_row.key == key)).one_or_none()
    if new is None:  # it was forgotten
        return
    if new.visited_at is None or new.visited_at == visit.at:
        seen = _Done(replace(visit, moved_to=""), new, done.settled)
        frontier.update(connection, [_after(seen)])


def _prove(connection: sa.Connection, done: _Done) -> None:
    """Count for the sitemap whether a visit found the change that it announced."""
    announcer = sa.update(table).where(_row.position == done.row.announcer)
    connection.execute(
        announcer.values(told=_row.told + 1, proved=_row.proved + int(done.changed))
    )
    frontier.update(connection, [{"there": done.row.position, "announcer": None}])


def _wake_sources(connection: sa.Connection, job: str, done: _Done) -> None:
    """Make every other source due at once: they must find what this one listed."""
    others = sa.and_(
        _row.job == job,
        _row.kind.in_(_SOURCES),
        _row.due_at > done.visit.at,
        _row.position != done.row.position,
    )
    woken = sa.update(table).where(others)
    connection.execute(woken.values(due_at=done.visit.at, interval=0))
