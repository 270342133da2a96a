"""Pages outside a crawl get the hints of the spider that knows their site."""

from __future__ import annotations

import pytest

from scraper.crawling import run
from scraper.crawling import spiders as module
from scraper.crawling.spiders import hinted
from scraper.items import Hint, Page

HINTS = (Hint("tags", ".tag"),)


@pytest.fixture(autouse=True)
def _fresh():
    module._known_hints.cache_clear()
    yield
    module._known_hints.cache_clear()


@pytest.mark.parametrize(
    "stated",
    [
        "hints = (\n        Hint('tags', '.tag'),\n    )",
        "hints = [Hint('tags', '.tag')]",
        "hints: ClassVar[tuple[Hint, ...]] = PLACES",
    ],
)
@pytest.mark.parametrize(
    ("url", "hints"),
    [
        ("https://bao.example/a.html", HINTS),
        ("https://other.example/a.html", ()),
        ("", ()),
    ],
)
def test_a_page_of_a_known_host_gets_its_hints(
    tmp_path, monkeypatch, stated: str, url: str, hints: tuple[Hint, ...]
) -> None:
    (tmp_path / "mine.py").write_text(f"class Mine:\n    {stated}\n")
    monkeypatch.setattr("spiders.__path__", [str(tmp_path)])
    monkeypatch.setattr(run, "load_hints", lambda: {"bao.example": HINTS})
    assert hinted(Page(url, b"<p>x")).hints == hints


@pytest.mark.parametrize(
    "stated",
    [
        "pass",
        "# hints = (Hint('tags', '.tag'),)",
        "hints: ClassVar[tuple[Hint, ...]] = ()",
    ],
)
def test_no_spider_is_loaded_if_none_states_hints(
    tmp_path, monkeypatch, stated: str
) -> None:
    (tmp_path / "mine.py").write_text(f"class Mine:\n    {stated}\n")
    monkeypatch.setattr("spiders.__path__", [str(tmp_path)])
    monkeypatch.setattr(run, "load_hints", lambda: pytest.fail("spiders were loaded"))
    page = Page("https://bao.example/a.html", b"<p>x")
    assert hinted(page) is page
