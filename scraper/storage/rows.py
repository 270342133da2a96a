"""An article as a row, and back."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from functools import lru_cache
from typing import Any

from isal import isal_zlib

from scraper.items import Article
from scraper.storage.words import folded_words

# How an article was fetched and read, not what it says; what follows from the rest.
_CIRCUMSTANCES = ("url", "fetched_at", "archive", "extraction", "revision")
_DERIVED = ("schema_version", "id", "text", "captions")

_LEVEL = 3
"""Of ISA-L, the highest: the size of zlib's first level in a third of the time."""

UNREADABLE = (KeyError, TypeError, ValueError, zlib.error)
"""What :func:`to_article` raises where a record is none."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_row(article: Article) -> dict[str, Any]:
    """Return the columns of *article* but its text; half a surrogate becomes "?"."""
    row = {
        "id": article.id,
        "canonical_url": article.canonical_url,
        "url": article.url,
        "site": article.site,
        "kind": article.kind.value,
        "section": article.section,
        "section_folded": folded_words(article.section),
        "published_at": article.published_at,
        "fetched_at": article.fetched_at,
        "content_fingerprint": article.content_fingerprint,
        "revision": article.revision,
    }
    return {k: encodable(v) if isinstance(v, str) else v for k, v in row.items()}


def to_words(article: Article) -> dict[str, str]:
    """Return what is searched of *article*: the words of its text and of its title."""
    return {
        "text_folded": encodable(folded_words(article.text)),
        "title_folded": encodable(folded_words(article.title)),
    }


def to_record(article: Article) -> bytes:
    """Return *article* as it is stored: JSON of its fields, in zlib's format."""
    return pack(_encode(article.to_fields()))


def pack(text: str) -> bytes:
    return isal_zlib.compress(text.encode("utf-8", "replace"), _LEVEL)


def encodable(text: str) -> str:
    """Return *text* without what UTF-8 or a database cannot hold: half a letter, NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def to_article(record: bytes) -> Article:
    """Return the article of a row's *record*; raises UNREADABLE where it is none."""
    return Article.from_dict(_load(record))


def text_words(record: bytes) -> str:
    """Return the words of the text of *record*; none where it cannot be read."""
    with suppress(*UNREADABLE):
        return to_words(to_article(record))["text_folded"]
    return ""


def title_words(record: bytes) -> str:
    """Return the words of the title of *record*; none where it cannot be read."""
    with suppress(*UNREADABLE):
        return to_words(to_article(record))["title_folded"]
    return ""


def field_of(record: bytes, name: str) -> str | None:
    """Return a field of *record* as text, lists by commas; None where it says nothing."""
    with suppress(*UNREADABLE):
        value = _load_again(record)[name]
        return (", ".join(value) if isinstance(value, list) else value) or None
    return None


@lru_cache(maxsize=16)
def _load_again(record: bytes) -> dict[str, Any]:
    """Load *record*, of which one field after the other is asked for."""
    return _load(record)


def says_the_same(record: bytes, other: bytes) -> bool:
    """Tell whether two records differ at most in how they were fetched and read."""
    return _content(record) == _content(other)


def is_made_alike(record: bytes, other: bytes) -> bool:
    """Tell whether the same version of a site model, or none, made both records."""
    one, two = (_load(each)["extraction"] for each in (record, other))
    return bool(one["model_version"] == two["model_version"])


def _content(record: bytes) -> dict[str, Any]:
    fields = _load(record)
    left_out = (*_CIRCUMSTANCES, *_DERIVED)
    return {name: fields[name] for name in fields if name not in left_out}


def _load(record: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(zlib.decompress(record))
    return fields
