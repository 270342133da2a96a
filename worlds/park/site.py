"""What a site of the park is: pages at addresses, and what is true of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Truth:
    """One published article: *text_blocks* are its lead and the blocks of its body.

    *url* is absolute, *published* aware and to the minute; *kind* is "article". Captions
    are no text.
    """

    url: str
    title: str
    text_blocks: tuple[str, ...]
    published: datetime
    kind: str = "article"

    @property
    def text(self) -> str:
        return "\n\n".join(self.text_blocks)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
