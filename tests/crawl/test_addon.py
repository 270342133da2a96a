"""Spiders that know nothing of this project, in processes and folders of their own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

import scraper
from scraper.demo import serving
from scraper.schema import article_schema
from scraper.storage import open_store
from tests.warm import COLD

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDON = 'ADDONS = {"tinsach.TinsachAddon": 500}\n'
SLOWLY = "CONCURRENT_REQUESTS = 1\nDOWNLOAD_DELAY = 0.15\n"  # a model comes meanwhile
LONGEST = 300
NOT_OF_THE_PORTAL = ("/doanh-nghiep-san-pham-dich-vu/", "/video/")
"""Advertorials and films read like articles: only a spider can pass them over."""
FOLLOWING = """
import re
import scrapy

class Plain(scrapy.Spider):
    name = "plain"
    base = ""

    async def start(self):
        yield scrapy.Request(self.base + "/")

    def parse(self, response):
        yield {"mine": response.url, "links": len(response.css("a"))}
        for address in response.css("a::attr(href)").getall():
            if re.search(r"[0-9]{6,}", response.urljoin(address).rpartition("/")[2]):
                yield response.follow(address)
"""
TELLING = """
import scrapy

class Telling(scrapy.Spider):
    name = "telling"
    custom_settings = {%s}
    base = ""

    async def start(self):
        for path in ("/tin-1.htm", "/tin-2.htm", "/danh-sach.htm"):
            yield scrapy.Request(self.base + path)
        yield scrapy.Request(self.base + "/khong.htm", meta={"tinsach": False})
        yield scrapy.Request(self.base + "/co.htm", meta={"tinsach": True})
        yield scrapy.Request(self.base + "/loi.htm", self.fail)
        yield scrapy.Request(self.base + "/mat.htm", meta={"handle_httpstatus_all": True})
        yield scrapy.Request(self.base + "/nang.htm", priority=-1)

    def parse(self, response):
        article = response.meta.get("tinsach_article")
        yield {"mine": response.url, "found": article and article.title}
        if response.url.endswith("/co.htm"):
            off = response.meta | {"tinsach": False}
            yield response.follow("/danh-sach-2.htm", meta=off)

    def fail(self, response):
        raise ValueError("a fault of the spider")
        yield
"""


class Folder:
    """An empty folder outside of every project, and crawls in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SCRAPY_", "TINSACH_")) and "proxy" not in name
        }

    def start(self, *arguments: str, python: str = COLD) -> subprocess.Popen[str]:
        """Start ``scrapy`` with a process group of its own."""
        return subprocess.Popen(
            [python, "-m", "scrapy", *arguments],
            cwd=self.path,
            env=self.environment,
            start_new_session=True,
            stderr=subprocess.PIPE,
            text=True,
        )

    def crawl(self, *arguments: str) -> tuple[list[dict[str, Any]], str]:
        """Return the items and the log of a crawl that leaves no process behind."""
        out = self.path / "out.jsonl"
        with bounded(
            self.start(*arguments, "-O", out.name, python=sys.executable)
        ) as child:
            _, log = child.communicate(timeout=LONGEST)
        assert child.returncode == 0, log
        assert gone(child.pid)
        return [json.loads(line) for line in out.read_text("utf-8").splitlines()], log

    def write(self, name: str, text: str) -> str:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return name


@contextmanager
def bounded(child: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    with child:
        try:
            yield child
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)


def members(group: int) -> list[str]:
    """Return the processes of *group* that run; Linux alone tells."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, state = file.read_text().rpartition(") ")
        except OSError:
            continue
        if state.split()[0] != "Z" and int(state.split()[2]) == group:
            found.append(file.parent.name)
    return found


def gone(group: int) -> bool:
    """Tell whether every process of *group* ends, the fork server last."""
    until = time.monotonic() + 300
    while members(group) and time.monotonic() < until:
        time.sleep(0.05)
    return not members(group)


def articles(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the articles among *items* by their address; each stands there once."""
    found = [item for item in items if "mine" not in item]
    by_address = {item["url"]: item for item in found}
    assert len(by_address) == len(found)
    return by_address


