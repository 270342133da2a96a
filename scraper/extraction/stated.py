"""The text of an article that only its structured data holds, put where a page shows less.

Pages show a teaser and let a script fetch the rest, or hold nothing but their JSON-LD.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import lxml.html

from scraper.text import clean, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.json_ld import StructuredData

_LEAST = 60
"""Words that a page must lack."""
_MOST_SHOWN = 0.5
"""Share of the stated text that it may show."""
_PROBES = 20
_PROBE = 6
"""Words of a probe: so many of the text, evenly spread, are looked for on the page."""
_TAG = re.compile(r"<(?:p|div|br|h[1-6]|li|blockquote)\b", re.IGNORECASE)


def add_stated_text(root: HtmlElement, data: StructuredData) -> None:
    """Put the paragraphs that *data* states and the tree of *root* does not show into it.

    They stand after the last of those that it shows, or at the end of its article.
    Nothing happens where the page shows about as much.
    """
    run = words(data.body) if data.is_article and data.stated_body else []
    if len(run) < _LEAST:
        return
    shown = f" {' '.join(words(root.text_content()))} "
    if _share_of(run, shown) > _MOST_SHOWN:
        return
    paragraphs = _paragraphs(data.stated_body)
    runs = [" ".join(words(text)) for text in paragraphs]
    told = [f" {each} " in shown for each in runs]
    last = max((at for at, is_told in enumerate(told) if is_told), default=-1)
    place = _place_of(root, runs[last]) if last >= 0 else None
    pairs = zip(paragraphs, told, strict=True)
    added = [_paragraph(text) for text, is_told in pairs if not is_told]
    if place is None:
        next(root.iter("article", "main", "body"), root).extend(added)
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
    paragraphs = root.iter("p", "div")
    same = (p for p in paragraphs if " ".join(words(p.text_content())) == run)
    return next(same, None)


def _paragraphs(stated: str) -> list[str]:
    markup = html.unescape(stated)
    if not _TAG.search(markup):
        lines = markup.split("\n")
    else:
        fragment = lxml.html.fragment_fromstring(markup, create_parent="div")
        for line_break in fragment.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        for block in fragment.iter("p", "div", "li", "blockquote", "h2", "h3", "h4"):
            block.tail = "\n" + (block.tail or "")
        lines = fragment.text_content().split("\n")
    return list(dict.fromkeys(filter(None, map(clean, lines))))


def _paragraph(text: str) -> HtmlElement:
    element = lxml.html.Element("p")
    element.text = text
    return element
