from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper.crawling.scope import MAX_PAGES, Portal
from scraper.discovery import Link, LinkKind
from scraper.items import Article, Block, BlockKind, Kind
from scraper.storage import Address, AddressKind, Lease
from spiders.explored import Explorer, guesses, note_doubt

BASE = "https://bao.example"


def explorer() -> Explorer:
    return Explorer(Portal(BASE, frozenset({"bao.example"}), None, None))


def lease(path: str = "/kinh-te", **fields: object) -> Lease:
    told = {"section": "Kinh tế"} | fields
    return Lease(1, Address(BASE + path, AddressKind.SECTION, **told))  # type: ignore[arg-type]


def articles(*numbers: int) -> list[Link]:
    paths = (f"{BASE}/tin/gia-vang-hom-nay-{10_000 + n}.html" for n in numbers)
    return [Link(url, LinkKind.ARTICLE) for url in paths]


def following(path: str) -> Link:
    return Link(BASE + path, LinkKind.NEXT)


def test_a_page_brings_what_no_listing_did_before() -> None:
    site = explorer()
    assert site.by_page(articles(1, 2), lease()).brings
    assert not site.by_page(articles(1), lease("/kinh-te?p=2", page=2)).brings
    assert site.by_page(articles(1, 3), lease("/van-hoa", section="Văn hóa")).brings


def test_what_the_front_page_shows_is_brought_by_a_section_all_the_same() -> None:
    site = explorer()
    site.by_page(articles(1, 2), lease("/", section=""))
    assert site.by_page(articles(1, 2), lease()).brings


def test_pages_of_a_listing_are_bounded() -> None:
    site, link = explorer(), following("/kinh-te?p=2")
    assert site.by_page([link], lease(page=1)).further.page == 2  # type: ignore[union-attr]
    assert site.by_page([link], lease(page=MAX_PAGES)).further is None


def test_what_a_feed_lists_is_an_article_whatever_it_looks_like() -> None:
    site = explorer()
    listed = [Link(f"{BASE}/a{n}/b", LinkKind.OTHER) for n in range(4)]
    assert len(site.by_feed(listed)) == 4
    short = [Link(f"{BASE}/a9/b", LinkKind.LISTING, "Tin")]
    (found,) = site.by_page(short, lease()).wanted
    assert found.kind is AddressKind.ARTICLE


def test_other_hosts_are_left_alone() -> None:
    site = explorer()
    outside = [Link("https://khac.example/tin/gia-vang-10001.html", LinkKind.ARTICLE)]
    assert site.by_page(outside, lease()).wanted == []
    assert site.by_feed(outside) == []


def test_earlier_runs_are_remembered() -> None:
    site = explorer()
    good = [(f"{BASE}/a{n}/b", AddressKind.ARTICLE, True) for n in range(3)]
    site.remember(good)
    (found,) = site.by_page([Link(f"{BASE}/a9/b", LinkKind.OTHER)], lease()).wanted
    assert found.url == f"{BASE}/a9/b"


def test_common_addresses_are_guessed_where_nothing_is_named() -> None:
    assert [each.url for each in guesses(BASE, [f"{BASE}/m.xml"], has_feeds=True)] == [
        f"{BASE}/m.xml"
    ]
    kinds = {each.kind for each in guesses(BASE, [], has_feeds=False)}
    assert kinds == {AddressKind.FEED, AddressKind.SITEMAP}


def article(path: str, **fields: object) -> Article:
    named = {"url": BASE + path, "canonical_url": BASE + path, "site": "bao.example"}
    block = Block(BlockKind.PARAGRAPH, "Nội dung của bài.")
    given = {"kind": Kind.ARTICLE, "title": "Tin", "blocks": (block,)} | fields
    return Article(**named, **given)  # type: ignore[arg-type]


def fault_of(site: Explorer, path: str, **fields: object) -> str:
    visit = Lease(1, Address(BASE + path))
    found = article(path, **fields)
    fault = site.fault_of(visit, found)
    site.visited(visit, None if fault else found)
    return fault


GUESSED = {"published_at": datetime(2026, 1, 1, tzinfo=UTC)} | {
    "published_source": "htmldate"
}
STATED = GUESSED | {"published_source": "page"}


@pytest.mark.parametrize("date", [{}, GUESSED])
def test_an_undated_article_is_one_where_others_are_dated(date) -> None:
    site = explorer()
    for n in range(9):
        assert fault_of(site, f"/tin/bai-{n}", **STATED) == ""
    assert fault_of(site, "/kinh-te/gia-vang-tang-manh-hom-nay", **date) == ""
    assert fault_of(site, "/tin/bai-99", **date) == ""
    assert fault_of(site, "/tin-41234567.html", **date) == ""
    assert fault_of(site, "/lien-he.html", **date) == "undated"


def test_what_every_page_links_is_no_undated_article() -> None:
    site = explorer()
    privacy = "/chinh-sach-bao-mat-cua-chung-toi.html"
    imprint = Link(BASE + privacy, LinkKind.ARTICLE)
    for n in range(3):
        site.by_page([imprint, *articles(n)], lease(f"/muc-{n}"))
    assert fault_of(site, privacy) == "undated"
    assert fault_of(site, privacy, **STATED) == ""
    assert fault_of(site, "/tin/gia-vang-hom-nay-10000.html") == ""


def test_the_doubt_about_an_undated_article_is_noted() -> None:
    assert note_doubt(article("/a")).extraction.doubt == "undated"
    assert note_doubt(article("/a", **GUESSED)).extraction.doubt == "undated"
    assert note_doubt(article("/a", **STATED)).extraction.doubt == ""
