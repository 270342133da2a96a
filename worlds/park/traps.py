"""What a crawler can lose itself in: calendars, sessions, filters, pages without an end."""

from __future__ import annotations

import re
from datetime import date
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

    from worlds.park.layouts import Anchor

PAGES = 400
"""Pages that a section has; from its last true one on all are alike."""
CALENDAR = ("Lịch", "/lich/2026-11")
PATTERNS = {
    "calendar": re.compile(r"^/lich/"),
    "session": re.compile(r"[?&]sid="),
    "facets": re.compile(r"[?&](?:xep|mau|co)="),
    "pagination": re.compile(r"[?&]p=(?:[5-9]|\d\d)"),
}
_SESSION = re.compile(r"[?&]sid=[0-9a-f]+")
_DAY = re.compile(r"^/lich/(\d{4})-(\d\d)(-\d\d)?$")


def with_session(path: str, chance: Random) -> str:
    """Return *path* with a session id, another one each time."""
    sign = "&" if "?" in path else "?"
    return f"{path}{sign}sid={chance.getrandbits(128):032x}"


def plain(target: str) -> str:
    """Return *target* without session and filters, which change nothing there."""
    bare = re.sub(r"[?&](?:xep|mau|co)=\w+", "", _SESSION.sub("", target))
    return bare if "?" in bare else bare.replace("&", "?", 1)


def facets(path: str) -> list[Anchor]:
    """Return links that sort and filter the listing at *path* in 27 ways."""
    ways = product(("moi", "cu", "hay"), ("do", "xanh", "vang"), ("a", "b", "c"))
    sign = "&" if "?" in path else "?"
    return [(f"{x} {m} {c}", f"{path}{sign}xep={x}&mau={m}&co={c}") for x, m, c in ways]


def page_at(target: str) -> tuple[str, str] | None:
    """Return name and links of a page of the calendar, None if *target* is not one."""
    found = _DAY.match(target)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    months = [_month(year, month - 1), _month(year, month + 1)]
    days = [f"{year}-{month:02}-{n:02}" for n in range(1, 29)]
    links = [f'<a href="/lich/{each}">{each}</a>' for each in (*months, *days)]
    return f"Lịch {found[0][6:]}", " ".join(links)


def _month(year: int, month: int) -> str:
    months = year * 12 + month - 1
    return f"{date(max(1, months // 12), months % 12 + 1, 1):%Y-%m}"
