"""An article that a site parts over several pages, made whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.text import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.items import Article, Block, Image

MOST_PARTS = 20
"""Pages of one article at most."""


def join(parts: Sequence[Article]) -> Article:
    """Return the first of *parts* with the blocks and images of all, in order.

    What a later page says again (its lead, a standing heading) is said once; the author
    who signs the last page only is the author of all. Raises ValueError for no part.
    """
    if not parts:
        raise ValueError("there is nothing to join")
    first = parts[0]
    if len(parts) == 1:
        return first
    blocks, images = _joined(parts)
    signed = next((part for part in parts if part.authors or part.byline), first)
    whole = replace(
        first,
        blocks=blocks,
        images=images,
        byline=first.byline or signed.byline,
        authors=first.authors or signed.authors,
        extraction=replace(first.extraction, parts=len(parts)),
    )
    return replace(whole, content_fingerprint=fingerprint(whole.text))


def _joined(
    parts: Sequence[Article],
) -> tuple[tuple[Block, ...], tuple[Image, ...]]:
    """Return the blocks and images of *parts*, each once, the images at their blocks."""
    said = {parts[0].lead}
    blocks: list[Block] = []
    images: dict[Image, Image] = {}
    for number, part in enumerate(parts):
        places = []
        for block in part.blocks:
            places.append(len(blocks))
            if number == 0 or block.text not in said:
                blocks.append(block)
        places.append(len(blocks))
        said |= {block.text for block in part.blocks}
        for image in part.images:
            at = min(image.position, len(part.blocks))
            placed = replace(image, position=places[at])
            images.setdefault(replace(image, position=0), placed)
    return tuple(blocks), tuple(images.values())
