"""The text of an article that only its data holds, put where a page shows less.

Pages show a teaser and let a script fetch the rest, or hold nothing but their JSON-LD or
the data of the framework that builds them.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import lxml.html

from scraper.extraction.json_ld import MARKUP
from scraper.extraction.script_data import find_script_text
from scraper.text import clean, count_units, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.json_ld import StructuredData
    from scraper.extraction.metadata import Declared

_LEAST = 60
"""Words that a stated text has at least."""
_MOST_SHOWN = 0.5
"""Share of the stated text that it may show."""
_PROBES = 20
_PROBE = 6
"""Words of a probe: so many of the text, evenly spread, are looked for on the page."""
_BREAK = re.compile(r"(?i)</?(?:p|div|br|h[1-6]|li|ul|ol|blockquote)\b[^<>]{0,2000}>")


def find_stated_text(
    root: HtmlElement, declared: Declared, data: StructuredData
) -> str:
    """Return the text that JSON-LD or another script of *root* states, with its markup."""
    if data.is_article and data.stated_body:
        return data.stated_body
    if not data.is_article and declared.first("og:type").lower() not in {"", "article"}:
        return ""
    node = next(root.iter("title"), None)
    title = clean(node.text or "") if node is not None else ""
    return find_script_text(root, {declared.first("og:title"), data.headline, title})


def add_stated_text(root: HtmlElement, stated: str) -> None:
    """Put the paragraphs that are *stated* and that *root* does not show into its tree.

    They stand after the last of those that it shows, or at the end of its article.
    Nothing happens where the page shows about as much.
    """
    paragraphs = _paragraphs(stated)
    text = " ".join(paragraphs)
    run = words(text)
    if count_units(text, run) < _LEAST:
        return
    shown = f" {' '.join(words(' '.join(root.itertext())))} "
    if _share_of(run, shown) > _MOST_SHOWN:
        return
    runs = [" ".join(words(text)) for text in paragraphs]
    is_shown = [f" {each} " in shown for each in runs]
    anchors = [
        each
        for each, there in zip(runs, is_shown, strict=True)
        if there and each.count(" ") >= _PROBE
    ]
    place = _place_of(root, anchors[-1]) if anchors else None
    pairs = zip(paragraphs, is_shown, strict=True)
    added = [_paragraph(text) for text, there in pairs if not there]
    if place is None:
        _end_of(root).extend(added)
        return
    for paragraph in reversed(added):
        place.addnext(paragraph)


def _share_of(run: list[str], shown: str) -> float:
    """Return the share (0-1) of probes of *run* that are in *shown*."""
    last = max(1, len(run) - _PROBE)
    step = max(1, last // _PROBES)
    probes = [" ".join(run[at : at + _PROBE]) for at in range(0, last, step)]
    return sum(f" {probe} " in shown for probe in probes) / len(probes)


def _place_of(root: HtmlElement, run: str) -> HtmlElement | None:
    """Return the paragraph of *root* whose words are *run*."""
    same = (p for p in root.iter("p") if " ".join(words(p.text_content())) == run)
    return next(same, None)


def _end_of(root: HtmlElement) -> HtmlElement:
    """Return the element that the article of *root* ends with."""
    places = (next(root.iter(tag), None) for tag in ("article", "main", "body"))
    return next((place for place in places if place is not None), root)


def _paragraphs(stated: str) -> list[str]:
    markup = html.unescape(stated)
    if _BREAK.search(markup):
        markup = _BREAK.sub("\n", markup.replace("\n", " "))
    lines = MARKUP.sub(" ", markup).split("\n")
    return list(dict.fromkeys(filter(None, map(clean, lines))))


def _paragraph(text: str) -> HtmlElement:
    element = lxml.html.Element("p")
    element.text = text
    return element
