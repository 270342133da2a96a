"""Crawls without a network: the articles of a JSON lines file through the pipelines.

Arguments: ITEMS.jsonl SETTINGS.json [SHUT]. Prints the stats as one JSON object. With
SHUT, the path of the store, a second connection locks it once an article is stored,
and the rest comes after that; ``ticks`` counts what the reactor did meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from pathlib import Path

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from scraper.items import Article

PIPELINES = {
    "scraper.pipelines.ValidatePipeline": 100,
    "scraper.pipelines.DeduplicatePipeline": 200,
    "scraper.pipelines.StorePipeline": 300,
}


class ItemSpider(Spider):
    name = "items"
    items: list[Article]
    shut: str | None = None
    ticks = 0

    async def start(self):
        items = iter(self.items)
        if self.shut:
            yield self._request(next(items))
            self.lock = await self._locked(self.shut)
            self.ticking = asyncio.create_task(self._tick())
        for item in items:
            yield self._request(item)

    def _request(self, item: Article) -> Request:
        # Scrapy 2.19 never closes while items that start() yielded are on their way:
        # only the end of a response makes it look again. So they come from responses.
        return Request("data:,", cb_kwargs={"item": item}, dont_filter=True)

    def parse(self, _response, item):
        yield item

    async def _locked(self, path: str) -> sqlite3.Connection:
        for _ in range(2000):
            if self.crawler.stats.get_value("store/new"):
                break
            await asyncio.sleep(0.005)
        lock = sqlite3.connect(path, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        return lock

    async def _tick(self) -> None:
        while True:
            self.ticks += 1
            await asyncio.sleep(0.005)

    def closed(self, _reason: str) -> None:
        if self.shut:
            self.ticking.cancel()
            self.lock.close()
            self.crawler.stats.set_value("ticks", self.ticks)


def main(items: Path, settings: Path, shut: str | None = None) -> None:
    lines = items.read_text("utf-8").split("\n")[:-1]
    articles = [Article.from_dict(json.loads(line)) for line in lines]
    common = {"ITEM_PIPELINES": PIPELINES, "TELNETCONSOLE_ENABLED": False}
    common |= {"EXTENSIONS": {"scraper.crawling.frontier.Frontier": 30}}
    common |= {"LOG_LEVEL": "INFO", "DEFAULT_DROPITEM_LOG_LEVEL": "INFO"}
    common |= {"CONCURRENT_REQUESTS_PER_DOMAIN": 100}
    process = AsyncCrawlerProcess(common | json.loads(settings.read_text("utf-8")))
    crawler = process.create_crawler(ItemSpider)
    process.crawl(crawler, items=articles, shut=shut)
    process.start()
    sys.stdout.write(json.dumps(crawler.stats.get_stats(), default=str))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
