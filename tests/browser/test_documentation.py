"""The documentation's site, as a browser shows it."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.docs.test_site import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

BY_THE_BROWSER = {"scrollable-region-focusable"}
"""Chromium lets the keyboard into what scrolls (since 130); the theme makes these tables."""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(project, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("site")
    assert build(project, folder).returncode == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    with server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


@pytest.mark.parametrize(
    ("theme", "pages"),
    [
        ("light", "[!m-z]*.html"),
        ("light", "[m-o]*.html"),
        ("light", "[p-z]*.html"),
        ("dark", "[ijmps]*.html"),
    ],
)
def test_the_pages_are_for_everyone(browser, served, theme: str, pages: str) -> None:
    """In the dark some: what differs there are colours, and all pages have the same."""
    base, folder = served
    page = browser.new_page(color_scheme=theme)
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    broken = {}
    for name in sorted(path.name for path in folder.glob(pages)):
        page.goto(f"{base}/{name}")
        found = Axe().run(page).response["violations"]
        if wrong := {each["id"] for each in found} - BY_THE_BROWSER:
            broken[name] = [
                each["nodes"][0]["html"] for each in found if each["id"] in wrong
            ]
    page.close()
    assert broken == {}
    assert [
        each for each in asked if not each.startswith((base, "data:", "blob:"))
    ] == []
