"""JSON lines: one object of the published schema per line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, BinaryIO

from scraper.exports.format import PLAIN, Format, write_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.exports.format import Extras
    from scraper.items import Article


def write(articles: Iterable[Article], out: BinaryIO, extras: Extras = PLAIN) -> int:
    return write_parts((_line(article, extras) for article in articles), out)


def render(article: Article, extras: Extras = PLAIN) -> str:
    record = article.to_dict(**extras._asdict())
    return json.dumps(record, ensure_ascii=False, indent=2) + "\n"


def _line(article: Article, extras: Extras) -> str:
    return json.dumps(article.to_dict(**extras._asdict()), ensure_ascii=False) + "\n"


FORMAT = Format(
    name="jsonl",
    extensions=(".jsonl",),
    write=write,
    render=render,
    page_name="json",
    has_extras=True,
)
