"""``tinsach report``, as people see and use it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from scraper.cli import main
from scraper.items import Block, BlockKind, Extraction
from scraper.storage import open_store
from tests.browser.kit import assert_for_everyone, opened
from tests.unit.cli.kit import BODY, make_article

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from scraper.items import Article
    from scraper.storage import Store

pytestmark = pytest.mark.slow

DAY = datetime(2025, 7, 11, 8, tzinfo=UTC)
EVIL = "<script>window.pwned=1</script>"


def article(number: int, **fields: object) -> Article:
    found = Extraction(
        "fast" if number % 3 else "careful",
        kept=5,
        dropped={"outside_container": 90, "link_only": number + 1},
        not_fast="" if number % 3 else "no_container",
    )
    at = DAY + timedelta(days=number // 4)
    given = {
        "published_at": at,
        "extraction": found,
        "site": f"bao{number % 12}.example",
    }
    return make_article(number, **(given | fields))


def fill(store: Store) -> None:
    store.save([article(number) for number in range(40)])
    first = article(0)
    changed = (Block(BlockKind.PARAGRAPH, f"{BODY[0]} Và {EVIL}"), *first.blocks[1:])
    store.save([replace(first, blocks=changed, title=f"{EVIL} {first.title}")])
    finding = {"rule": "ways_disagree", "said": "both ways agree in 80 % of the words"}
    for number in range(5):
        began = DAY + timedelta(hours=number)
        run = store.jobs.begin("báo", began)
        record = {
            "latency_minutes": 3.0 + number,
            "findings": [finding] * (number == 2),
        }
        store.jobs.end(run, began + timedelta(minutes=1), json.dumps(record))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    with open_store(f"sqlite:///{folder}/articles.db") as store:
        fill(store)
    out = folder / "report.html"
    asked = ["--store", str(folder / "articles.db"), "--since", "2025-07-01"]
    assert main(["report", "-o", str(out), "--until", "2025-07-31", *asked]) == 0
    return out


@pytest.fixture
def page(browser: Browser, written: Path) -> Iterator[Page]:
    with opened(browser, written) as shown:
        yield shown


def test_it_is_for_everyone_in_both_themes_and_on_a_phone(
    browser, written, tmp_path
) -> None:
    assert_for_everyone(browser, written, tmp_path)


def test_it_is_so_where_there_is_nothing_to_show(browser, tmp_path) -> None:
    with open_store(f"sqlite:///{tmp_path}/articles.db"):
        pass
    out = tmp_path / "report.html"
    main(["report", "-o", str(out), "--store", str(tmp_path / "articles.db")])
    assert_for_everyone(browser, out, tmp_path)


def test_it_says_which_days_and_how_many(page) -> None:
    assert page.inner_text("h1") == "12 sites"
    said = page.inner_text("header")
    assert "40 articles published 2025-07-01 to 2025-07-31" in said
    assert page.inner_text(".big li:first-child").split() == ["40", "articles"]


def test_the_numbers_of_a_chart_are_a_table_that_the_keyboard_opens(page) -> None:
    summary = page.locator("summary", has_text="Articles by site").first
    summary.focus()
    page.keyboard.press("Enter")
    cells = page.locator("figure").first.locator("td").all_inner_texts()
    assert sum(map(int, cells)) == 40
    assert page.locator("figure").first.locator("rect title").count() >= 20


def test_every_part_of_it_is_there(page) -> None:
    text = page.inner_text("main")
    assert "no_container" in text
    assert "outside_container" in text
    assert "both ways agree in 80 % of the words" in text
    assert page.locator("polyline").get_attribute("points").count(",") == 5
    assert "100 %" in text


def test_near_duplicates_and_revisions_are_shown_with_their_words(page) -> None:
    assert page.locator("details ol li").count() == 20
    assert "and 20 more: tinsach near-duplicates http" in page.inner_text("main")
    assert BODY[0] in page.locator("del").all_inner_texts()
    assert any(EVIL in text for text in page.locator("ins").all_inner_texts())


def test_nothing_of_an_article_runs(page) -> None:
    assert page.evaluate("window.pwned") is None
    assert page.locator("script").count() == 0
