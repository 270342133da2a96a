"""The standfirst (sapo): the paragraph set apart between the headline and the body."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from scraper.extraction.languages import phrases
from scraper.extraction.titles import HEADLINE_WORDS, repeats_title, words_of_title
from scraper.items import BlockKind
from scraper.text import clean, compare_key, count_units, tokens, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.head import Head


_METAS = ("og:description", "description", "twitter:description", "dc.description")
_CUT = ("…", "...", "[…]", "[...]")
_ENDS = (".", "!", "?", "。", "！", "？", "।", "”", '"', "»", ")", ":")
_SENTENCE_END = re.compile(r"[.!?。！？।…][\"”»’)]*(?=\s|$)|(?<=[。！？])")
_STEM_CHARACTERS, _SENTENCE_CHARACTERS = 40, 600
"""Characters of a cut description that is completed, at least, and of its sentence."""
_DECLARED_WORDS = 5
"""Words of the shortest description that is a lead."""
_TELLING_LETTERS = 4
"""Letters from which on a word is not one of those that every text is full of."""
_DESCRIBED_SHARE = 0.3
"""Share of its longer words that a description of the article has in common with it;
a site's slogan has fewer."""


def find_declared_lead(head: Head, *, title: str, text: str) -> tuple[str, str]:
    """Return a description and its source, meta or json_ld; both "" if none fits.

    One that is cut off is completed from the *text*. It is skipped if the text does
    not hold it, as is one that repeats the *title* or has little in common with the
    article (a slogan).
    """
    article = f"{title} {text}"
    run = words(article)
    said = {*run, *tokens(article, run)}
    for source, description in _descriptions(head):
        whole = _completed(description, text)
        own = words(whole)
        if count_units(whole, own) < _DECLARED_WORDS or set(own) <= set(words(title)):
            continue
        telling = tokens(whole, own)
        if telling == set(own):
            telling = {word for word in own if len(word) >= _TELLING_LETTERS}
        if len(telling & said) >= _DESCRIBED_SHARE * len(telling):
            return whole, source
    return "", ""


def _completed(description: str, text: str) -> str:
    """Return *description* up to the end of its sentence if it is cut; "" if it is lost."""
    marked = description.endswith(_CUT)
    if not marked and description.endswith(_ENDS):
        return description
    stem = description.rstrip(" .…[]")
    if len(stem) < _STEM_CHARACTERS:
        return "" if marked else description
    if f"{stem}\n" in text:
        return stem
    flat = " ".join(text.split())
    at = flat.find(stem)
    end = _SENTENCE_END.search(flat, at + len(stem)) if at >= 0 else None
    if end is None or end.end() - at > _SENTENCE_CHARACTERS:
        return "" if marked else description
    return flat[at : end.end()]


def _descriptions(head: Head) -> Iterator[tuple[str, str]]:
    for name in _METAS:
        yield "meta", head.declared.first(name)
    yield "json_ld", head.data.description


_NAMED = re.compile(
    r"(?i)(?:^|[\s_-]|div)(?:sapo\w*|standfirst|(?:sub-?)?(?:dek|deck)|stand-?first|sub-?title|sub-?head(?:line)?"
    r"|sub-?heading|summary|description|desc|lead|lede|excerpt|intro|chapeau|abstract|strapline|teaser-text)"
    r"(?:$|[\s_-])"
)
_NOT_NAMED = re.compile(
    r"(?i)image|caption|photo|media|video|related|newsletter|share|byline|author|meta-"
    r"|carousel|slide|gallery|player|tooltip|card"
)
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|_+")
"""Where the words of a name such as ``HeaderDek`` meet."""
_NAMED_LEVELS = 2
"""Elements up from a block whose names say what it is."""
_LEAD_WORDS_LEAST, _LEAD_WORDS_MOST = 6, 150
"""Words of a lead."""
_AGREEING_SHARE = 0.75
"""Share of the words that a lead has in common with the description."""
_HEADINGS = frozenset({"h2", "h3", "h4", "strong"})
_SENTENCE_WORDS = 10
"""Words from which on a line is no label: a heading that is a sentence, or a paragraph of
a page that describes itself nowhere."""
_SENTENCE_ENDS = (".", "!", "?", "。", "।", "…", '."', ".”")
_LEAD_LINKED = 0.5
"""Link density under which a block can be a lead."""
_MOST_POINTS = 8
"""Points of the longest list that is a lead."""
_PLACE_WORDS = 3
"""Words of the longest name of a place before a lead."""
_DASHES = ("- ", "– ", "— ", "• ")


