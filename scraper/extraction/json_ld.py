"""Structured data: the JSON-LD nodes of a page, and what they say of the article.

A witness, not the truth: portals glue names, cut texts and repeat the site as author.
JSON with the mistakes that pages make is read as it was meant.
"""

from __future__ import annotations

import html
import json
import logging
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scraper.extraction.document import MOST_VALUES, Bound
from scraper.text import MARKUP, clean, paired, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

    from scraper.extraction.document import Beyond

    Ends = Callable[[str, int], bool]


_MOST_OBJECTS = 20
"""Objects of one script that are read."""
_DEEPEST = 60
"""Levels that are read; JSON-LD has fewer than ten."""
_MOST_READ = 2_000_000
"""Characters of a script that are read."""
_MOST_SLIPS = 2_000
"""Stray quotation marks in texts and keys after which the rest is not read."""

_SPACE = (
    r"(?:[\s\u200b\ufeff]|/\*.{0,2000}?\*/|//[^\n]{0,500}|</?(?:br|p)\s*/?>|<!--|-->)*+"
)
_QUOTES = "\"'“”„‟"
_CLOSING = {'"': '"', "'": "'"} | dict.fromkeys("“”„‟", '“”"')
_STRUCTURE = re.compile(
    r"[{\[](?=[\s\u200b\ufeff]*+(?:[{}\[\]\"'“”„/,]|[\w$@]{1,60}+\s*+:))"
)
_GAP = re.compile(f"(?:{_SPACE}[,;])*+{_SPACE}", re.DOTALL)
_SKIP = re.compile(_SPACE, re.DOTALL)
_KEY = re.compile(
    f"(?:[{_QUOTES}](?P<quoted>.{{1,100}}?)[{_QUOTES}]|(?P<bare>[\\w$@.-]{{1,60}}+)){_SPACE}:",
    re.DOTALL,
)
_TEMPLATE = re.compile(r"\{\{.{0,500}?\}\}", re.DOTALL)
_WORD = re.compile(r"[^\s,:;\[\]{}\"']+")
_PLAIN = re.compile(r"[^\\\"'“”„‟]+")
_KEY_NEXT = rf"[{_QUOTES}][^\\{_QUOTES}\n]{{1,100}}+(?:[{_QUOTES}]\s*+:|$)"
_BARE_NEXT = rf"[\w$@-]{{1,60}}\s*+:\s*+[{_QUOTES}{{\[]"
_ENDS_VALUE = re.compile(
    f"{_SPACE}(?:[}}\\]]|;?\\s*$|,{_SPACE}(?:{_KEY_NEXT}|{_BARE_NEXT}|[}},]|$)|{_KEY_NEXT})",
    re.DOTALL,
)
"""What follows the end of a string that is a value: else its mark belongs to the text."""
_ENDS_ITEM = re.compile(
    f"{_SPACE}(?:[}}\\]]|;?\\s*$|,{_SPACE}(?:[{_QUOTES}\\[{{\\]\\d-]|true|false|null|$))",
    re.DOTALL,
)
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\n": ""}
_ESCAPE = re.compile(r"\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\"'\\/bfnrt\n]))?")
_WORDS = {"true": True, "false": False}
_MISSING = object()


def _read_values(text: str) -> list[Any]:
    """Return the objects and lists in *text*, in order, at most :data:`_MOST_OBJECTS`.

    Read are comments, wrong or missing commas and escapes, quotation marks within a
    string, single and typographic marks, keys without any, words that are no value, and
    text before, between and after the values. Of one that is cut off, what is whole.
    """
    reader = _Reader(text[:_MOST_READ])
    values: list[Any] = []
    while len(values) < _MOST_OBJECTS and reader.find_structure():
        value = reader.read(0)
        if value is not _MISSING and value:
            values.append(value)
    return values


