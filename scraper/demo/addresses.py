"""What the digits at the end of an article's address say."""

from __future__ import annotations

import re
from datetime import datetime

from scraper.demo.story import VIETNAM

_STAMPED = re.compile(r"-(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\d{3}\.htm$")
_NUMBERED = re.compile(r"-post(\d{1,9})\.html$")


def number_in(path: str) -> int | None:
    """Return the digits of an address that ends in -post<digits>."""
    found = _NUMBERED.search(path)
    return int(found[1]) if found else None


def moment_in(path: str) -> datetime | None:
    """Return the second that the 17 digits at the end of *path* state."""
    found = _STAMPED.search(path)
    if not found:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=VIETNAM)
    except ValueError:
        return None
