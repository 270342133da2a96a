"""Scores of predictions against a gold set.

The figures and their definitions are those of the gold sets' own ``score.py``, so that
numbers can be compared; a test holds the two equal wherever that file exists.

===================== =================================================================
pages, missing        rows of the set / those without a prediction
f1, precision, recall over 4-word shingles of the text: means over pages, f1 of the two
                      means; of a text with optional paragraphs the better reading counts
page_f1, page_sd      mean and standard deviation of the pages' own f1
perfect, below_0.8    share of pages above .999 / count of pages below .8
lost                  share of pages below .5: a reader has no use for such a text
leaked                forbidden strings that begin a line of a text, folded
segments_*            where gold is ``with`` and ``without`` strings instead of a text
starts, ends          where gold is ``fields_only``: share of pages whose text, or what
                      follows its lead, begins / whose text ends with the gold's words
kind                  share of pages classified correctly as article or not
title, lead, date,    share of the pages with such gold where the field agrees, folded;
authors, agency       leads without an agency's prefix ("TTO - "), dates by day, authors
                      as sets, also where gold has none
captions              captions in common, over all that are found or gold
===================== =================================================================

A figure is left out if the set has no gold for it. A row that is ``fields_only`` counts
for its fields, for kind, starts and ends alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from statistics import mean, pstdev
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Row = Mapping[str, Any]
    Shingles = Counter[tuple[str, ...]]

SIZE = 4
PERFECT = 0.999
POOR = 0.8
LOST = 0.5
_WORD = re.compile(r"\w+")
_BY = re.compile(r"(?i)^by\s+")
_PREFIX = re.compile(r"^\s*(?:\([^()]{2,24}\)|[A-ZĐ]{2,8})\s*[-–—]\s*")
"""What a paper puts before a lead: "(Dân trí) - ", "TTO - "."""
_WITHOUT_ARTICLE = frozenset({"listing", "blocked", "other", "error"})


@dataclass(frozen=True, slots=True)
class PageScore:
    """How well the text of one article agrees, and what it lost and wrongly kept."""

    row: Row
    precision: float
    recall: float
    f1: float
    text: str

    def lost(self) -> list[str]:
        """Return the gold paragraphs that the text does not hold."""
        have = fold(self.text)
        return _absent(self.row["text"].split("\n\n"), have)

    def kept(self) -> list[str]:
        """Return the lines of the text that the gold does not hold."""
        return _absent(self.text.split("\n"), fold(self.row["text"]))


@dataclass(frozen=True, slots=True)
class Scores:
    figures: dict[str, float]
    pages: list[PageScore] = field(default_factory=list)

    def worst(self, count: int) -> list[PageScore]:
        """Return at most *count* pages that are not perfect, the worst first."""
        poor = [page for page in self.pages if page.f1 <= PERFECT]
        return sorted(poor, key=lambda page: page.f1)[:count]


def score(rows: Iterable[Row], found: Mapping[str, Row]) -> Scores:
    """Return the scores of *found*, predictions by id, against the gold *rows*."""
    rows = list(rows)
    pairs = [(row, found.get(row["id"], {})) for row in rows]
    articles = [(row, p) for row, p in pairs if row["kind"] == "article"]
    stated = [(row, p) for row, p in articles if "with" not in row]
    pages = [
        _score_page(row, p.get("text") or "") for row, p in stated if has_text(row)
    ]
    figures: dict[str, float] = {
        "pages": len(rows),
        "missing": sum(row["id"] not in found for row in rows),
    }
    if pages:
        figures |= _text_figures(pages)
        figures["leaked"] = sum(_leaks(page) for page in pages)
    figures |= _segment_figures([(row, p) for row, p in articles if "with" in row])
    if pairs:
        figures["kind"] = _share([_is_kind_right(row, p) for row, p in pairs])
    figures |= _field_figures(stated)
    figures |= _edge_figures([(row, p) for row, p in stated if not has_text(row)])
    return Scores({name: round(value, 4) for name, value in figures.items()}, pages)


def has_text(row: Row) -> bool:
    """Return True if *row* is the gold of an article's whole text."""
    is_article = row.get("kind") == "article" and "text" in row
    return is_article and not row.get("fields_only")


def fold(text: str | None) -> str:
    """Return the words of *text* in lower case, one space between them."""
    return " ".join(_words((text or "").lower()))


def shingles(text: str) -> Shingles:
    """Return the windows of four words of *text*; a shorter one is its own window."""
    words = _words(text)
    last = max(1, len(words) - SIZE + 1) if words else 0
    return Counter(tuple(words[start : start + SIZE]) for start in range(last))


def agreement(gold: Shingles, found: Shingles) -> tuple[float, float, float]:
    """Return precision, recall and f1; two empty texts agree."""
    if not gold and not found:
        return 1.0, 1.0, 1.0
    common = (gold & found).total()
    if not common:
        return 0.0, 0.0, 0.0
    precision, recall = common / found.total(), common / gold.total()
    return precision, recall, _harmonic(precision, recall)


