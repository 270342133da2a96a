"""What changed between two revisions of an article, paragraph by paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from scraper.likeness import is_near_duplicate, sketch_of
from scraper.text import compare_key, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.items import Article

_COUNTER = re.compile(
    r"\W*\d[\d.,]*\s*(?:k\s*)?(?:lượt (?:xem|đọc|thích|chia sẻ)|bình luận|phút đọc"
    r"|views?|reads?|likes?|shares?|comments?|min(?:ute)?s? read)\W*"
)
"""A line that counts readers: it changes with every visit and says nothing new."""
_SAME_PARAGRAPH = 0.4
"""Share of common words (Dice) from which on a paragraph was changed, not replaced."""
_MOST_PAIRS = 2_500
"""Most pairs of paragraphs that are compared: beyond, the whole text was replaced."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph that differs; *before* is "" if it is new, *after* if it was removed.

    The headline counts as the first paragraph.
    """

    kind: ChangeKind
    before: str
    after: str


def is_reworded(before: Article, after: Article) -> bool:
    """Return True if a reader would find other words in *after* than in *before*.

    White space, case, punctuation, the place of a tone mark and lines that count
    readers do not matter; a mark that makes another word of it does.
    """
    return _wording(before) != _wording(after)


def is_same_article(one: Article, two: Article) -> bool:
    """Return True if the two may be versions of one article.

    They have one title, or the shorter text is mostly in the longer one.
    """
    if compare_key(one.title) == compare_key(two.title):
        return True
    if one.content_fingerprint and one.content_fingerprint == two.content_fingerprint:
        return True
    first, second = sketch_of(one.text), sketch_of(two.text)
    if first is None or second is None:
        return False
    return is_near_duplicate(first, second, one_site=False)


def changes_between(before: Article, after: Article) -> list[Change]:
    """Return the differences that a reader would see, in the order of *after*."""
    old, new = _paragraphs(before), _paragraphs(after)
    matcher = SequenceMatcher(
        None, [_key(text) for text in old], [_key(text) for text in new], autojunk=False
    )
    return [
        change
        for operation, i, j, k, m in matcher.get_opcodes()
        if operation != "equal"
        for change in _changes(old[i:j], new[k:m])
    ]


def steps_of(revisions: Sequence[Article]) -> list[list[Change]]:
    """Return what each of *revisions* changed; the first changes nothing."""
    changed = (changes_between(one, two) for one, two in pairwise(revisions))
    return [[] for _ in revisions[:1]] + list(changed)


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    """Yield the changes from *old* to *new* paragraphs, which have none in common.

    The two with most common words are one changed paragraph; those before and after it are
    compared in the same way.
    """
    alike, i, k = _most_alike(old, new)
    if alike < _SAME_PARAGRAPH:
        yield from (Change(ChangeKind.REMOVED, text, "") for text in old)
        yield from (Change(ChangeKind.ADDED, "", text) for text in new)
        return
    yield from _changes(old[:i], new[:k])
    yield Change(ChangeKind.CHANGED, old[i], new[k])
    yield from _changes(old[i + 1 :], new[k + 1 :])


def _most_alike(old: list[str], new: list[str]) -> tuple[float, int, int]:
    """Return the similarity (0-1) of the most similar paragraphs, and their indexes."""
    if len(old) * len(new) > _MOST_PAIRS:
        return 0.0, 0, 0
    ours, theirs = ([set(_key(text).split()) for text in side] for side in (old, new))
    pairs = (
        (2 * len(one & other) / len((*one, *other)), -i, -k)
        for i, one in enumerate(ours)
        for k, other in enumerate(theirs)
    )
    alike, i, k = max(pairs, default=(0.0, 0, 0))
    return alike, -i, -k


def _paragraphs(article: Article) -> list[str]:
    return [text for text in (article.title, *article.text.split("\n\n")) if _key(text)]


def _wording(article: Article) -> list[str]:
    return [_key(text) for text in _paragraphs(article)]


def _key(text: str) -> str:
    """Return the words of *text* as they are compared, "" for a counter of readers."""
    plain = compare_key(text)
    return "" if _COUNTER.fullmatch(plain) else " ".join(words(plain))
