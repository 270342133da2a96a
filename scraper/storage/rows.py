"""An article as a row, and back."""

from __future__ import annotations

import json
from typing import Any

from scraper.items import Article
from scraper.storage.words import folded_words

# How an article was fetched and read, not what it says.
_CIRCUMSTANCES = ("url", "fetched_at", "archive", "extraction", "revision")


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


def to_text_row(article: Article) -> dict[str, Any]:
    """Return the columns of the words and of the record of *article*."""
    return {
        "title_folded": encodable(folded_words(article.title)),
        "text_folded": encodable(folded_words(article.text)),
        "record": to_record(article),
    }


def to_record(article: Article) -> str:
    """Return *article* as the JSON that is stored."""
    return encodable(
        json.dumps(article.to_json(), ensure_ascii=False, separators=(",", ":"))
    )


def encodable(text: str) -> str:
    """Return *text* without what UTF-8 cannot hold; JSON-LD brings such halves."""
    return text.encode("utf-8", "replace").decode()


def to_article(record: str) -> Article:
    """Return the article of a row's *record*."""
    return Article.from_json(json.loads(record))


def says_the_same(record: str, other: str) -> bool:
    """Tell whether two records differ at most in how they were fetched and read."""
    return _content(record) == _content(other)


def _content(record: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(record)
    return {name: fields[name] for name in fields if name not in _CIRCUMSTANCES}


def is_made_alike(record: str, other: str) -> bool:
    """Tell whether the same version of a site model, or none, made both records."""
    one, two = (json.loads(each)["extraction"] for each in (record, other))
    return bool(one["model_version"] == two["model_version"])