def find_headline(blocks: list[RawBlock], found: list[RawBlock], title: str) -> int:
    """Return the index of the block that prints *title*, -1 for none.

    The first ``h1``, else the last one that is not past the middle of the main content.
    """
    end = found[len(found) // 2].index if found else len(blocks)
    near = (b for b in blocks if not b.hidden and b.index <= end)
    printed = [b for b in near if repeats_title(b, title) or _holds_title(b, title)]
    headings = [b.index for b in printed if b.element.tag == "h1"]
    return headings[0] if headings else max((b.index for b in printed), default=-1)


def _holds_title(block: RawBlock, title: str) -> bool:
    """Return True for an ``h1`` that says *title* after a kicker, or before an addition."""
    if block.element.tag != "h1":
        return False
    run = words_of_title(title)
    own, said = "".join(block.words), "".join(run)
    is_long = count_units(title, run) >= HEADLINE_WORDS
    return is_long and (own.startswith(said) or own.endswith(said))


def find_lead(
    blocks: list[RawBlock], *, after: int, before: int, description: str
) -> list[RawBlock]:
    """Return the blocks of the lead, none if the page sets none apart.

    Looked for between the headline (index *after*) and the first block of the body that
    is followed by others (index *before*, included): an element that is named as
    standfirsts are, else a heading that says what *description* declares.
    """
    between = [b for b in blocks[after + 1 : before + 1] if _can_be_lead(b)]
    declared = frozenset(words(description))
    apart = [b for b in between if b.index < before and after >= 0 and _is_text(b)]
    named = [b for b in between if _is_named(b)]
    headings = [b for b in between if b.element.tag in _HEADINGS]
    described = [b for b in (*named, *headings, *apart) if _agrees(b, declared)]
    if found := next(iter(described), None) or next(iter(named), None):
        return _whole(found, blocks)
    said = [b for b in headings if b.text.endswith(_SENTENCE_ENDS)]
    said += [b for b in apart if b.element.tag == "p"]
    long = [b for b in said if _is_long(b) and not declared]
    return long[:1] or _points(blocks[after + 1 :], before)


def _whole(block: RawBlock, blocks: list[RawBlock]) -> list[RawBlock]:
    """Return *block* and the rest of its lead: lines, points, or paragraphs.

    Lines are those of the same element, points those of the same list, paragraphs those
    beside it that are named as it is.
    """
    whole = [block]
    for b in blocks[block.index + 1 : block.index + _MOST_POINTS]:
        if not b.hidden and (
            b.link_density >= _LEAD_LINKED or not _goes_on(b.element, block)
        ):
            break
        whole.append(b)
    return [b for b in whole if not b.hidden]


def _goes_on(element: HtmlElement, block: RawBlock) -> bool:
    own = block.element
    if element is own:
        return True
    if element.getparent() is not own.getparent() or element.tag != own.tag:
        return False
    is_named = _label(element) == _label(own) and _names_lead(_label(own))
    return is_named or block.kind is BlockKind.LIST_ITEM


def _points(blocks: list[RawBlock], before: int) -> list[RawBlock]:
    """Return the points that an element alone holds, not after index *before*.

    Each begins with a dash; an element that also holds other text is a conversation.
    """
    first = next((b for b in blocks if b.text.startswith(_DASHES)), None)
    if first is None or first.index > before:
        return []
    own = [b for b in blocks if b.element is first.element]
    is_list = all(b.text.startswith(_DASHES) for b in own)
    return own if is_list and 1 < len(own) <= _MOST_POINTS else []


def is_said_again(lead: list[RawBlock], blocks: list[RawBlock]) -> bool:
    """Return True if one of *blocks* begins with all words of *lead* and is longer."""
    run = [word for block in lead for word in block.words]
    longer = (b.words for b in blocks if len(b.words) > len(run))
    return bool(run) and any(own[: len(run)] == run for own in longer)


def lead_text(blocks: list[RawBlock], description: str = "") -> str:
    """Return the lead without the paper's own mark ("TTO -") or the place at its start.

    A place is what stands before the words of the page's *description*.
    """
    text = clean(" ".join(block.text for block in blocks))
    start = text.removesuffix(description)
    if description and len(words(start)) <= _PLACE_WORDS and start.endswith("· "):
        return description
    start = compare_key(text[: _longest_prefix()])
    for prefix in phrases().lead_prefixes:
        if start.startswith(prefix) and compare_key(text[: len(prefix)]) == prefix:
            return text[len(prefix) :].lstrip(" -–—:")
    return text


@cache
def _longest_prefix() -> int:
    return max(map(len, phrases().lead_prefixes), default=0)


def _can_be_lead(block: RawBlock) -> bool:
    fits = _LEAD_WORDS_LEAST <= count_units(block.text, block.words) <= _LEAD_WORDS_MOST
    fits = fits and block.kind is not BlockKind.CAPTION
    return fits and not block.hidden and block.link_density < _LEAD_LINKED


def _is_long(block: RawBlock) -> bool:
    return count_units(block.text, block.words) >= _SENTENCE_WORDS


def _is_text(block: RawBlock) -> bool:
    """Return True for a paragraph, but not of a carousel, a byline or a list."""
    around = islice(block.element.iterancestors(), _NAMED_LEVELS)
    labels = " ".join(map(_label, around))
    said = f"{_label(block.element)} {labels}"
    return block.kind is BlockKind.PARAGRAPH and not _NOT_NAMED.search(said)


def _label(element: HtmlElement) -> str:
    return " ".join(element.get(name, "") for name in ("class", "id", "itemprop"))


def _is_named(block: RawBlock) -> bool:
    """Return True if the element, or a parent that holds no more, is named as leads are."""
    if _names_lead(_label(block.element)):
        return True
    parent = block.element.getparent()
    named = parent is not None and _names_lead(_label(parent))
    return named and not _says_more(parent)


@lru_cache(maxsize=4096)
def _names_lead(label: str) -> bool:
    named = _NAMED.search(_JOINT.sub("-", label))
    return named is not None and not _NOT_NAMED.search(label)


def _says_more(element: HtmlElement) -> bool:
    """Return True for an element that holds more words than a lead has."""
    return len(element.text_content().split()) > _LEAD_WORDS_MOST


def _agrees(block: RawBlock, declared: frozenset[str]) -> bool:
    return bool(declared) and len(declared & set(block.words)) >= _AGREEING_SHARE * min(
        len(declared), len(set(block.words))
    )
