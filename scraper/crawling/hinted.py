"""A page with the hints of the spider that knows its site, as a crawl reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Hint, Page

_STATED = re.compile(r"^[ \t]++hints\b[^=\n]*+=(?! *+\(\))", re.MULTILINE)


def hinted(page: Page) -> Page:
    """Return *page* with the hints that a spider states for its host, if any does."""
    host = urlsplit(page.url).hostname
    hints = _known_hints().get(host, ()) if host else ()
    return replace(page, hints=hints) if hints else page


@cache
def _known_hints() -> dict[str, tuple[Hint, ...]]:
    """Return the hints of all spiders; to load them takes a second, and most have none."""
    if not any(map(_STATED.search, spider_sources())):
        return {}
    from scraper.crawling.run import load_hints

    return load_hints()


def spider_sources() -> Iterator[str]:
    """Yield the text of each spider's file, ours and the user's, without loading it."""
    for folder in import_module("spiders").__path__:
        for file in Path(folder).glob("*.py"):
            yield file.read_text("utf-8", "replace")