def readings(row: Row) -> list[str]:
    """Return the texts that count as right: with and without optional paragraphs."""
    optional = frozenset(row.get("optional") or ())
    if not optional:
        return [row["text"]]
    needed = [part for part in row["paragraphs"] if part not in optional]
    return [row["text"], "\n\n".join(needed)]


def _score_page(row: Row, text: str) -> PageScore:
    found = shingles(text)
    tried = [agreement(shingles(reading), found) for reading in readings(row)]
    precision, recall, f1 = max(tried, key=lambda values: values[2])
    return PageScore(row, precision, recall, f1, text)


def _text_figures(pages: list[PageScore]) -> dict[str, float]:
    precision = mean(page.precision for page in pages)
    recall = mean(page.recall for page in pages)
    values = [page.f1 for page in pages]
    return {
        "f1": _harmonic(precision, recall),
        "precision": precision,
        "recall": recall,
        "page_f1": mean(values),
        "page_sd": pstdev(values),
        "perfect": _share([value > PERFECT for value in values]),
        "below_0.8": sum(value < POOR for value in values),
        "lost": _share([value < LOST for value in values]),
    }


def _leaks(page: PageScore) -> int:
    lines = [fold(line) for line in page.text.split("\n")]
    forbidden = map(fold, page.row.get("forbidden") or ())
    return sum(any(line.startswith(start) for line in lines) for start in forbidden)


def _segment_figures(pairs: list[tuple[Row, Row]]) -> dict[str, float]:
    wanted = hits = wrong = 0
    for row, prediction in pairs:
        text = _spaced(prediction.get("text"))
        wanted += len(row["with"])
        hits += sum(_spaced(segment) in text for segment in row["with"])
        wrong += sum(_spaced(segment) in text for segment in row["without"])
    if not wanted + wrong:
        return {}
    return {
        "segments_f1": 2 * hits / (hits + wrong + wanted),
        "segments_precision": hits / max(1, hits + wrong),
        "segments_recall": hits / max(1, wanted),
    }


def _is_kind_right(row: Row, prediction: Row) -> bool:
    kind = prediction.get("kind", "article")
    is_article = kind not in _WITHOUT_ARTICLE and bool(prediction.get("text"))
    return is_article is bool(row["kind"] == "article")


def _edge_figures(pairs: list[tuple[Row, Row]]) -> dict[str, float]:
    """Return ``starts`` and ``ends`` over the rows that state them."""
    starts = [_starts(fold(row["starts"]), p) for row, p in pairs if row.get("starts")]
    ends = [_ends(fold(row["ends"]), p) for row, p in pairs if row.get("ends")]
    figures = {"starts": starts, "ends": ends}
    return {name: _share(flags) for name, flags in figures.items() if flags}


def _starts(words: str, prediction: Row) -> bool:
    text = fold(prediction.get("text"))
    behind_lead = text.removeprefix(fold(prediction.get("lead"))).strip()
    return bool(words) and (text.startswith(words) or behind_lead.startswith(words))


def _ends(words: str, prediction: Row) -> bool:
    return bool(words) and fold(prediction.get("text")).endswith(words)


def _lead(row: Row) -> str:
    return fold(_PREFIX.sub("", row.get("lead") or ""))


def _day(prediction: Row) -> str:
    return (prediction.get("published_at") or "")[:10]


def _names(authors: Iterable[str] | None) -> frozenset[str]:
    folded = (fold(_BY.sub("", author)) for author in authors or ())
    return frozenset(name for name in folded if name)


_AGREES: dict[str, Callable[[Row, Row], bool]] = {
    "title": lambda row, p: fold(row["title"]) == fold(p.get("title")),
    "lead": lambda row, p: _lead(row) == _lead(p),
    "authors": lambda row, p: _names(row["authors"]) == _names(p.get("authors")),
    "agency": lambda row, p: fold(row["agency"]) == fold(p.get("agency")),
    "date": lambda row, p: row["date"][:10] == _day(p),
}
_MAY_BE_NONE = frozenset({"authors", "agency"})


def _field_figures(pairs: list[tuple[Row, Row]]) -> dict[str, float]:
    figures = {}
    for name, agrees in _AGREES.items():
        right = [agrees(row, p) for row, p in pairs if _states(row, name)]
        if right:
            figures[name] = _share(right)
    common = either = 0
    for row, prediction in pairs:
        if row.get("captions") is not None:
            gold = set(map(fold, row["captions"]))
            found = set(map(fold, prediction.get("captions") or ()))
            common, either = common + len(gold & found), either + len(gold | found)
    return figures | ({"captions": common / either} if either else {})


def _states(row: Row, name: str) -> bool:
    """Return True if the gold says what *name* is; no author is a statement too."""
    value = row.get(name)
    return value is not None if name in _MAY_BE_NONE else bool(value)


def _absent(parts: Iterable[str], text: str) -> list[str]:
    return [part for part in parts if fold(part) and fold(part) not in text]


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags)


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text))


def _spaced(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())
