"""CSV (RFC 4180, UTF-8): a header, then one line an article.

Lists are joined by "; ". Blocks and images do not fit a cell and stay out; the text
and the captions of the images are there. A text cell that a spreadsheet would take
for a formula gets an apostrophe in front (CWE-1236).
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.exports.common import encoded, write_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

COLUMNS = (
    "id",
    "url",
    "canonical_url",
    "site",
    "kind",
    "title",
    "lead",
    "lead_source",
    "text",
    "captions",
    "byline",
    "authors",
    "agency",
    "published_at",
    "published_source",
    "modified_at",
    "modified_source",
    "section",
    "breadcrumbs",
    "tags",
    "language",
    "paywalled",
    "content_fingerprint",
    "fetched_at",
    "archive",
    "revision",
    "gone_at",
)
OMITTED = ("schema_version", "blocks", "images", "extraction")
"""Fields of the record that are no columns."""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
"""As OWASP has it; signs of full width are the same to a spreadsheet."""


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    out.write(encoded(_line(COLUMNS)))
    return write_parts(map(_row, articles), out)


def _row(article: Article) -> str:
    record = article.to_dict()
    return _line(cell(record[name]) for name in COLUMNS)


def cell(value: Any) -> str:  # noqa: ANN401  any field of the record
    """Return the cell of *value*: lists joined, formulas defused, nested values as JSON."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() if all(isinstance(each, str) for each in value):
            return cell("; ".join(value))
        case str():
            return f"'{value}" if _FORMULA.match(value) else value
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()
