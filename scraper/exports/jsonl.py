"""JSON lines: an article of the published schema per line, or a chunk of one.

Chunks are parts of limited length of an article's text, for retrieval. A word is a run of
characters without white space, in Vietnamese a syllable. A chunk holds as many whole
paragraphs as fit. A longer paragraph is split between sentences, and a longer sentence
between words. A heading or a question stays with what follows it. Only white space of the
text lies between two chunks.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.exports import PLAIN, Format, write_parts
from scraper.items import SCHEMA_VERSION, TEXT_BREAK, BlockKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.exports import Extras
    from scraper.items import Article

    Span = tuple[int, int]


def write(articles: Iterable[Article], out: BinaryIO, extras: Extras = PLAIN) -> int:
    return write_parts(
        (_line(article.to_dict(**extras._asdict())) for article in articles), out
    )


def render(article: Article, extras: Extras = PLAIN) -> str:
    record = article.to_dict(**extras._asdict())
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


FORMAT = Format(
    name="jsonl",
    extensions=(".jsonl",),
    write=write,
    render=render,
    page_name="json",
    has_extras=True,
)


_WORD = re.compile(r"\S+")
_ENDS = (".", "!", "?", "…")
_BEFORE, _AFTER = "\"'“‘«([", "\"'”’»)]"
_LONGEST_ABBREVIATION = 4
_LEADS = frozenset({BlockKind.HEADING, BlockKind.QUESTION})


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a text from *start* to *end*, its number of *words* and its *heading*.

    *leads* is True if the next part belongs to it.
    """

    start: int
    end: int
    words: int
    heading: str
    leads: bool = False

    def with_next(self, other: _Piece) -> _Piece:
        words = self.words + other.words
        return _Piece(self.start, other.end, words, self.heading, other.leads)


def write_chunks(articles: Iterable[Article], out: BinaryIO, *, most: int) -> int:
    """Write the chunks of *articles*; return the number of articles."""
    count = 0
    for article in articles:
        write_parts(map(_line, chunks_of(article, most)), out)
        count += 1
    return count


def chunks_of(article: Article, most: int) -> list[dict[str, Any]]:
    """Return the chunks of *article* in order, of at most *most* words each.

    Each is an object of :func:`scraper.schema.chunk_schema`.
    """
    led = _merged(_pieces(article, most), most, lambda piece: piece.leads)
    pieces = list(_merged(led, most, lambda _: True))
    text = article.text
    return [
        _about(article, position, len(pieces))
        | {
            "heading": piece.heading,
            "start": piece.start,
            "text": text[piece.start : piece.end],
        }
        for position, piece in enumerate(pieces)
    ]


def _about(article: Article, position: int, chunks: int) -> dict[str, Any]:
    published, gone = article.published_at, article.gone_at
    return {
        "schema_version": SCHEMA_VERSION,
        "id": f"{article.id}-{position}",
        "article_id": article.id,
        "revision": article.revision,
        "position": position,
        "chunks": chunks,
        "url": article.url,
        "title": article.title,
        "published_at": published and published.isoformat(),
        "gone_at": gone and gone.isoformat(),
        "site": article.site,
        "section": article.section,
        "language": article.language,
        "kind": article.kind.value,
    }


def _pieces(article: Article, most: int) -> Iterator[_Piece]:
    """Yield the paragraphs of the text; long ones in parts."""
    at, heading = 0, ""
    for kind, text in article.text_parts():
        if kind is BlockKind.HEADING:
            heading = text
        for words in _cut(text, most):
            span = at + words[0][0], at + words[-1][1]
            yield _Piece(*span, len(words), heading, kind in _LEADS)
        at += len(text) + len(TEXT_BREAK)


def _merged(
    pieces: Iterable[_Piece], most: int, wants_next: Callable[[_Piece], bool]
) -> Iterator[_Piece]:
    """Yield *pieces*; those that *wants_next* selects are joined with the next if it fits."""
    held: _Piece | None = None
    for piece in pieces:
        if held is None:
            held = piece
        elif held.words + piece.words <= most:
            held = held.with_next(piece)
        else:
            yield held
            held = piece
        if not wants_next(held):
            yield held
            held = None
    if held is not None:
        yield held


def _cut(text: str, most: int) -> Iterator[list[Span]]:
    """Yield the words of *text* in runs of at most *most*, split between sentences."""
    words = [found.span() for found in _WORD.finditer(text)]
    runs = [words] if len(words) <= most else _sentences(text, words)
    for run in runs:
        for first in range(0, len(run), most):
            yield run[first : first + most]


def _sentences(text: str, words: list[Span]) -> Iterator[list[Span]]:
    first = 0
    for index, (word, following) in enumerate(pairwise(words), 1):
        if _is_end(text, word, following):
            yield words[first:index]
            first = index
    yield words[first:]


def _is_end(text: str, word: Span, following: Span) -> bool:
    """Return True if a sentence or a line ends between two words.

    None ends after an abbreviation such as "TP.", or before a lower-case letter.
    """
    if "\n" in text[word[1] : following[0]]:
        return True
    printed = text[slice(*word)].rstrip(_AFTER)
    if not printed.endswith(_ENDS) or text[following[0]].islower():
        return False
    bare = printed.strip(_BEFORE).rstrip(".").rpartition(".")[2]
    return not (bare.isupper() and len(bare) <= _LONGEST_ABBREVIATION)
