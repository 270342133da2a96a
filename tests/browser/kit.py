"""A headless Chromium that opens a written page, and what people expect of one."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

THEMES = ("light", "dark")
SIZES = {"desktop": (1280, 900), "phone": (360, 740)}
NEEDED = "needs Chromium on the PATH: `apt-get install chromium` on Debian brings it"


def find_chromium() -> str:
    """Return the executable; where there is none the test says what it needs."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found and os.environ.get("TINSACH_TESTS_NEED_BROWSER"):
        pytest.fail(NEEDED)
    return found or pytest.skip(NEEDED)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser, if there is one."""
    found = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    address: Path | str,
    *,
    theme: str = "light",
    size: str = "desktop",
) -> Iterator[Page]:
    """Yield the page at *address*, a file or http; it must load nothing else, say nothing."""
    width, height = SIZES[size]
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=theme
    )
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    url = address.absolute().as_uri() if isinstance(address, Path) else address
    page.goto(url)
    yield page
    page.close()
    assert (asked, said) == ([url], [])


def assert_for_everyone(browser: Browser, address: Path | str, shots: Path) -> None:
    """Hold the page to axe-core, to the width of a phone and to both themes."""
    for theme in THEMES:
        for size, (width, _) in SIZES.items():
            with opened(browser, address, theme=theme, size=size) as page:
                found = Axe().run(page)
                assert not found.violations_count, found.generate_report()
                whole = page.evaluate("document.documentElement.scrollWidth")
                assert whole <= width, f"{size}: {whole} px wide"
                shot = shots / f"{theme}-{size}.png"
                page.screenshot(path=shot)
                assert is_dark(page) is (theme == "dark")
                assert shot.stat().st_size > 5000


def is_dark(page: Page) -> bool:
    """Tell whether the paper is darker than the ink."""
    paper, ink = page.evaluate(
        """() => {
            const style = getComputedStyle(document.body);
            const light = (colour) => colour.match(/[0-9]+/g).slice(0, 3)
                .reduce((sum, part) => sum + Number(part), 0);
            return [light(style.backgroundColor), light(style.color)];
        }"""
    )
    return bool(paper < ink)
