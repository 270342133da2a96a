"""The records of the body of an article: blocks, links and images."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from scraper.urls import is_link

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    QUOTE = "quote"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CAPTION = "caption"
    QUESTION = "question"
    ANSWER = "answer"
    ENTRY = "entry"
    EMBED = "embed"


_NOT_OF_TEXT = frozenset({BlockKind.CAPTION, BlockKind.EMBED})


@dataclass(frozen=True, slots=True)
class Link:
    """The words *text* of a block, from its character *start* on, lead to *url*."""

    text: str
    url: str
    start: int

    @property
    def end(self) -> int:
        """Index of the character behind its last one."""
        return self.start + len(self.text)

    def to_fields(self) -> dict[str, Any]:
        return {"text": self.text, "url": self.url, "start": self.start}


def sound_links(text: str, links: Iterable[Link]) -> tuple[Link, ...]:
    """Return those of *links* whose words are in *text* at their place, and do not overlap.

    A pipeline may have changed the text, or written a link; what is neither http, https
    nor mailto is left out, too.
    """
    sound: list[Link] = []
    for link in sorted(links, key=lambda link: link.start):
        is_there = link.text and text.startswith(link.text, link.start)
        is_free = link.start >= (sound[-1].end if sound else 0)
        if is_there and is_free and is_link(link.url):
            sound.append(link)
    return tuple(sound)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text between block-level tags.

    Rows of a table are lines, its cells are separated by tabs. *time* is what a live
    entry prints as its time. *links* are those of the page, in the order of the text.
    """

    kind: BlockKind
    text: str
    time: str = ""
    links: tuple[Link, ...] = ()

    @property
    def part(self) -> str:
        """Its part of the article's text; "" for a caption and an embed."""
        return "" if self.kind in _NOT_OF_TEXT else f"{self.time} {self.text}".strip()

    def to_fields(self) -> dict[str, Any]:
        """Return it as JSON values, ``links`` only if it has any."""
        fields: dict[str, Any] = {
            "kind": self.kind.value,
            "text": self.text,
            "time": self.time,
        }
        if self.links and (links := link_fields(self.text, self.links)):
            fields["links"] = links
        return fields

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """Return the block of :meth:`to_fields`; raises KeyError, TypeError, ValueError."""
        links = tuple(Link(**link) for link in fields.get("links", ()))
        return cls(BlockKind(fields["kind"]), fields["text"], fields["time"], links)


def link_fields(text: str, links: tuple[Link, ...]) -> list[dict[str, Any]]:
    """Return the sound ones of *links* as JSON values."""
    return [link.to_fields() for link in sound_links(text, links)]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture; *position* is the place in the body at which it stands.

    That is the index of the block of its caption, else of the block that it stands
    before; the number of blocks if it stands after the last.
    """

    url: str
    caption: str = ""
    credit: str = ""
    position: int = 0

    def to_fields(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "caption": self.caption,
            "credit": self.credit,
            "position": self.position,
        }
