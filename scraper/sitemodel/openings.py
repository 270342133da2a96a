"""Which opening tags the pages of a site share, from the places of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.sitemodel.digest import Role
from scraper.sitemodel.model import Opening

if TYPE_CHECKING:
    from scraper.sitemodel.digest import PageDigest, PlaceDigest

_SEEN = 2
_MOST = 4
"""Openings of one role: the designs that a site uses side by side."""


def learn_openings(
    pages: list[PageDigest], listing: frozenset[str]
) -> dict[str, tuple[Opening, ...]]:
    """Return the openings of each role that two *pages* or more share, most shared first.

    A LISTING counts only with a template path that no article has, one of *listing*.
    """
    places: dict[Role, list[list[PlaceDigest]]] = defaultdict(list)
    for page in pages:
        for role in Role:
            own = _of_role(page, role)
            if own and (role is not Role.LISTING or own[0].path in listing):
                places[role].append(own)
    learned = {role: tuple(_cover(places[role])) for role in sorted(places)}
    containers = learned.get(Role.CONTAINER, ())
    starts = [start for each in containers for start in _starts(pages, each)]
    learned[Role.START] = tuple(sorted(starts, key=lambda each: -each.pages))
    return {role.value: openings for role, openings in learned.items() if openings}


def _of_role(page: PageDigest, role: Role) -> list[PlaceDigest]:
    return [place for place in page.places if place.role is role]


def _starts(pages: list[PageDigest], container: Opening) -> list[Opening]:
    """Return the starts of the *pages* with *container*: each design has its own frame."""
    members = [
        page
        for page in pages
        if _placed(container.prefix, _of_role(page, Role.CONTAINER))
    ]
    places = [own for page in members if (own := _of_role(page, Role.START))]
    return [replace(each, container=container.prefix) for each in _cover(places)]


def _cover(pages: list[list[PlaceDigest]]) -> list[Opening]:
    """Return the openings that cover most *pages*, each page by the first that it has."""
    openings: list[Opening] = []
    left = pages
    while left and len(openings) < _MOST:
        counts: Counter[str] = Counter()
        own: Counter[str] = Counter()
        for places in left:
            counts.update({p for place in places for p in place.prefixes})
            own.update(set(places[0].prefixes))
        prefix = max(counts, key=lambda p: (counts[p], own[p], len(p), p), default="")
        if counts[prefix] < _SEEN:
            break
        openings.append(_opening(prefix, left))
        left = [places for places in left if not _placed(prefix, places)]
    return openings


def _placed(prefix: str, places: list[PlaceDigest]) -> list[PlaceDigest]:
    return [place for place in places if prefix in place.prefixes]


def _opening(prefix: str, pages: list[list[PlaceDigest]]) -> Opening:
    seen = [place for places in pages for place in _placed(prefix, places)]
    frames = Counter(place.frame for place in seen)
    frame = max(frames, key=lambda each: (frames[each], each))
    followers = tuple(sorted({place.follower for place in seen}))
    return Opening(prefix, len(seen), frame, followers)