class _Reader:
    """A position in a text, and the value that begins there."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._slips = 0

    def find_structure(self) -> bool:
        found = _STRUCTURE.search(self._text, self._at)
        self._at = found.start() if found else len(self._text)
        return found is not None

    def read(self, depth: int, ends: Ends | None = None) -> Any:  # noqa: ANN401
        """Return the value that begins here, _MISSING if none does."""
        self._pass(_SKIP.match(self._text, self._at))
        if template := _TEMPLATE.match(self._text, self._at):
            self._at = template.end()
            return None
        first = self._text[self._at : self._at + 1]
        if first in {"{", "["} and depth > _DEEPEST:
            self._at = len(self._text)
            return _MISSING
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._list(depth)
        if first and first in _QUOTES:
            return self._string(ends or _ends_value)
        return self._word()

    def _object(self, depth: int) -> dict[str, Any]:
        self._at += 1
        found: dict[str, Any] = {}
        while self._more("}]"):
            key = self._key()
            if key is None:
                self._slip(self._at + 1)
                continue
            value = self.read(depth + 1)
            if value is not _MISSING:
                found.setdefault(key, value)
        return found

    def _list(self, depth: int) -> list[Any]:
        self._at += 1
        found: list[Any] = []
        while self._more("]}"):
            start, value = self._at, self.read(depth + 1, _ends_item)
            if value is not _MISSING:
                found.append(value)
            elif self._at == start:
                self._at += 1
        return found

    def _more(self, ends: str) -> bool:
        """Return True if another member stands here; the mark of the end is passed."""
        self._pass(_GAP.match(self._text, self._at))
        first = self._text[self._at : self._at + 1]
        if first and first in ends:
            self._at += 1
            return False
        return bool(first)

    def _key(self) -> str | None:
        found = _KEY.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found["quoted"] or found["bare"]

    def _string(self, ends: Ends) -> Any:  # noqa: ANN401
        closing = _CLOSING[self._text[self._at]]
        parts, at = [], self._at + 1
        while at < len(self._text):
            if plain := _PLAIN.match(self._text, at):
                parts.append(plain[0])
                at = plain.end()
                continue
            letter = self._text[at]
            if letter == "\\":
                shown, at = _unescaped(self._text, at)
                parts.append(shown)
                continue
            at += 1
            if letter in closing and ends(self._text, at):
                self._at = at
                return paired("".join(parts))
            parts.append(letter)
            at = self._slip(at)
        self._at = at
        return _MISSING

    def _word(self) -> Any:  # noqa: ANN401
        """Return the number or the truth that stands here; None for any other word."""
        word = _WORD.match(self._text, self._at)
        if word is None:
            return _MISSING
        self._at = word.end()
        try:
            return int(word[0]) if len(word[0]) < 20 else None  # noqa: PLR2004
        except ValueError:
            return _WORDS.get(word[0].lower())

    def _slip(self, at: int) -> int:
        """Continue at *at*, or at the end of the text after too many mistakes; return where."""
        self._slips += 1
        self._at = at if self._slips < _MOST_SLIPS else len(self._text)
        return self._at

    def _pass(self, found: re.Match[str] | None) -> None:
        self._at = found.end() if found else self._at


def _ends_value(text: str, at: int) -> bool:
    return _ENDS_VALUE.match(text, at) is not None


def _ends_item(text: str, at: int) -> bool:
    return _ENDS_ITEM.match(text, at) is not None


def _unescaped(text: str, at: int) -> tuple[str, int]:
    """Return what the escape at *at* stands for, and where it ends."""
    found = _ESCAPE.match(text, at)
    if found is None or found.end() == at + 1:
        return "\\", at + 1
    code = found[1] or found[2]
    shown = chr(int(code, 16)) if code else _ESCAPES.get(found[3], found[3])
    return shown, found.end()


logger = logging.getLogger(__name__)

_ARTICLE = re.compile(r"(?i)(?:Article|BlogPosting|LiveBlogPosting|Report|Review)$")
_LISTING = frozenset({"CollectionPage", "ItemList", "SearchResultsPage"})
_WITHIN = ("@graph", "@list", "mainEntity", "mainEntityOfPage")


@dataclass(frozen=True, slots=True)
class StructuredData:
    """What the page's JSON-LD says; empty strings for what it does not say."""

    types: frozenset[str] = frozenset()
    headline: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    publisher: str = ""
    breadcrumbs: tuple[str, ...] = ()
    free: bool = True
    stated_body: str = ""

    @property
    def body(self) -> str:
        """The longest articleBody, markup in it as space; cleaned when asked for."""
        return clean(html.unescape(MARKUP.sub(" ", html.unescape(self.stated_body))))

    @property
    def is_article(self) -> bool:
        return any(_ARTICLE.search(name) for name in self.types)

    @property
    def is_listing(self) -> bool:
        return not self.is_article and bool(self.types & _LISTING)


