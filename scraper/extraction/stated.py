"""The text of an article that only its structured data holds, put where a page shows less.

Pages show a teaser and let a script fetch the rest, or hold nothing but their JSON-LD.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import lxml.html

from scraper.extraction.json_ld import MARKUP
from scraper.text import clean, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.json_ld import StructuredData

_LEAST = 60
"""Words that a stated text has at least."""
_MOST_SHOWN = 0.5
"""Share of the stated text that it may show."""
_PROBES = 20
_PROBE = 6
"""Words of a probe: so many of the text, evenly spread, are looked for on the page."""
_BREAK = re.compile(r"(?i)</?(?:p|div|br|h[1-6]|li|ul|ol|blockquote)\b[^<>]{0,2000}>")


def add_stated_text(root: HtmlElement, data: StructuredData) -> None:
    """Put the paragraphs that *data* states and the tree of *root* does not show into it.

    They stand after the last of those that it shows, or at the end of its article.
    Nothing happens where the page shows about as much.
    """
    run = words(data.body) if data.is_article and data.stated_body else []
    if len(run) < _LEAST:
        return
    shown = f" {' '.join(words(' '.join(root.itertext())))} "
    if _share_of(run, shown) > _MOST_SHOWN:
        return
    paragraphs = _paragraphs(data.stated_body)
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
    step = max(1, (len(run) - _PROBE) // _PROBES)
    probes = [
        " ".join(run[at : at + _PROBE]) for at in range(0, len(run) - _PROBE, step)
    ]
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
