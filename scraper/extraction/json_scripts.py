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

_WRAPPING = re.compile(
    r"/[*/]\s*(?:<!\[CDATA\[|\]\]>)\s*(?:\*/)?|<!\[CDATA\[|\]\]>|<!--|-->"
)
_STRING_OR_COMMENT = re.compile(
    r'("(?:[^"\\]|\\.)*")|/\*.{0,2000}?\*/|(?<![:\w])//[^\n]*', re.DOTALL
)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_BAD_ESCAPE = re.compile(r"\\(?:(?P<good>[\"\\/bfnrt]|u[\da-fA-F]{4})|(?P<quote>'))?")
_BARE_QUOTE = re.compile(r'(?<![\[{:,\\\s])"(?!\s*(?:[\]}:,]|$))|(?<=\w\s)"(?=\w)')
_PUSHED = re.compile(
    r'ld\+json"[^{}]{0,200}?"(?:children|__html)"\s*:\s*("(?:[^"\\]|\\.)*")'
)
_MOST_OBJECTS = 20


def iter_json_ld(root: HtmlElement) -> Iterator[Any]:
    """Yield the values that the JSON-LD scripts of *root* hold, in page order.

    A script that cannot be read is passed over. JSON-LD that a framework's script pushes
    to the page is read as well.
    """
    for script in root.iter("script"):
        text = script.text or ""
        if "ld+json" in script.get("type", "").lower():
            yield from parse_json(text)
        elif "ld+json" in text:
            for found in _PUSHED.finditer(text):
                for pushed in parse_json(found[1]):
                    yield from parse_json(pushed) if isinstance(pushed, str) else ()


def parse_json(text: str) -> list[Any]:
    """Return the JSON values in *text*, one after the other; none if it is no JSON.

    Comments, CDATA marks, trailing commas, wrong escapes, bare quotation marks in a
    string, entities for all quotation marks and text after the last value are tolerated.
    """
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        pass
    if '"' not in text and "&quot;" in text:
        text = html.unescape(text)
    for repair in (_without_wrapping, _without_slips, _with_quotes_escaped):
        text = repair(text)
        if values := _values(text):
            return values
    logger.debug("JSON-LD of %d characters is no JSON", len(text))
    return []


def _values(text: str) -> list[Any]:
    """Return the values that *text* begins with, at least one of them an object."""
    decoder, at = json.JSONDecoder(strict=False), 0
    values: list[Any] = []
    while at < len(text) and len(values) < _MOST_OBJECTS:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values if any(isinstance(each, dict | list) for each in values) else []


def _without_wrapping(text: str) -> str:
    return _WRAPPING.sub("", text).strip()


def _without_slips(text: str) -> str:
    """Return *text* without comments, wrong escapes and trailing commas."""
    text = _BAD_ESCAPE.sub(_escape, text)
    text = _STRING_OR_COMMENT.sub(lambda found: found[1] or "", text)
    return _TRAILING_COMMA.sub(lambda found: found[1] or "", text).strip()


def _escape(found: re.Match[str]) -> str:
    if found["good"]:
        return found.group()
    return "'" if found["quote"] else "\\\\"


def _with_quotes_escaped(text: str) -> str:
    """Return *text* with quotation marks in strings escaped: those that end none."""
    return _BARE_QUOTE.sub(r'\\"', text)
