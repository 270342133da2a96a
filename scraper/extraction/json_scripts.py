"""The JSON-LD that the scripts of a page hold, read also where it is slightly broken."""

from __future__ import annotations

import html
import json
import logging
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

logger = logging.getLogger(__name__)

_PUSHED = re.compile(
    r'ld\+json"[^{}]{0,200}?"(?:children|__html)"\s*:\s*("(?:[^"\\]|\\.)*")'
)
_ENTITY_QUOTE = re.compile(r"&(?:amp;)*(?:quot|#0*34|#[xX]0*22);")
_MOST_ROUNDS = 3
_HEAD = 300
"""Characters of a script of another type within which it names its vocabulary."""


def iter_json_ld(root: HtmlElement) -> Iterator[Any]:
    """Yield the values that the JSON-LD scripts of *root* hold, in page order.

    A script that cannot be read is passed over. JSON-LD that a framework's script pushes
    to the page is read as well.
    """
    for script in root.iter("script"):
        text = script.text or ""
        kind = script.get("type", "").lower()
        if ("ld" in kind and "json" in kind) or '"@context"' in text[:_HEAD]:
            yield from _iter_objects(text)
        elif "ld+json" in text:
            for found in _PUSHED.finditer(text):
                yield from _iter_objects(found[1])


def _iter_objects(text: str) -> Iterator[Any]:
    """Yield the values in *text*, and those of a text that holds JSON again."""
    for value in parse_json(text):
        yield from parse_json(value) if isinstance(value, str) else (value,)


def parse_json(text: str) -> list[Any]:
    """Return the JSON values in *text*, one after the other; none if it is no JSON.

    One that is slightly broken is read as :mod:`scraper.extraction.lenient_json` does, also with entities
    for all quotation marks.
    """
    text = text.strip().removeprefix("\ufeff")
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    for _ in range(_MOST_ROUNDS):
        if '"' in text or not _ENTITY_QUOTE.search(text):
            break
        text = html.unescape(text)
    from scraper.extraction.lenient_json import read_values

    values = read_values(text.replace("<![CDATA[", " ").replace("]]>", " "))
    if not values:
        logger.debug("JSON-LD of %d characters is no JSON", len(text))
    return values
