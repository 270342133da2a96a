from __future__ import annotations

import ast
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.discovery import LinkKind
from scraper.discovery.pages import FoundBy
from scraper.items import Hint
from scraper.sites.new_site import (
    SiteFacts,
    Source,
    article_form,
    is_name,
    name_of,
    spider_source,
)
from spiders.base import PortalSpider

HOME = "https://bao.example"
DAY = date(2026, 11, 25)
ARTICLES = tuple(f"{HOME}/kinh-te/gia-vang-{n}.html" for n in range(10000, 10020))


def source(path: str, kind: LinkKind, articles: tuple[str, ...] = ()) -> Source:
    return Source(HOME + path, kind, FoundBy.LINKED, "", 20, None, articles)


FEED = source("/rss/home.rss", LinkKind.FEED, ARTICLES)
SECTION = source("/kinh-te", LinkKind.LISTING, ARTICLES[:5])
SITEMAP = source("/sitemap.xml", LinkKind.SITEMAP)


def written(*sources: Source, name: str = "bao", title: str = "Báo") -> dict:
    facts = SiteFacts(name, title, HOME, sources)
    space: dict = {}
    exec(compile(spider_source(facts, pages=3, day=DAY), "bao.py", "exec"), space)
    return space


def test_the_spider_holds_what_was_found() -> None:
    spider = written(FEED, SECTION, SITEMAP)["BaoSpider"]
    assert issubclass(spider, PortalSpider)
    assert (spider.name, spider.title, spider.home) == ("bao", "Báo", HOME)
    assert spider.hosts == {"bao.example", "www.bao.example"}
    assert (spider.feeds, spider.sitemap) == (("/rss/home.rss",), "/sitemap.xml")
    assert spider.checked == "against 3 pages of 2026-11-25"
    assert all(spider.article_path.search(url.removeprefix(HOME)) for url in ARTICLES)
    assert not spider.article_path.search("/kinh-te")


def test_hints_are_proposed_for_what_was_not_found() -> None:
    facts = SiteFacts("bao", "Báo", HOME, [FEED], missing=["authors", "tags"])
    source = spider_source(facts, pages=3, day=DAY)
    assert (
        '#     Hint("authors", ".place-of-authors", since=date(2026, 11, 25)),'
        in source
    )
    assert '#     Hint("tags", ".place-of-tags", since=date(2026, 11, 25)),' in source
    filled = source.replace("    # hints", "    hints").replace("    # )", "    )")
    filled = filled.replace("    #     Hint", "        Hint")
    space = {"date": date, "Hint": Hint}
    exec(compile(filled, "bao.py", "exec"), space)
    hints = space["BaoSpider"].hints
    assert [(each.field, each.since) for each in hints] == [
        ("authors", DAY),
        ("tags", DAY),
    ]


def test_no_hint_is_proposed_where_nothing_is_missing() -> None:
    facts = SiteFacts("bao", "Báo", HOME, [FEED])
    assert "hints" not in spider_source(facts, pages=3, day=DAY)


def test_articles_of_several_forms_leave_the_form_out() -> None:
    others = tuple(f"{HOME}/{n}/tin" for n in range(9))
    mixed = source("/tin.rss", LinkKind.FEED, others)
    assert article_form([FEED, mixed]) == ""
    assert written(FEED, mixed)["BaoSpider"].article_path is None


def test_a_form_that_matches_a_section_is_left_out() -> None:
    listed = tuple(f"{HOME}/bai-viet-moi-{word}" for word in ("a", "b", "c"))
    section = source("/khoa-hoc-cong-nghe", LinkKind.LISTING, listed)
    assert article_form([section]) == ""


@given(st.text(), st.text(alphabet=st.characters(codec="utf-8")))
def test_no_string_of_a_site_becomes_code(title: str, path: str) -> None:
    feed = source(f"/{path}", LinkKind.FEED, ARTICLES)
    facts = SiteFacts("bao", title, HOME, [feed])
    module = ast.parse(spider_source(facts, pages=1, day=DAY))
    kinds = [type(node).__name__ for node in module.body]
    assert kinds == [
        "Expr",
        "ImportFrom",
        *["Import"] * (len(kinds) - 4),
        "ImportFrom",
        "ClassDef",
    ]
    assert written(feed, title=title)["BaoSpider"].title == title


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.bao-moi.example/", "bao_moi"),
        ("https://tin.bao.example", "bao"),
        ("http://127.0.0.1:80", "site_0"),
        ("https://24h.example", "site_24h"),
    ],
)
def test_a_site_is_named_after_its_host(url: str, name: str) -> None:
    assert name_of(url) == name
    assert is_name(name)


def test_the_form_of_each_kind_of_address_matches_it() -> None:
    for path in (
        "/2026/11/25/gia-vang-tang/",
        "/a/bai-viet-moi-hom-nay.html",
        "/x/123/",
    ):
        listed = (HOME + path,)
        form = article_form([source("/f.rss", LinkKind.FEED, listed)])
        assert re.search(form, path)
