"""JSON as pages hold it: read with the slips of hands and templates, never evaluated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from scraper.text import paired

if TYPE_CHECKING:
    from collections.abc import Callable

    Ends = Callable[[str, int], bool]

MOST_OBJECTS = 20
"""Objects of one script that are read."""
_DEEPEST = 60
"""Levels that are read; JSON-LD has fewer than ten."""
_MOST_READ = 2_000_000
"""Characters of a script that are read."""
_MOST_SLIPS = 2_000
"""Stray quotation marks in texts and keys after which the rest is given up."""

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


def read_values(text: str) -> list[Any]:
    """Return the objects and lists in *text*, in order, at most :data:`MOST_OBJECTS`.

    Read are comments, wrong or missing commas and escapes, quotation marks within a
    string, single and typographic marks, keys without any, words that are no value, and
    text before, between and after the values. Of one that is cut off, what is whole.
    """
    reader = _Reader(text[:_MOST_READ])
    values: list[Any] = []
    while len(values) < MOST_OBJECTS and reader.find_structure():
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
        """Go on at *at*, or at the end of the text after too many slips; return where."""
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
