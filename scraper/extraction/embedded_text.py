"""The text of an article that only a page's data has, added if the page shows less.

Pages show a teaser and let a script fetch the rest, or hold nothing but their JSON-LD or
the data of the framework that builds them.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

import lxml.html

from scraper.text import MARKUP, clean, count_units, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import Head

    Run = tuple[str, ...]


_SHOWN_CHARACTERS = 400
"""Characters in paragraphs from which on a page shows its text itself."""
_ASSIGNED = re.compile(r"=\s*(?:JSON\.parse\(\s*)?(?=[{\"])")
_MOST_ASSIGNED = 20
"""Assignments of a script that are tried."""
_MOST_SCRIPT = 4_000_000
"""Characters of the largest script that is read."""
_MOST_VALUES = 20_000
"""Values of a script that are looked into."""
_MOST_TITLES = 20
"""Objects with the title of the page that are searched for a text."""
_LEVELS_ABOVE = 2
"""Levels between the title and what holds the text as well, at most."""
_LONGEST_TITLE = 300
"""Characters of the longest text that may be a title."""
_TEXT_KEYS = frozenset(
    {
        *("body", "children", "content", "data", "html", "markup"),
        *("nodes", "paragraph", "paragraphs", "text", "value"),
    }
)
"""Keys of the text in the parts that a body may be written in."""
_ENDS = tuple(".!?。！？।؟")
_TITLE_KEYS = ("headline", "title")
_NO_TEXT = ("http:", "https:", "data:", "/", "#")
"""How addresses begin, which stand under the keys of text as well."""
_DEEPEST = 60
"""Levels of nested values that are followed."""


def _find_script_text(root: HtmlElement, titles: Collection[str]) -> str:
    """Return the text, with its markup, that a script of *root* holds beside a title.

    It is empty if the page shows paragraphs itself, and if no data has one of *titles*.
    """
    runs = {tuple(run) for title in titles if (run := words(title))}
    if not runs or _shows_text(root):
        return ""
    texts = (_text_beside(data, runs) for data in _iter_data(root))
    return max(texts, key=len, default="")


def _shows_text(root: HtmlElement) -> bool:
    size = 0
    for paragraph in root.iter("p"):
        size += len(paragraph.text_content().strip())
        if size >= _SHOWN_CHARACTERS:
            return True
    return False


def _iter_data(root: HtmlElement) -> Iterator[Any]:
    for script in root.iter("script"):
        text, kind = script.text or "", script.get("type", "").lower()
        if "ld+json" in kind or not _TEXT_WORDS < len(text) <= _MOST_SCRIPT:
            continue
        if kind.endswith("json"):
            data = _decoded(text, 0)
            is_flat = isinstance(data, list) and script.get("id") == "__NUXT_DATA__"
            yield _unflattened(data) if is_flat else data
            continue
        for count, match in enumerate(_ASSIGNED.finditer(text)):
            if count == _MOST_ASSIGNED:
                break
            yield _decoded(text, match.end())


def _decoded(text: str, at: int) -> Any:  # noqa: ANN401  whatever the page wrote
    """Return the JSON that begins at *at*, also where it is written as a string."""
    try:
        data = json.JSONDecoder(strict=False).raw_decode(text[at:].lstrip())[0]
        return json.loads(data, strict=False) if isinstance(data, str) else data
    except (ValueError, RecursionError):
        return None


def _unflattened(values: list[Any]) -> Any:  # noqa: ANN401
    """Return the first of *values*, each of which names others by their index."""
    budget = _MOST_VALUES

    def value_at(index: object, depth: int) -> Any:  # noqa: ANN401
        nonlocal budget
        budget -= 1
        is_index = isinstance(index, int) and 0 <= index < len(values)
        if budget < 0 or depth > _DEEPEST or not is_index:
            return None
        held = values[index]  # type: ignore[call-overload]
        if isinstance(held, dict):
            return {key: value_at(each, depth + 1) for key, each in held.items()}
        if isinstance(held, list):
            skip = bool(held) and isinstance(held[0], str)
            return [value_at(each, depth + 1) for each in held[skip:]]
        return held

    return value_at(0, 0)


def _text_beside(data: Any, titles: set[Run]) -> str:  # noqa: ANN401
    """Return the longest text of the objects in *data* that state one of *titles*."""
    pending: list[tuple[Any, tuple[Any, ...]]] = [(data, ())]
    best, seen, named = "", 0, 0
    while pending and seen < _MOST_VALUES and named < _MOST_TITLES:
        value, above = pending.pop()
        seen += 1
        if isinstance(value, dict):
            around = (value, *above[:_LEVELS_ABOVE])
            if any(_is_title(each, titles) for each in value.values()):
                named += 1
                found = next(
                    filter(None, (_text_in(each, titles) for each in around)), ""
                )
                best = max(best, found, key=len)
            pending.extend((each, around) for each in value.values())
        elif isinstance(value, list):
            pending.extend((each, above) for each in value)
    return best


def _is_title(value: object, titles: set[Run]) -> bool:
    """Return True if *value* is one of *titles*, or how one begins that names the site."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TITLE:
        return False
    run = tuple(words(value))
    return any(run == t or (len(run) > 2 and run == t[: len(run)]) for t in titles)  # noqa: PLR2004


