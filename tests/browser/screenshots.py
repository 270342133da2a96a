"""The screenshots of docs/looking.md: ``python -m tests.browser.screenshots`` takes them anew."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from scraper.cli import main
from scraper.demo import serving
from tests.browser.kit import chromium, opened

OUT = Path(__file__).parents[2] / "docs" / "screenshots"
SIZE = {"x": 0, "y": 0, "width": 1280, "height": 800}


def take(pages: Path) -> None:
    with chromium() as browser:
        for name in ("explanation", "report"):
            with opened(browser, pages / f"{name}.html") as page:
                page.screenshot(path=OUT / f"{name}.png", clip=SIZE, full_page=True)


def write(folder: Path) -> None:
    """Crawl the replica portal; write the pages of its newest article and of the crawl."""
    os.environ |= {"TINSACH_HOME": str(folder), "TINSACH_ALLOW_PRIVATE": "1"}
    os.environ["SCRAPY_SETTINGS_MODULE"] = "tests.docs.quick"
    with serving(60) as portal:
        main(["crawl", "baotintuc", "-a", f"portal={portal.base}", "-q"])
        newest = portal.portal.truth(0).url
        main(["explain", newest, "-o", str(folder / "explanation.html")])
    main(["report", "-o", str(folder / "report.html")])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        write(Path(made))
        take(Path(made))
