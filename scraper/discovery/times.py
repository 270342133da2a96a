"""Times as feeds and sitemaps print them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime

_NAMED_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d{2}))?\s*$")
_YEAR_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")
_FORMATS = (
    "%Y/%m/%d %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
)


def parse_time(text: str, *, tz: tzinfo = UTC) -> datetime | None:
    """Return the moment that *text* states, aware, in UTC; None where it states none.

    Read are RFC 822 dates (also with "GMT+7"), ISO 8601 with its short forms "2025" and
    "2025-07", and day/month/year. *tz* is the zone of a text that names none.
    """
    if not text:
        return None
    text = _NAMED_OFFSET.sub(_numeric_offset, text.strip())
    for parse in (datetime.fromisoformat, parsedate_to_datetime, _parse_other):
        try:
            time = parse(text)
            return (time if time.tzinfo else time.replace(tzinfo=tz)).astimezone(UTC)
        except (ValueError, OverflowError, IndexError, TypeError):
            continue
    return None


def _numeric_offset(match: re.Match[str]) -> str:
    sign, hours, minutes = match.groups()
    return f"{sign}{int(hours):02}{minutes or '00'}"


def _parse_other(text: str) -> datetime:
    if match := _YEAR_MONTH.fullmatch(text):
        year, month = match.groups()
        return datetime(int(year), int(month or 1), 1)  # noqa: DTZ001  zone added later
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007  zone added later
        except ValueError:
            continue
    raise ValueError(text)
