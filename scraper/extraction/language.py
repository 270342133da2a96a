"""The language of a text whose page declares none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extraction.languages import function_words
from scraper.text import compare_key

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENOUGH = 20
_READ = 500
_SHARE = 0.12
"""Share of function words below which no language is told; real texts have .25-.5."""


def detect_language(run: Sequence[str]) -> str:
    """Return the ISO 639-1 code of the words *run*, "" where it cannot be told.

    The language whose function words make up most of the text; those of nine languages
    are known (``languages/*.toml``).
    """
    if len(run) < _ENOUGH:
        return ""
    words = [compare_key(word) for word in run[:_READ]]
    shares = {
        code: sum(word in listed for word in words) / len(words)
        for code, listed in function_words().items()
    }
    best = max(shares, key=lambda code: shares[code])
    return best if shares[best] >= _SHARE else ""
