"""Which addresses look like those of articles, by themselves."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from scraper.urls import time_in_url

_NUMBER = re.compile(r"\d{5,}")
_DATE = re.compile(r"/(?:19|20)\d\d/[01]?\d(?:/[0-3]?\d)?/")
_WORDS = 4
"""Words of a slug from which on it is a headline and no name of a section."""


def is_article_address(url: str) -> bool:
    """Tell whether *url* looks like an article's.

    It is numbered, or its last part is a slug of so many words as a headline has.
    """
    return is_numbered(url) or len(_slug(url)) >= _WORDS


def is_numbered(url: str) -> bool:
    """Tell whether *url* holds a time, or beside some word a long number or a date.

    Listings by day, and archives of a month, are told by their short last part.
    """
    path = unquote(urlsplit(url).path)
    last = path.rstrip("/").rpartition("/")[2]
    number = _NUMBER.search(last) or _DATE.search(path)
    return time_in_url(url) is not None or bool(_slug(url) and number)


def _slug(url: str) -> list[str]:
    last = unquote(urlsplit(url).path).rstrip("/").rpartition("/")[2]
    return [w for w in re.split(r"[-_]", last.partition(".")[0]) if w.isalpha()]
