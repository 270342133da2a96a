"""Pages that a script builds, rendered by a real Chromium within the limits of a crawl."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright
from scrapy.settings import Settings

import scraper
from scraper.archive import iter_saved
from scraper.crawling.middlewares.browser import launch_options
from tests.browser.kit import find_chromium

if TYPE_CHECKING:
    from tests.crawl.conftest import Crawls, Run, Site

PORTAL = "http://portal.example.org"
ARTICLE = "/thoi-su/bai-20261101100000000.htm"
SHELL = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Đang tải</title></head>
<body><div id="app">Đang tải…</div><script src="/app.js"></script></body></html>"""
APP = """
fetch(location.pathname + ".json").then(r => r.json()).then(page => {
    const made = new DOMParser().parseFromString(page.html, "text/html");
    document.head.innerHTML = made.head.innerHTML;
    document.body.innerHTML = made.body.innerHTML;
});
"""


@pytest.fixture(scope="module")
def browser() -> dict[str, object]:
    """The settings that name the browser of this machine."""
    return {
        "TINSACH_BROWSER": find_chromium(),
        "TINSACH_BROWSER_SANDBOX": "0" if os.geteuid() == 0 else "1",
        "DOWNLOAD_TIMEOUT": 30,
    }


@pytest.fixture
def site(make_site) -> Site:
    return make_site()


def put_app(site: Site, base: str, answer, page: str, shell: str = SHELL) -> None:
    """Let *site* be a portal at *base* whose one article a script builds."""
    script = answer(APP, content_type="text/javascript")
    data = answer(json.dumps({"html": page}), content_type="application/json")
    site.put(f"{base}{ARTICLE}", shell)
    site.put(f"{base}/app.js", script)
    site.put(f"{base}{ARTICLE}.json", data)


def crawl(crawls: Crawls, portal: str, settings: dict[str, object]) -> Run:
    return crawls(arguments={"portal": portal}, settings=settings)


@pytest.mark.slow
def test_an_article_that_a_script_builds_is_stored(
    new_crawls, site, browser, answer, write_article, write_feed
) -> None:
    put_app(site, "", answer, write_article("Bài do mã dựng"))
    site.put("/tin-moi-nhat.rss", write_feed([site.base + ARTICLE]))
    settings = browser | {"TINSACH_RENDER": "127.0.0.1", "TINSACH_ARCHIVE": "1"}
    run = crawl(new_crawls, site.base, settings)
    [article] = run.stored().values()
    assert article.title == "Bài do mã dựng"
    assert "Đoạn 5 của bài" in article.text
    assert run.stats["rendered/pages"] == run.stats["playwright/page_count"] == 1
    assert run.stats["rendered/parts"] == 2
    [agent] = site.agents
    assert "tinsach/" in agent
    saved = list(iter_saved(new_crawls.folder / "archive"))
    [page] = [each.page for each in saved if each.page and ARTICLE in each.page.url]
    assert "Đoạn 5 của bài" in page.body.decode()
    (warc,) = (new_crawls.folder / "archive").glob("*.warc.gz")
    assert b"X-Tinsach-Rendered: chromium" in gzip.decompress(warc.read_bytes())


@pytest.mark.slow
def test_an_address_that_a_person_names_is_rendered_too(
    site, browser, answer, write_article, monkeypatch
) -> None:
    put_app(site, "", answer, write_article("Bài do mã dựng"))
    monkeypatch.setenv("TINSACH_RENDER", "127.0.0.1")
    for name in ("TINSACH_BROWSER", "TINSACH_BROWSER_SANDBOX"):
        monkeypatch.setenv(name, str(browser[name]))
    article = scraper.fetch(site.base + ARTICLE, allow_private=True)
    assert article.title == "Bài do mã dựng"


def test_other_sites_go_the_ordinary_way_and_no_browser_starts(
    new_crawls, site, browser, answer, write_article, write_feed
) -> None:
    put_app(site, "", answer, write_article("Bài do mã dựng"))
    site.put("/tin-moi-nhat.rss", write_feed([site.base + ARTICLE]))
    settings = browser | {"TINSACH_RENDER": "khac.example"}
    run = crawl(new_crawls, site.base, settings)
    assert run.stored() == {}
    assert not [name for name in run.stats if "playwright" in name]
    assert "/app.js" not in site.hits


