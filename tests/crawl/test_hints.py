"""Hints of a spider, from the crawl to reading the archive again."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.crawl.conftest import stored_in

PROGRAM = "import sys; from scraper.cli import main; sys.exit(main())"
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")
SPIDER = """
import re
from datetime import date
from scraper.items import Hint
from spiders.base import PortalSpider


class Hinted(PortalSpider):
    name = "hinted"
    home = "{base}"
    hosts = frozenset({{"127.0.0.1"}})
    article_path = re.compile("^/bai-")
    feeds = ("/feed.xml",)
    front = ""
    hints = (
        Hint("section", ".nowhere", until=date(2020, 1, 1)),
        Hint("tags", "i.nhan", since=date(2020, 1, 1)),
    )
"""


def test_what_a_hint_finds_is_stored_and_read_again(
    new_crawls, site, write_article, write_feed
) -> None:
    page = write_article("Bài một của hôm nay")
    page = page.replace(
        "</body>", "<i class='nhan'>lúa</i><i class='nhan'>gạo</i></body>"
    )
    url = site.put("/bai-mot-cua-hom-nay-12345.html", page)
    site.put("/feed.xml", write_feed([url]))
    spiders = new_crawls.folder / "spiders"
    spiders.mkdir(exist_ok=True)
    (spiders / "hinted.py").write_text(SPIDER.format(base=site.base))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=new_crawls.environment | {"TINSACH_ARCHIVE": "1"},
            cwd=new_crawls.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    crawled = run("crawl", "hinted", *QUICK)
    assert crawled.returncode == 0, crawled.stderr
    (article,) = stored_in(new_crawls.store).values()
    assert article.tags == ("lúa", "gạo")
    again = run("reextract", "--json")
    assert again.returncode == 0, again.stderr
    effects = json.loads(again.stdout)["effects"]
    assert effects["same"] == 1, effects

    fetched = run("fetch", url, "--format", "json")
    assert json.loads(fetched.stdout)["tags"] == ["lúa", "gạo"], fetched.stderr
    saved = new_crawls.folder / "page.html"
    for address, tags in ((url, ["lúa", "gạo"]), ("https://other.example/a.html", [])):
        canonical = f'<link rel="canonical" href="{address}"></head>'
        saved.write_text(page.replace("</head>", canonical))
        extracted = run("extract", "page.html")
        assert json.loads(extracted.stdout)["tags"] == tags, extracted.stderr
