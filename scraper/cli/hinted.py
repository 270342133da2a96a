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
    from scraper.items import Hint, Page

_STATED = re.compile(r"^[ \t]++hints\b[^=\n]*+=(?! *+\(\))", re.MULTILINE)


def hinted(page: Page) -> Page:
    """Return *page* with the hints that a spider states for its host, if any does."""
    hints = _known_hints().get(urlsplit(page.url).hostname or "", ())
    return replace(page, hints=hints) if hints else page


@cache
def _known_hints() -> dict[str, tuple[Hint, ...]]:
    if not _are_stated():
        return {}
    from scraper.crawling.run import load_hints

    return load_hints()


def _are_stated() -> bool:
    """Return True if some spider's file states hints: to load all takes a second."""
    folders = map(Path, import_module("spiders").__path__)
    files = (file for folder in folders for file in folder.glob("*.py"))
    return any(_STATED.search(file.read_text("utf-8", "replace")) for file in files)
