"""Which sources of a portal a run asks."""

from __future__ import annotations

from scraper.storage import AddressKind
from spiders.baotintuc import BaotintucSpider


def sources(**arguments: str):
    spider = BaotintucSpider(**arguments)
    return {
        source.url.removeprefix(spider.home): source
        for wave in spider.iter_waves()
        for source in wave
    }


def test_the_newest_the_front_page_and_the_sitemap_list_all() -> None:
    found = sources()
    assert [path for path, source in found.items() if source.lists_all] == [
        "/tin-moi-nhat.rss",
        "/",
        "/sitemap.xml",
    ]
    assert found["/kinh-te.rss"].section == "kinh-te"


def test_sections_that_are_chosen_are_all_that_is_asked() -> None:
    found = sources(section="kinh-te", since="2026-03-01", until="2026-03-01")
    assert {source.section for source in found.values()} == {"kinh-te"}
    assert [source.kind for source in found.values()] == [
        AddressKind.FEED,
        AddressKind.SECTION,
        AddressKind.DAY,
    ]
