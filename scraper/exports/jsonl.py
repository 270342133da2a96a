"""JSON lines: one object of the published schema a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

from scraper.exports.common import write_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    return write_parts(map(_line, articles), out)


def render(article: Article) -> str:
    return json.dumps(article.to_json(), ensure_ascii=False, indent=2) + "\n"


def _line(article: Article) -> str:
    return json.dumps(article.to_json(), ensure_ascii=False) + "\n"
