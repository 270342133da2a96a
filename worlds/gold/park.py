"""The set ``park``: pages of worlds/park's papers with their own truth as gold.

Small papers of fifteen makes whose sections, tags and archives are lists of a few
teasers. A paper is a site: no labeller of a fold has seen another page of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from scraper.demo.story import VIETNAM
from worlds.gold.sets import write_set
from worlds.park.paper import Paper
from worlds.park.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worlds.gold.sets import GoldSet

NAME = "park"
SEED = 3
NOW = datetime(2026, 11, 25, 12, tzinfo=VIETNAM)
EACH = 4
"""Articles of a paper, and sections."""


def write_park(folder: Path) -> GoldSet:
    """Write the set into the empty *folder*: articles and lists of each paper."""
    papers = [Paper(name, SEED, f"https://{name}.example", NOW) for name in PLANS]
    return write_set(NAME, folder, (page for p in papers for page in _iter_pages(p)))


def _iter_pages(paper: Paper) -> Iterator[tuple[dict[str, Any], bytes]]:
    truths = paper.truths()
    others = [truth.title for truth in truths]
    for n, truth in enumerate(truths[:: len(truths) // EACH][:EACH]):
        row = {
            "kind": "article",
            "title": truth.title,
            "text": truth.text,
            "date": truth.published.isoformat(),
            "forbidden": [title for title in others if title != truth.title],
        }
        yield _page(paper, f"article-{n}", truth.url, row)
    for n, path in enumerate(paper.lists(EACH)):
        row = {"kind": "listing", "text": ""}
        yield _page(paper, f"list-{n}", paper.base + path, row)


def _page(
    paper: Paper, name: str, url: str, row: dict[str, Any]
) -> tuple[dict[str, Any], bytes]:
    address = {"url": url, "fetched_at": paper.now.isoformat()}
    body = paper.answer(url.removeprefix(paper.base)).body
    return {"id": f"{paper.name}-{name}"} | row | address, body
