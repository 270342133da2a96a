"""What reading loads and compiles when it first needs it, made ready beforehand."""

from __future__ import annotations

from contextlib import suppress

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>Bản tin</title></head><body><article><h1>Bản tin buổi sáng</h1>
<p>12/07/2025 15:13</p><p>{}</p></article></body></html>""".format(
    "Đây là một đoạn văn đủ dài để được nhận ra là nội dung chính của trang. " * 8
)


def warm_up() -> None:
    """Read a small article, and load what only a page without a date needs.

    What fails here fails again where a page is read, and is told there.
    """
    with suppress(Exception):
        import htmldate  # noqa: F401

        from scraper.items import Page
        from scraper.workers.task import read_page

        read_page(Page("https://example.org/ban-tin.htm", _PAGE.encode()))
