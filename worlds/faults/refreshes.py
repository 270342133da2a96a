"""Pages that send the browser on."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from worlds.faults.fault import Fault, Place
from worlds.faults.pages import article
from worlds.faults.steps import whole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worlds.faults.fault import Addresses
    from worlds.faults.steps import Step

_NUMBERS = count()


def _refresh(
    name: str,
    does: str,
    content: str,
    ends: str,
    guard: str,
    *,
    place: Place = Place.PAGE,
) -> Fault:
    def play(at: Addresses) -> Iterable[Step]:
        port = at.base.rpartition(":")[2]
        target = content.format(at=at, port=port, number=next(_NUMBERS))
        meta = f'<head><meta http-equiv="refresh" content="{target}">'
        return whole(article(name).replace(b"<head>", meta.encode()))

    return Fault(name, place, does, play, (ends,), guard)


FAULTS = (
    _refresh(
        "refresh-ever-on",
        "refreshes to ever new addresses",
        "0; url={at.base}/page/refresh-ever-on.html?{number}",
        "redirect",
        "REDIRECT_MAX_TIMES",
    ),
    _refresh(
        "refresh-elsewhere",
        "a refresh to another site",
        "0; url=https://elsewhere.example/",
        "redirect",
        "crawling.redirects",
    ),
    _refresh(
        "refresh-of-itself",
        "a page that reloads itself at once",
        "0; url={at.base}/page/refresh-of-itself.html",
        "read",
        "discovery.links: the page itself",
    ),
    _refresh(
        "refresh-late",
        "a page that goes elsewhere after half an hour",
        "1800; url={at.base}/page/nowhere.html",
        "read",
        "crawling.guards: seconds",
    ),
    _refresh(
        "inner-refresh",
        "a refresh to http://127.0.0.1:…/",
        "0; url=http://127.0.0.1:{port}/",
        "private",
        "crawling.private",
        place=Place.INNER,
    ),
)
