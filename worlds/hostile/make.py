"""A make: what is repeated or nested until it has the wanted size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://replica.example/thoi-su/bai-20261101100000000.htm"
SENTENCE = "Đoạn văn bình thường của bài viết, dài vừa đủ để được giữ lại ở đây. "
PARAGRAPHS = "".join(f"<p>{n}. {SENTENCE * 3}</p>" for n in range(8))
HEAD = '<meta charset="utf-8"><title>Tiêu đề của một bài viết</title>'


@dataclass(frozen=True, slots=True)
class Make:
    """*build* returns it in about as many bytes as it is given.

    *reader* is page, feed, sitemap or robots: which of the product's readers takes it.
    """

    name: str
    build: Callable[[int], bytes]
    reader: str = "page"


def page(inside: str = "", *, head: str = "", after: str = "") -> bytes:
    """Return an article with *inside* behind its paragraphs and *after* behind itself."""
    return (
        f'<!DOCTYPE html><html lang="vi"><head>{HEAD}{head}</head><body><article>'
        f"<h1>Tiêu đề của một bài viết</h1>{PARAGRAPHS}{inside}</article>{after}"
        "</body></html>"
    ).encode("utf-8", "surrogatepass")


def fill(unit: str, size: int) -> str:
    """Return *unit* as often as it fits into *size* bytes of UTF-8."""
    return unit * (size // len(unit.encode("utf-8", "surrogatepass")))


def numbered(unit: str, size: int) -> str:
    """Return *unit* with another number each time in place of its ``{n}``."""
    count = size // len(unit.format(n=100_000).encode())
    return "".join([unit.format(n=n) for n in range(count)])


def in_article(name: str, unit: str) -> Make:
    return Make(name, lambda size: page(fill(unit, size)))


def after_article(name: str, unit: str) -> Make:
    return Make(name, lambda size: page(after=fill(unit, size)))


def in_head(name: str, unit: str) -> Make:
    return Make(name, lambda size: page(head=fill(unit, size)))


def nested(name: str, opening: str, closing: str = "", *, inner: str = "a") -> Make:
    """Return elements in one another, as often as the parser nests them or more."""

    def build(size: int) -> bytes:
        count = size // (len(opening) + len(closing))
        return page(opening * count + inner + closing * count)

    return Make(name, build)


def towers(name: str, opening: str, closing: str, *, depth: int = 1_900) -> Make:
    """Return towers of *depth* elements, just under the parser's limit, side by side."""

    def build(size: int) -> bytes:
        tower = f"{opening * depth}{SENTENCE}{closing * depth}"
        return page(fill(tower, max(size, len(tower.encode()))))

    return Make(name, build)