@pytest.mark.slow
def test_scripts_reach_nothing_that_the_crawl_would_refuse(  # noqa: PLR0913, PLR0917
    new_crawls, site, make_site, browser, answer, write_article, write_feed, monkeypatch
) -> None:
    inner = make_site()
    for path in ("/secret", "/frame", "/image.png", "/beacon", "/script.js", "/ws"):
        inner.put(path, "secret")
    attempts = f"""<script>
    const tell = what => document.title += " " + what;
    fetch("{inner.base}/secret").then(r => tell("private"));
    fetch("/moved").then(r => r.text()).then(t => tell("redirect")).catch(() => 0);
    fetch("/forbidden").then(r => tell("robots")).catch(() => 0);
    fetch("/posted", {{method: "POST"}}).then(r => tell("post")).catch(() => 0);
    fetch("file:///etc/passwd").then(r => tell("file")).catch(() => 0);
    navigator.sendBeacon("{inner.base}/beacon");
    </script><iframe src="{inner.base}/frame"></iframe><iframe src="file:///etc/passwd">
    </iframe><img src="{inner.base}/image.png"><script src="{inner.base}/script.js">
    </script>"""
    put_app(site, PORTAL, answer, write_article("Bài"), SHELL + attempts)
    moved = answer(status=302, headers={"Location": f"{inner.base}/secret"})
    site.put(f"{PORTAL}/moved", moved)
    rules = "User-agent: *\nDisallow: /forbidden\n"
    site.put(f"{PORTAL}/robots.txt", answer(rules, content_type="text/plain"))
    for path in ("/forbidden", "/posted"):
        site.put(PORTAL + path, "there")
    site.put(f"{PORTAL}/tin-moi-nhat.rss", write_feed([PORTAL + ARTICLE]))
    monkeypatch.setitem(new_crawls.environment, "http_proxy", site.base)
    monkeypatch.setitem(new_crawls.environment, "TINSACH_ALLOW_PRIVATE", "0")
    run = crawl(new_crawls, PORTAL, browser | {"TINSACH_RENDER": "example.org"})
    [article] = run.stored().values()
    assert article.title == "Bài"
    assert inner.hits == []
    asked = {path.removeprefix(PORTAL) for path in site.hits}
    assert "/moved" in asked
    assert not asked & {"/forbidden", "/posted"}
    assert run.stats["rendered/refused_parts"] >= 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left_out", "hits"),
    [({"args", "proxy"}, ["/ws"]), ({"args"}, []), ({"proxy"}, []), (set(), [])],
)
def test_a_web_socket_finds_neither_a_host_nor_a_proxy(
    site, browser, left_out, hits
) -> None:
    options = launch_options(Settings(browser)) | {"chromium_sandbox": False}
    options = {name: options[name] for name in options.keys() - left_out}
    # Chromium's own check, which may be gone or let it pass tomorrow.
    unchecked = "--disable-features=LocalNetworkAccessChecks"
    options["args"] = [*options.get("args", ()), unchecked]
    socket = f"new WebSocket('{site.base.replace('http', 'ws')}/ws')"
    page = f"<script>{socket}.onerror = () => document.title = 'over'</script>"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**options)
        shown = started.new_page()
        shown.route("**", lambda r: r.fulfill(body=page, content_type="text/html"))
        shown.goto("http://127.0.0.1:1/")
        shown.wait_for_function("document.title === 'over'")
        started.close()
    assert site.hits == hits


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "settings", "reason"),
    [
        ("while (true) {}", {"DOWNLOAD_TIMEOUT": 4}, "not_rendered"),
        (
            "document.body.append('a'.repeat(300000))",
            {"DOWNLOAD_MAXSIZE": 200_000},
            "too_large",
        ),
        ("", {"TINSACH_BROWSER": "/no/such/browser"}, "browser"),
    ],
)
def test_a_page_that_cannot_be_rendered_counts_as_failed(  # noqa: PLR0913, PLR0917
    new_crawls, site, browser, write_feed, script, settings, reason
) -> None:
    site.put(ARTICLE, SHELL.replace("</body>", f"<script>{script}</script></body>"))
    site.put("/tin-moi-nhat.rss", write_feed([site.base + ARTICLE]))
    wanted = browser | {"TINSACH_RENDER": "127.0.0.1"} | settings
    run = crawl(new_crawls, site.base, wanted)
    assert run.report["failed"] == {reason: 1}


@pytest.mark.slow
def test_a_script_of_several_pages_is_fetched_once(
    new_crawls, site, browser, answer, write_article, write_feed
) -> None:
    put_app(site, "", answer, write_article("Bài một"))
    other = ARTICLE.replace("bai", "bai-khac")
    site.put(other, SHELL)
    data = json.dumps({"html": write_article("Bài hai")})
    site.put(f"{other}.json", answer(data, content_type="application/json"))
    site.put("/tin-moi-nhat.rss", write_feed([site.base + ARTICLE, site.base + other]))
    settings = browser | {"TINSACH_RENDER": "127.0.0.1", "CONCURRENT_REQUESTS": 1}
    run = crawl(new_crawls, site.base, settings)
    assert {each.title for each in run.stored().values()} == {"Bài một", "Bài hai"}
    assert site.count("/app.js") <= 2


@pytest.mark.parametrize("value", ["https://bao.example/", "bao example", "bao/tin"])
def test_what_is_no_site_is_a_wrong_argument(new_crawls, site, value) -> None:
    outcome, _ = new_crawls.raw(
        arguments={"portal": site.base}, settings={"TINSACH_RENDER": value}
    )
    assert outcome["error"] == "ConfigurationError"
    assert "write sites or hosts like baotintuc.vn" in outcome["message"]


def test_without_the_extra_a_crawl_says_how_to_get_it(
    new_crawls, site, monkeypatch
) -> None:
    hidden = new_crawls.folder / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import sys\nsys.modules['scrapy_playwright'] = None\n"
    )
    path = f"{hidden}:{new_crawls.environment.get('PYTHONPATH', '')}"
    monkeypatch.setitem(new_crawls.environment, "PYTHONPATH", path)
    spec = {"portal": site.base}
    with new_crawls.start(
        arguments=spec, settings={"TINSACH_RENDER": "bao.example"}
    ) as child:
        outcome = json.loads(child.communicate(timeout=300)[0])
    assert outcome["error"] == "ConfigurationError"
    assert "pip install 'tinsach[browser]'" in outcome["message"]
