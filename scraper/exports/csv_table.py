"""CSV (RFC 4180, UTF-8 with a byte order mark): a header, then a line per article.

Spreadsheets open it directly. Without the mark, Excel assumes another encoding. A cell of
more than LONGEST characters would break its row, so a longer text is cut, with a note.
Lists are joined by "; ". Blocks and images do not fit a cell and are left out; the text
and the captions of images are included. A text cell that a spreadsheet would evaluate as
a formula gets a leading apostrophe (CWE-1236).
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.exports import Format, encoded, write_parts
from scraper.schema import FLAT, flatten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

LONGEST = 32_767
"""The most characters of a cell in Excel, in UTF-16 code units."""

_MARK = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
"""By OWASP; spreadsheets treat full-width signs alike."""


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    out.write(_MARK + encoded(_line(FLAT)))
    return write_parts(map(_row, articles), out)


def _row(article: Article) -> str:
    record = flatten(article.to_dict())
    return _line(cell(record[name]) for name in FLAT)


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
            return _cut(f"'{value}" if _FORMULA.match(value) else value)
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _cut(text: str) -> str:
    """Return *text*, or its beginning with a note if it is too long for a cell."""
    if len(text) <= LONGEST // 2:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * LONGEST:
        return text
    note = f" … (cut: {len(text):,} characters)"
    most = 2 * (LONGEST - len(note))
    return units[:most].decode("utf-16-le", "ignore") + note


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()


FORMAT = Format(name="csv", extensions=(".csv",), write=write)
