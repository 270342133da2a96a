"""Imported once by the fork server, so that a new worker is ready in milliseconds.

Reading a small article makes extraction load what it loads on first use (the language
model, compiled patterns); every worker then shares it, and looks for garbage elsewhere.
"""

from __future__ import annotations

from contextlib import suppress

import scraper.workers.pool  # noqa: F401  programs import it, and workers run them again
from scraper.heap import tune_heap
from scraper.items import Page
from scraper.workers.task import read_page

_WARM_UP = """<!doctype html><html lang="vi"><head><meta charset="utf-8">
<title>Bản tin</title></head><body><article><h1>Bản tin buổi sáng</h1>
<p>12/07/2025 15:13</p><p>{}</p></article></body></html>""".format(
    "Đây là một đoạn văn đủ dài để được nhận ra là nội dung chính của trang. " * 8
)

with suppress(Exception):  # a fork server that fails here would take the pool with it
    read_page(Page("https://example.org/ban-tin.htm", _WARM_UP.encode()))
tune_heap()
