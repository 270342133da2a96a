from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from scraper.exports import FORMATS
from scraper.items import Article, Block, BlockKind, Kind
from scraper.text import fingerprint
from tests.warm import warm

RUNNER = Path(__file__).with_name("run_items.py")


class Run(NamedTuple):
    stats: dict[str, object]
    log: str

    def counts(self, room: str) -> dict[str, int]:
        """Return the stats of one pipeline, without its name."""
        start = f"{room}/"
        found = {k: v for k, v in self.stats.items() if k.startswith(start)}
        return {key.removeprefix(start): value for key, value in found.items()}

    def errors(self) -> list[str]:
        return [line for line in self.log.splitlines() if " ERROR: " in line]


@pytest.fixture
def crawl(tmp_path):
    """Return a function that runs articles through the pipelines of a real crawler."""

    def run(*articles, shut="", **settings) -> Run:
        items, config = tmp_path / "items.jsonl", tmp_path / "settings.json"
        with items.open("wb") as out:
            FORMATS["jsonl"].write(articles, out)
        config.write_text(json.dumps(settings), "utf-8")
        command = [warm().python, "-W", "error", str(RUNNER), str(items), str(config)]
        command += [shut] if shut else []
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return Run(json.loads(done.stdout), done.stderr)

    return run


@pytest.fixture
def make():
    """Return a maker of articles: number, text, and any other field."""

    def article(number=1, text="", **fields) -> Article:
        text = text or f"Nội dung bài viết số {number}."
        url = fields.pop("url", f"https://example.vn/tin-{number}.htm")
        values = {
            "canonical_url": url,
            "site": "example.vn",
            "kind": Kind.ARTICLE,
            "title": f"Tin số {number}",
            "blocks": (Block(BlockKind.PARAGRAPH, text),),
            "content_fingerprint": fingerprint(text),
        }
        return Article(url=url, **values | fields)

    return article