def extract_structured_data(
    root: HtmlElement, beyond: Beyond | None = None
) -> StructuredData:
    """Return what the JSON-LD of *root* says; broken scripts are skipped.

    *beyond* takes note of it if there are more values than are looked into.
    """
    nodes = list(_nodes(root, {} if beyond is None else beyond))
    types = frozenset(name for node in nodes for name in _types(node))
    article = max(nodes, key=_article_rank, default={})
    if not _article_rank(article):
        article = {}
    return StructuredData(
        types=types,
        headline=_text(article.get("headline") or article.get("name")),
        description=_text(article.get("description")),
        authors=_authors(article, nodes),
        published=_text(
            article.get("datePublished")
            or article.get("dateCreated")
            or _of_page("datePublished", nodes)
        ),
        modified=_text(article.get("dateModified") or _of_page("dateModified", nodes)),
        section=next(iter(_texts(article.get("articleSection"))), ""),
        tags=tuple(_keywords(article.get("keywords"))),
        language=_text(article.get("inLanguage")),
        publisher=next(iter(_names(article.get("publisher"))), ""),
        breadcrumbs=tuple(_breadcrumbs(nodes)),
        free=_is_free(article, nodes),
        stated_body=_longest_body(nodes),
    )


def _of_page(key: str, nodes: list[dict[str, Any]]) -> Any:  # noqa: ANN401
    """Return what the node of the page itself says, for one without an article's."""
    pages = (node for node in nodes if "WebPage" in _types(node))
    return next((node[key] for node in pages if node.get(key)), None)


def _longest_body(nodes: list[dict[str, Any]]) -> str:
    stated = (node.get("articleBody") for node in nodes)
    return max((text for text in stated if isinstance(text, str)), key=len, default="")


def _is_free(article: dict[str, Any], nodes: list[dict[str, Any]]) -> bool:
    """Return whether the article's node, else the first that says so, is free to read."""
    said = (node.get("isAccessibleForFree") for node in (article, *nodes))
    first = next((value for value in said if value is not None), True)
    return str(first).lower() != "false"


def _nodes(root: HtmlElement, beyond: Beyond) -> Iterator[dict[str, Any]]:
    pending = deque(iter_json_ld(root))
    seen = 0
    while pending and seen < MOST_VALUES:
        value = pending.popleft()
        seen += 1
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            yield value
            named = "@type" in value
            pending.extend(map(value.get, _WITHIN if named else value))
            pending.extend(_only(value.get("hasPart")) if named else ())
    if pending:
        beyond[Bound.JSON_LD] = f"{len(pending):,} values after {MOST_VALUES:,}"


def _only(parts: object) -> list[Any]:
    """Return *parts* if there is one; several belong to a list of articles.

    Parts that describe elements of the page do not count.
    """
    listed = _list(parts)
    others = [part for part in listed if "WebPageElement" not in _types(part)]
    return listed if len(listed) == 1 else others if len(others) == 1 else []


def _types(node: object) -> Iterator[str]:
    for value in _list(node.get("@type") if isinstance(node, dict) else None):
        if isinstance(value, str):
            yield value.rsplit("/", 1)[-1]


