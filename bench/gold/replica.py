"""The set ``replica``: pages of the replica portal with its own truth as gold.

It needs nothing beside the project, so that every clone has figures and floors.
"""

from __future__ import annotations

import gzip
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.gold.sets import GOLD, GoldSet
from scraper.demo import Portal
from scraper.demo.markup import plain
from scraper.demo.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    (folder / "pages").mkdir()
    with (folder / GOLD).open("w", encoding="utf-8") as gold:
        for row in _iter_rows(portal):
            body = b"".join(plain(site.answer(row["url"].removeprefix(BASE)).parts))
            packed = gzip.compress(body, compresslevel=1, mtime=0)
            (folder / "pages" / f"{row['id']}.html.gz").write_bytes(packed)
            gold.write(json.dumps(row, ensure_ascii=False) + "\n")
    return GoldSet(NAME, folder)


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
