"""SQL functions that could run for minutes within one row, bounded for those who browse.

SQLite breaks a query off between two steps of a loop, not within a function, nor between
the functions of one row. So each call must be short, and the slower ones must be few.
"""

from __future__ import annotations

import re
import sqlite3
from functools import partial
from itertools import takewhile
from typing import Any

MOST_SLOW = 10
"""Slow functions in one question. Each takes 0.4 s at most, of the longest values."""
_SLOW = frozenset({"instr", "replace", "like", "glob"})
"""They take the product of two lengths."""
_MADE_LONG = re.compile(r"\*|[0-9]{6}")
"""A width or precision that is an argument or may be large: ``%.*c`` took 5 s."""


class SlowCalls:
    """An authorizer that refuses a statement with more than MOST_SLOW slow functions."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> None:
        """Count anew: another question is asked."""
        self._count = 0

    def __call__(self, action: int, _: object, name: str | None, *_of: object) -> int:
        if action == sqlite3.SQLITE_FUNCTION and name in _SLOW:
            self._count += 1
            if self._count > MOST_SLOW:
                return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK


def replace_slowest(connection: sqlite3.Connection) -> None:
    """Replace the functions of which a single call takes too long.

    SQLite's own trim() takes 13 s of 250 kB. Texts are Python's here: a trim() of one that
    is no UTF-8 fails.
    """
    for name in ("trim", "ltrim", "rtrim"):
        trim = partial(_trim, left=name != "rtrim", right=name != "ltrim")
        connection.create_function(name, 2, trim, deterministic=True)
    plain = sqlite3.connect(":memory:", check_same_thread=False)
    for name in ("printf", "format"):
        call = partial(_format, plain, name)
        connection.create_function(name, -1, call, deterministic=True)


def _trim(value: object, marks: object, *, left: bool, right: bool) -> str | None:
    if value is None or marks is None:
        return None
    text, known = _text(value), frozenset(_text(marks))
    if left:
        text = text[sum(1 for _ in takewhile(known.__contains__, text)) :]
    if right:
        cut = sum(1 for _ in takewhile(known.__contains__, reversed(text)))
        text = text[: len(text) - cut]
    return text


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _format(plain: sqlite3.Connection, name: str, *values: object) -> Any:  # noqa: ANN401
    """Return what SQLite's own function of this *name* makes of *values*.

    None, as SQLite does with what is too long, if a width is no number or a large one.
    """
    if values and _MADE_LONG.search(_text(values[0])):
        return None
    marks = ", ".join("?" * len(values))
    return plain.execute(f"SELECT {name}({marks})", values).fetchone()[0]
