"""Plain text: title, a line of metadata, the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from scraper.exports import Format, metadata, write_parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.items import Article

_RULE = "\n" + "=" * 72 + "\n\n"


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    return write_parts(map(render, articles), out, between=_RULE)


def render(article: Article) -> str:
    head = "\n".join(p for p in (article.title, " · ".join(metadata(article))) if p)
    return "\n\n".join(p for p in (head, article.text) if p) + "\n"


FORMAT = Format(name="text", extensions=(".txt",), write=write, render=render)
