"""``tinsach explain -o page.html``, as people see and use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.api import extract
from scraper.cli import main
from tests.browser.kit import assert_for_everyone, opened
from tests.unit.cli.kit import BODY, MENU, PAGE, TITLE
from tests.unit.sitemodel import kit as site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

HOSTILE = PAGE.replace(
    BODY[0].encode(),
    b"<script>window.pwned=1</script><style>body{display:none}</style>"
    b"<img src=x onerror=window.pwned=1><iframe srcdoc='<script>top.pwned=1</script>'>"
    b"</iframe>&lt;script&gt;window.pwned=1&lt;/script&gt; "
    b"&lt;img src=x onerror=window.pwned=1&gt; &lt;/style&gt; " + BODY[0].encode(),
)


def explain(folder: Path, page: bytes) -> Path:
    saved, out = folder / "tin.html", folder / "page.html"
    saved.write_bytes(page)
    assert main(["explain", str(saved), "-o", str(out), "--model", "none"]) == 0
    return out


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return explain(tmp_path_factory.mktemp("explained"), PAGE)


@pytest.fixture
def page(browser: Browser, written: Path) -> Iterator[Page]:
    with opened(browser, written) as shown:
        yield shown


def shown(page: Page, selector: str) -> list[str]:
    return [e.inner_text() for e in page.locator(selector).all() if e.is_visible()]


def test_it_is_for_everyone_in_both_themes_and_on_a_phone(
    browser, written, tmp_path
) -> None:
    assert_for_everyone(browser, written, tmp_path)


def test_the_article_is_on_the_left_and_every_block_in_order_on_the_right(page) -> None:
    ledger = extract(PAGE, url="https://bao.example/").ledger
    assert shown(page, ".said") == [entry.text for entry in ledger]
    left = page.locator(".side:visible").bounding_box()
    right = page.locator(".blocks:visible").bounding_box()
    assert left["x"] + left["width"] <= right["x"]
    assert TITLE in page.locator(".side:visible").inner_text()


def test_a_dropped_block_says_its_rule_and_its_place(page) -> None:
    why = page.locator("li", has_text=MENU[0]).locator(".why").first.inner_text()
    assert why.startswith("dropped: outside_container")
    assert "nav > ul > li" in why


def test_a_rule_is_filtered_and_shown_again_by_keyboard(page) -> None:
    box = page.get_by_role("checkbox", name="dropped outside_container")
    box.focus()
    page.keyboard.press("Space")
    assert not set(MENU) & set(shown(page, ".said"))
    assert BODY[0] in shown(page, ".said")
    while page.evaluate("document.activeElement.tagName") != "BUTTON":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert set(MENU) <= set(shown(page, ".said"))


def test_the_way_of_reading_is_switched_by_keyboard(page) -> None:
    page.get_by_role("radio", name="the page alone").focus()
    page.keyboard.press("ArrowRight")
    whys = shown(page, ".why b")
    assert set(whys) == {"kept: trafilatura", "dropped: not_in_trafilatura"}
    assert len(shown(page, ".said")) == len(whys)


def test_the_keyboard_reaches_everything_that_can_be_used(page) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "INPUT", "BUTTON", "DIV"} <= reached


def test_nothing_of_a_hostile_page_runs_or_styles(browser, tmp_path) -> None:
    out = explain(tmp_path, HOSTILE)
    with opened(browser, out) as page:
        assert page.evaluate("window.pwned") is None
        assert page.locator("script, img, iframe, object, svg").count() == 0
        assert page.locator("style").count() == 1
        assert "<script>window.pwned=1</script>" in page.inner_text(".blocks:visible")


def test_what_would_get_through_the_templates_is_not_run(browser, written) -> None:
    smuggled = written.with_name("smuggled.html")
    bad = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script></body>'
    smuggled.write_text(written.read_text().replace("</body>", bad))
    page = browser.new_page()
    page.goto(smuggled.as_uri())
    assert page.evaluate("window.pwned") is None
    page.close()


def test_an_address_that_is_no_web_address_is_no_link(browser, tmp_path) -> None:
    saved, out = tmp_path / "tin.html", tmp_path / "page.html"
    saved.write_bytes(b"<html><body><p>Xin</p></body></html>")
    main(["explain", str(saved), "--url", "javascript:alert(1)", "-o", str(out)])
    with opened(browser, out) as page:
        assert page.locator("a[href^=javascript]").count() == 0


def test_a_learned_model_is_one_more_way_with_its_evidence(browser, tmp_path) -> None:
    pages = site.pages(6, inside=f"<p>{site.PROMOTION}</p>")
    model = site.model_of(pages)
    (tmp_path / "model.json").write_text(model.to_json(), "utf-8")
    out = tmp_path / "page.html"
    out.with_name("tin.html").write_bytes(pages[0].body)
    named = ["--url", pages[0].url, "--model", str(tmp_path / "model.json")]
    assert main(["explain", str(tmp_path / "tin.html"), *named, "-o", str(out)]) == 0
    with opened(browser, out) as page:
        assert page.get_by_role("radio", name="the site model").is_checked()
        assert model.version in page.inner_text("main")
        promotion = page.locator("li:visible", has_text=site.PROMOTION)
        assert promotion.locator(".gone").is_visible()
        assert "6 of 6" in promotion.locator(".why").inner_text()