def _article_rank(node: dict[str, Any]) -> int:
    named = any(_ARTICLE.search(name) for name in _types(node))
    filled = sum(key in node for key in ("headline", "datePublished", "author"))
    return 10 * named + filled if named else 0


def _breadcrumbs(nodes: list[dict[str, Any]]) -> Iterator[str]:
    for node in nodes:
        if "BreadcrumbList" in _types(node):
            for item in _list(node.get("itemListElement")):
                inner = item.get("item") if isinstance(item, dict) else None
                name = (item.get("name") if isinstance(item, dict) else None) or (
                    inner.get("name") if isinstance(inner, dict) else None
                )
                if _text(name):
                    yield _text(name)
            return


def _authors(article: dict[str, Any], nodes: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the authors of *article*: its people, or else its organizations.

    An author that is only an ``@id`` is looked up among *nodes*.
    """
    known = {
        node["@id"]: node
        for node in reversed(nodes)
        if isinstance(node.get("@id"), str) and any(_names([node]))
    }
    listed = [
        part if (name := _reference(part)) is None else known.get(name, part)
        for part in _list(article.get("author") or article.get("creator"))
    ]
    named = [(part, list(_names(part))) for part in listed]
    people = [names for part, names in named if not _is_organization(part)]
    return tuple(
        name for names in people or [names for _, names in named] for name in names
    )


def _reference(value: object) -> str | None:
    """Return the ``@id`` of a *value* that says no more, or that is one itself."""
    if isinstance(value, dict):
        named = None if any(_names([value])) else value.get("@id")
        return named if isinstance(named, str) else None
    is_id = isinstance(value, str) and ("://" in value or value.startswith("#"))
    return str(value) if is_id else None


def _is_organization(value: object) -> bool:
    return isinstance(value, dict) and any(
        name.endswith("Organization") for name in _types(value)
    )


def _names(value: object) -> Iterator[str]:
    for part in _list(value):
        if isinstance(part, dict):
            yield from _names(part.get("name") or _name_in_parts(part))
        elif _text(part):
            yield _text(part)


def _name_in_parts(person: dict[str, Any]) -> str:
    """Return the full name of a *person* that states given and family name apart."""
    return " ".join(
        filter(None, (_text(person.get(k)) for k in ("givenName", "familyName")))
    )


def _keywords(value: object) -> Iterator[str]:
    for part in _texts(value):
        yield from filter(None, map(clean, part.split(",")))


def _texts(value: object) -> list[str]:
    return [text for text in map(_text, _list(value)) if text]


def _text(value: object) -> str:
    """Return the text that *value* is or holds, the first of several, "" for none."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    return readable(html.unescape(value)) if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    if isinstance(value, dict):
        value = value.get("@list", value)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


_PUSHED = re.compile(
    r'ld\+json"[^{}]{0,200}?"(?:children|__html)"\s*:\s*("(?:[^"\\]|\\.)*")'
)
_ENTITY_QUOTE = re.compile(r"&(?:amp;)*(?:quot|#0*34|#[xX]0*22);")
_MOST_ROUNDS = 3
"""Times that a text may have been escaped too often."""
_HEAD = 300
"""Characters of a script of another type within which it names its vocabulary."""


def iter_json_ld(root: HtmlElement) -> Iterator[Any]:
    """Yield the values that the JSON-LD scripts of *root* hold, in page order.

    A script that cannot be read is skipped. JSON-LD that a framework's script pushes
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
    """Return the JSON values in *text*, one after the other; none if it is not JSON.

    Slightly broken JSON is read by :mod:`scraper.extraction.json_ld`, also if entities
    stand for all its quotation marks.
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
    values = _read_values(text.replace("<![CDATA[", " ").replace("]]>", " "))
    if not values:
        logger.debug("JSON-LD of %d characters is not JSON", len(text))
    return values