def mine(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the spider itself yielded, in an order of its own."""
    return sorted((i for i in items if "mine" in i), key=lambda item: item["mine"])


@pytest.fixture(scope="module")
def replica():
    now = datetime.fromisoformat("2026-01-05T08:00+07:00")
    with serving(12, now=now) as portal:
        yield portal


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Folder:
    """A Scrapy project of somebody, with a spider and no settings."""
    folder = Folder(tmp_path_factory.mktemp("theirs"))
    folder.write("scrapy.cfg", "[settings]\ndefault = theirs.settings\n")
    folder.write("theirs/__init__.py", "")
    folder.write("theirs/spiders/__init__.py", "")
    folder.write("theirs/spiders/plain.py", FOLLOWING)
    return folder


SETTINGS = 'SPIDER_MODULES = ["theirs.spiders"]\nDOWNLOAD_DELAY = 0\n'


@pytest.fixture(scope="module")
def without(project, replica) -> tuple[list[dict[str, Any]], str]:
    project.write("theirs/settings.py", SETTINGS)
    return project.crawl("crawl", "plain", "-a", f"base={replica.base}")


@pytest.fixture(scope="module")
def with_addon(without, project, replica) -> tuple[list[dict[str, Any]], str]:
    """The same with the one line in its settings."""
    project.write("theirs/settings.py", SETTINGS + ADDON + SLOWLY)
    return project.crawl("crawl", "plain", "-a", f"base={replica.base}")


def test_every_article_page_gives_its_article_once(with_addon, replica):
    found, truths = articles(with_addon[0]), replica.portal.truths()
    texts = {truth.url: truth.text for truth in truths}
    own = {url: item["text"] for url, item in found.items() if url in texts}
    assert own == texts
    others = {item["canonical_url"] for item in found.values()} - set(texts)
    paths = [url.removeprefix(replica.base) for url in others]
    assert [path for path in paths if not path.startswith(NOT_OF_THE_PORTAL)] == []


def test_an_article_is_what_the_python_api_makes_of_the_page(with_addon):
    for url, item in articles(with_addon[0]).items():
        with urllib.request.urlopen(url) as answer:
            article = scraper.extract(answer.read(), url=url)
        assert (item["title"], item["text"]) == (article.title, article.text)


def test_an_item_is_the_json_of_the_schema_with_times_as_text(with_addon):
    for item in articles(with_addon[0]).values():
        Draft202012Validator(article_schema()).validate(item)
        assert datetime.fromisoformat(item["published_at"]).tzinfo


def test_what_the_spider_yields_is_as_without_it(with_addon, without):
    assert mine(with_addon[0]) == mine(without[0])
    assert len(without[0]) == len(mine(without[0])) > 12


def test_without_the_line_nothing_is_read(without):
    assert "tinsach" not in without[1]


def test_a_model_of_the_site_is_learned_meanwhile_and_nothing_is_kept(
    with_addon, project
):
    versions = [
        item["extraction"]["model_version"] for item in articles(with_addon[0]).values()
    ]
    assert any(versions)
    kept = {p.name for p in project.path.iterdir() if p.name != "__pycache__"}
    assert kept == {"scrapy.cfg", "theirs", "out.jsonl"}


@pytest.mark.slow
def test_with_a_store_the_next_crawl_begins_with_the_model(folder, replica):
    spider = folder.write("plain.py", FOLLOWING)
    options = ("-a", f"base={replica.base}", "-s", "DEPTH_LIMIT=1")
    options += ("-s", "TINSACH_STORE=sqlite:///models.db")
    addon = ("-s", 'ADDONS={"tinsach.TinsachAddon": 500}')
    folder.crawl("runspider", spider, *options, *addon)
    with open_store(f"sqlite:///{folder.path}/models.db", create=False) as store:
        (kept, *_) = store.models.list_models()
        assert store.count() == 0
    items, _ = folder.crawl("runspider", spider, *options, *addon)
    found = articles(items).values()
    assert kept.version in {item["extraction"]["model_version"] for item in found}


@pytest.fixture(scope="module")
def told(make_pages, tmp_path_factory):
    """Items and log of a crawl of pages of every sort."""
    folder = Folder(tmp_path_factory.mktemp("told"))
    settings = '"ADDONS": {"tinsach.TinsachAddon": 500}, "TINSACH_READ_TIMEOUT": 0.8'
    spider = folder.write("telling.py", TELLING % settings)
    return folder.crawl("runspider", spider, "-a", f"base={make_pages.base}")


@pytest.fixture(scope="module")
def make_pages(site, write_article, answer, heavy_page):
    for name in ("tin-1", "tin-2", "khong", "co", "loi"):
        site.put(f"/{name}.htm", write_article(f"Bài {name}"))
    links = "".join(f"<li><a href='/tin-{n}.htm'>Bài số {n}</a></li>" for n in range(9))
    for name in ("danh-sach", "danh-sach-2"):
        site.put(f"/{name}.htm", f"<html><body><ul>{links}</ul></body></html>")
    site.put("/mat.htm", answer(write_article("Bài mat"), status=404))
    site.put("/nang.htm", heavy_page)
    return site


def named(items) -> set[str]:
    return {item["title"] for item in articles(items).values()}


def found_by_spider(items) -> dict[str, str | None]:
    return {Path(i["mine"]).stem: i["found"] for i in mine(items)}


def test_pages_that_are_no_article_or_not_wanted_give_none(told):
    assert named(told[0]) == {"Bài tin-1", "Bài tin-2", "Bài co", "Bài loi"}


def test_the_callback_finds_the_article_in_the_meta(told):
    found = found_by_spider(told[0])
    assert found["tin-1"] == "Bài tin-1"
    assert found["danh-sach"] is found["khong"] is found["mat"] is None


def test_an_article_in_a_copied_meta_is_none_of_the_next_page(told):
    assert found_by_spider(told[0])["danh-sach-2"] is None


def test_a_page_that_takes_too_long_goes_its_way_without_an_article(told):
    items, log = told
    assert found_by_spider(items)["nang"] is None
    assert "/nang.htm: reading took longer than 0.8 s" in log
    assert "'tinsach/failed/ExtractionTimeout': 1" in log


def test_an_error_of_the_callback_takes_no_article_along(told):
    assert "ValueError: a fault of the spider" in told[1]
    assert "Bài loi" in named(told[0])


def test_pages_are_counted(told):
    counts = dict(re.findall(r"'tinsach/(\S+)': (\d+)", told[1]))
    assert counts["articles"] == "4"
    passed = [counts[n] for n in counts if n.startswith("passed_over/not_an_article/")]
    assert sum(map(int, passed)) == 1


def test_what_is_read_and_added_can_be_chosen(folder, make_pages):
    settings = (
        '"ADDONS": {"tinsach.TinsachAddon": 500}, "TINSACH_ADDON_ALL": False,'
        '"TINSACH_ADDON_ITEMS": False, "TINSACH_ADDON_LEARN": False'
    )
    spider = folder.write("telling.py", TELLING % settings)
    items, log = folder.crawl("runspider", spider, "-a", f"base={make_pages.base}")
    assert articles(items) == {}
    found = found_by_spider(items)
    assert {name: title for name, title in found.items() if title} == {"co": "Bài co"}
    assert "'model/" not in log


def test_the_page_at_its_own_address_comes_after_a_version_of_it_no_other_twice(
    folder, make_site, write_article
):
    site = make_site()
    order = ("in-1-bai", "in-2-bai", "bai", "muon-bai", "tin", "in-tin")
    for name in order:
        own = name.rpartition("-")[2]
        canonical = f'<link rel="canonical" href="{site.base}/{own}"></head>'
        site.put(f"/{name}", write_article(own).replace("</head>", canonical))
    spider = folder.write(
        "ordered.py",
        f"""
import scrapy

class Ordered(scrapy.Spider):
    name = "ordered"
    start_urls = {[f"{site.base}/{name}" for name in order]}
    custom_settings = {{
        "ADDONS": {{"tinsach.TinsachAddon": 500}},
        "CONCURRENT_REQUESTS": 1,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    }}

    def parse(self, response):
        pass
""",
    )
    items, log = folder.crawl("runspider", spider)
    assert [Path(item["url"]).name for item in items] == ["in-1-bai", "bai", "tin"]
    assert "'tinsach/duplicates': 3" in log


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_once_or_twice_leaves_no_process(
    folder, make_site, write_article, answer, times
):
    site = make_site()
    site.put("/tin.htm", write_article("Bài"))
    site.put("/cham.htm", answer(write_article("Bài chậm"), stall=1.5))
    spider = folder.write(
        "slow.py",
        f"""
import scrapy

class Slow(scrapy.Spider):
    name = "slow"
    start_urls = ["{site.base}/tin.htm", "{site.base}/cham.htm"]
    custom_settings = {{"ADDONS": {{"tinsach.TinsachAddon": 500}}}}

    def parse(self, response):
        self.logger.info("it has %s", response.meta["tinsach_article"].title)
""",
    )
    with bounded(folder.start("runspider", spider)) as child:
        for line in child.stderr:
            if "it has Bài" in line:
                break
        assert len(members(child.pid)) > 1
        for _ in range(times):
            os.killpg(child.pid, signal.SIGINT)
            time.sleep(0.3)
        child.communicate(timeout=LONGEST)
        assert gone(child.pid)