def _text_in(value: Any, titles: set[Run], depth: int = 0) -> str:  # noqa: ANN401
    """Return the longest text under one key of *value*, what other articles say left out."""
    if depth > _DEEPEST:
        return ""
    if isinstance(value, str):
        return value if _is_long(value) else ""
    if isinstance(value, list):
        joined = "\n".join(filter(None, map(_part, value)))
        return joined if _is_long(joined) else ""
    if not isinstance(value, dict) or _is_other(value, titles):
        return ""
    texts = (_text_in(each, titles, depth + 1) for each in value.values())
    return max(texts, key=len, default="")


def _is_long(text: str) -> bool:
    """Return True if *text* has the words of an article, and is neither code nor JSON."""
    if len(text) <= _TEXT_WORDS or "{" in text:
        return False
    return count_units(text, words(text)) >= _TEXT_WORDS and any(
        e in text for e in _ENDS
    )


def _is_other(value: dict[str, Any], titles: set[Run]) -> bool:
    stated = [value[key] for key in _TITLE_KEYS if isinstance(value.get(key), str)]
    return bool(stated) and not any(_is_title(each, titles) for each in stated)


def _part(value: Any, depth: int = 0) -> str:  # noqa: ANN401
    """Return the text of *value*, a paragraph or another part of a body."""
    if isinstance(value, str):
        return "" if value.startswith(_NO_TEXT) else value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        between = "\n" if any(map(_holds_parts, value)) else ""
        return between.join(_part(each, depth + 1) for each in value)
    if not isinstance(value, dict) or any(key in value for key in _TITLE_KEYS):
        return ""
    held = (_part(each, depth + 1) for key, each in value.items() if key in _TEXT_KEYS)
    return max(held, key=len, default="")


def _holds_parts(value: object) -> bool:
    return isinstance(value, dict) and any(
        isinstance(each, list) for each in value.values()
    )


_TEXT_WORDS = 60
"""Words that a stated text has at least."""
_MOST_SHOWN = 0.5
"""Share of the stated text that it may show."""
_PROBES, _PROBE_WORDS = 20, 6
"""Runs of the text, evenly spread, that are searched on the page, and their words."""
_BREAK = re.compile(r"(?i)</?(?:p|div|br|h[1-6]|li|ul|ol|blockquote)\b[^<>]{0,2000}>")


def find_stated_text(root: HtmlElement, head: Head) -> str:
    """Return the text that JSON-LD or another script of *root* states, with its markup."""
    data = head.data
    if data.is_article and data.stated_body:
        return data.stated_body
    if not data.is_article and head.og_type not in {"", "article"}:
        return ""
    titles = {head.declared.first("og:title"), data.headline, clean(head.title)}
    return _find_script_text(root, titles)


def add_stated_text(root: HtmlElement, stated: str, blocks: list[RawBlock]) -> bool:
    """Put the paragraphs that are *stated* and in none of its *blocks* into *root*.

    They stand after the last of those that it shows, or at the end of its article.
    Return False, and change nothing, if the page shows about as much.
    """
    paragraphs = _paragraphs(stated)
    text = " ".join(paragraphs)
    run = words(text)
    if count_units(text, run) < _TEXT_WORDS:
        return False
    shown = f" {' '.join(word for block in blocks for word in block.words)} "
    if _share_of(run, shown) > _MOST_SHOWN:
        return False
    runs = [" ".join(words(text)) for text in paragraphs]
    is_shown = [f" {each} " in shown for each in runs]
    anchors = [
        each
        for each, there in zip(runs, is_shown, strict=True)
        if there and each.count(" ") >= _PROBE_WORDS
    ]
    place = _place_of(root, anchors[-1]) if anchors else None
    pairs = zip(paragraphs, is_shown, strict=True)
    added = [_paragraph(text) for text, there in pairs if not there]
    if place is None:
        _end_of(root).extend(added)
        return True
    for paragraph in reversed(added):
        place.addnext(paragraph)
    return True


def _share_of(run: list[str], shown: str) -> float:
    """Return the share (0-1) of probes of *run* that are in *shown*."""
    last = max(1, len(run) - _PROBE_WORDS)
    step = max(1, last // _PROBES)
    probes = [" ".join(run[at : at + _PROBE_WORDS]) for at in range(0, last, step)]
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
