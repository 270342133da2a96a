"""CSV (RFC 4180, UTF-8 with a byte order mark): a header, then one line an article.

It opens in a spreadsheet as it is: Excel takes a file without the mark for another
encoding, and a cell of more than LONGEST characters breaks its row, so such a text is cut
and says so. Lists are joined by "; ". Blocks and images do not fit a cell and stay out;
the text and the captions of the images are there. A text cell that a spreadsheet would
take for a formula gets an apostrophe in front (CWE-1236).
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.exports.columns import FLAT, flatten
from scraper.exports.format import Format, encoded, write_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

LONGEST = 32_767
"""Characters of a cell that Excel takes, counted in UTF-16 as it does."""

_MARK = b"\xef\xbb\xbf"
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r]")
"""As OWASP has it; signs of full width are the same to a spreadsheet."""


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
    """Return *text*, or where a cell does not hold it, its beginning and how long it is."""
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
