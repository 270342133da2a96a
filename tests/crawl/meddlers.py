"""What users put into a crawl: components that act on the address they are given."""

from __future__ import annotations

import asyncio
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from itemadapter import ItemAdapter
from scrapy import signals
from scrapy.exceptions import DropItem, IgnoreRequest

from scraper import settings
from spiders.base import PortalSpider

CHANGED = "Tên do người dùng đổi"
LEFT_OUT = "left-out"


class Unlike:
    """Anything that is no item."""


def _as_dict(item, **changes):
    return ItemAdapter(item).asdict() | changes


PASSED_ON = {
    "copy": lambda item: replace(item, title=CHANGED),
    "moved-copy": lambda item: replace(item, url=item.url + "?x", title=CHANGED),
    "dict": lambda item: _as_dict(item, title=CHANGED),
    "record": lambda item: item.to_dict() | {"title": CHANGED},
    "none": lambda _: None,
    "unlike": lambda _: Unlike(),
    "part": lambda item: {"url": item.url, "title": CHANGED},
    "text": lambda item: item.to_dict() | {"text": CHANGED},
}
"""What a pipeline returns, by a word of the address."""


def _word(url: str) -> str:
    return url.rpartition("/")[2].partition(".")[0]


class Pipeline:
    """Acts on addresses that begin with its *place*."""

    place = ""

    def process_item(self, item):
        place, _, word = _word(_url(item)).partition("_")
        return self.act(item, word) if place == self.place else item

    def act(self, item, word):
        if word == "drop":
            raise DropItem("của tôi")
        if word == "raise":
            raise ZeroDivisionError
        return PASSED_ON[word](item)


def _url(item) -> str:
    found = item.get("url") if isinstance(item, dict) else getattr(item, "url", "")
    return found or ""


class First(Pipeline):
    place = "first"


class BeforeStore(Pipeline):
    place = "before"


class AfterStore(Pipeline):
    place = "after"


class Slow:
    """Returns a copy later."""

    async def process_item(self, item):
        if "slow" in _url(item):
            await asyncio.sleep(0)
            return replace(item, title=CHANGED)
        return item


class SpiderMiddleware:
    """Swallows, replaces and doubles what callbacks yield, or fails."""

    async def process_spider_output(self, response, result):
        word = _word(response.url)
        async for each in result:
            if word == "output_raise":
                raise ZeroDivisionError
            if word == "output_copy":
                yield replace(each, title=CHANGED)
            elif word != "output_none":
                yield each
            if word == "output_twice":
                yield each


class DownloaderMiddleware:
    def process_request(self, request):
        if "ignore" in request.url:
            raise IgnoreRequest("tôi không muốn")


class Scheduling:
    """Extension: keeps requests from the scheduler."""

    def __init__(self, crawler):
        crawler.signals.connect(self._scheduled, signals.request_scheduled)

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)

    def _scheduled(self, request):
        if LEFT_OUT in request.url:
            raise IgnoreRequest


class MeddlingSpider(PortalSpider):
    """Its feed lists what is asked for; some callbacks keep what they were to give."""

    name = "meddling"
    feeds = ("/feed.xml",)
    front = ""
    home = "http://meddling.example"
    hosts = frozenset({"meddling.example"})

    custom_settings: ClassVar = {
        "ITEM_PIPELINES": settings.ITEM_PIPELINES
        | {First: 50, Slow: 150, BeforeStore: 250, AfterStore: 350},
        "SPIDER_MIDDLEWARES": settings.SPIDER_MIDDLEWARES | {SpiderMiddleware: 500},
        "DOWNLOADER_MIDDLEWARES": settings.DOWNLOADER_MIDDLEWARES
        | {DownloaderMiddleware: 500},
        "EXTENSIONS": settings.EXTENSIONS | {Scheduling: 500},
    }

    async def parse_article(self, response, lease):
        article = await super().parse_article(response, lease)
        word = _word(response.url)
        if word == "callback_raise":
            raise ZeroDivisionError
        return None if word == "callback_none" else article

    async def article_failed(self, failure):
        if LEFT_OUT not in failure.request.url:
            await super().article_failed(failure)


class AtEnd:
    """Extension: takes something away before any other has heard of the end."""

    def __init__(self, crawler) -> None:
        self.settings = crawler.settings
        crawler.signals.connect(self.take_away, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler):
        return cls(crawler)


class DeleteStoreAtEnd(AtEnd):
    def take_away(self) -> None:
        Path(os.environ["TINSACH_STORE"].removeprefix("sqlite:///")).unlink()


class DeleteArchiveAtEnd(AtEnd):
    def take_away(self) -> None:
        shutil.rmtree(self.settings["TINSACH_ARCHIVE"])
