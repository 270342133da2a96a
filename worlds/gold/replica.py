"""The set ``replica``: pages of the replica portal with its own truth as gold.

It needs nothing beside the project, so that every clone has figures and floors.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from scraper.demo import Portal
from scraper.demo.pages import plain
from scraper.demo.site import Site
from worlds.gold.sets import write_set

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from worlds.gold.sets import GoldSet

NAME = "replica"
ARTICLES = 60
FRONTS = ("/", "/anh.htm")
NOW = datetime.fromisoformat("2026-03-02T09:00:00+07:00")
BASE = "https://baotintuc.example"
TAIL = (
    "Chia sẻ:",
    "Từ khóa:",
    "Chú thích ảnh",
    "Các đơn vị thông tin của TTXVN",
    "Giấy phép số",
    "Tổng biên tập:",
    "Rao vặt",
    "tin cùng chuyên mục",
)
"""What the portal prints around an article, never in one."""


def write_replica(folder: Path) -> GoldSet:
    """Write the set into the empty *folder*: 60 articles of 3 templates, each section."""
    portal = Portal(ARTICLES, seed=3, base=BASE, now=NOW)
    site = Site(portal)

    def body(url: str) -> bytes:
        return b"".join(plain(site.answer(url.removeprefix(BASE)).parts))

    return write_set(NAME, folder, ((r, body(r["url"])) for r in _iter_rows(portal)))


def _iter_rows(portal: Portal) -> Iterator[dict[str, Any]]:
    fetched_at = (NOW + timedelta(minutes=1)).isoformat()
    for n, truth in enumerate(portal.truths()):
        others = [headline.title for headline in portal.related(n)]
        yield {
            "id": f"article-{n:02}-{truth.template}",
            "kind": "article",
            "url": truth.url,
            "title": truth.title,
            "lead": truth.lead,
            "text": truth.text,
            "captions": truth.captions,
            "authors": truth.authors,
            "agency": truth.agency,
            "date": truth.published_at,
            "forbidden": [truth.title, *others, *TAIL],
            "fetched_at": fetched_at,
        }
    sections = [section.path for section in portal.sections.by_id.values()]
    for n, path in enumerate([*FRONTS, *sections]):
        address = {"url": BASE + path, "fetched_at": fetched_at}
        yield {"id": f"section-{n}", "kind": "listing", "text": ""} | address
