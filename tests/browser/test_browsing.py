"""The page of an article in ``tinsach browse``, as people see and use it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from scraper.storage import open_store
from tests.browser.kit import assert_for_everyone, opened
from tests.unit.browsing.kit import ATTACK, EDITED, attack, browsing, edited

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browsed")
    with open_store(f"sqlite:///{folder}/articles.db") as store:
        store.save([edited(), attack()])
        store.save([edited("bốn xe")])
    with browsing("--store", folder / "articles.db") as (_, address):
        yield address.partition("/tinsach")[0]


def page_of(base: str, url: str) -> str:
    return f"{base}/-/article?{urlencode({'url': url})}"


def test_an_article_with_revisions_is_for_everyone(browser, base, tmp_path) -> None:
    assert_for_everyone(browser, page_of(base, EDITED), tmp_path)


def test_nothing_of_an_article_runs(browser, base) -> None:
    with opened(browser, page_of(base, ATTACK)) as page:
        assert page.locator("script").count() == 0
        assert page.locator("a[href^=javascript]").count() == 0


def test_the_table_begins_with_articles_and_facets_are_on_demand(browser, base) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{base}/")
    first = page.locator("td a", has_text="Bộ Công an điều động tin số 3").first
    assert first.bounding_box()["y"] < 600
    facets = page.locator(".facet-results")
    assert not facets.is_visible()
    page.locator("details.facets summary").click()
    assert facets.locator(".facet-info").count() == 3
    facets.locator("a", has_text="Thời sự").click()
    page.locator(".facet-results").wait_for(state="visible")
    page.close()


def test_a_title_leads_from_the_table_to_the_article_and_back(browser, base) -> None:
    page = browser.new_page()
    page.goto(f"{base}/")
    page.locator("td a", has_text="Bộ Công an điều động tin số 3").first.click()
    assert "bốn xe" in page.inner_text("body")
    page.go_back()
    assert page.locator("td a").count() >= 2
    page.close()
