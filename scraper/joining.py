"""An article that a site parts over several pages, made whole."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.text import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.items import Article, Block

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
    said = {first.lead, *(block.text for block in first.blocks)}
    blocks: list[Block] = list(first.blocks)
    for part in parts[1:]:
        blocks += [block for block in part.blocks if block.text not in said]
        said |= {block.text for block in part.blocks}
    images = dict.fromkeys(image for part in parts for image in part.images)
    signed = next((part for part in parts if part.authors or part.byline), first)
    whole = replace(
        first,
        blocks=tuple(blocks),
        images=tuple(images),
        byline=first.byline or signed.byline,
        authors=first.authors or signed.authors,
        extraction=replace(first.extraction, parts=len(parts)),
    )
    return replace(whole, content_fingerprint=fingerprint(whole.text))
