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

    A time or a long number stands in it, or its last part is a slug of so many words as
    a headline has. Listings by day, and archives of a month, are told by their short
    last part.
    """
    path = unquote(urlsplit(url).path)
    last = path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = [part for part in re.split(r"[-_]", last) if part.isalpha()]
    if time_in_url(url) is not None:
        return True
    if len(words) >= _WORDS:
        return True
    return bool(words) and bool(_NUMBER.search(last) or _DATE.search(path))
