from __future__ import annotations

from scraper.crawling.candidates import Portal
from scraper.crawling.explorer import MAX_PAGES, Explorer, guesses
from scraper.discovery import Link, LinkKind
from scraper.storage import Address, AddressKind, Lease

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
