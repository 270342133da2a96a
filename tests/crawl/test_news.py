"""Any site, explored: nothing is known of it but its address."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

SECTIONS = {"kinh-te": "Kinh tế", "the-thao": "Thể thao"}
TITLE = "Bài số {} của mục {} hôm nay"


class Paper:
    """A site of two sections of 14 articles, six a page; no feed, no sitemap, no class."""

    def __init__(self, site, write_article) -> None:
        self.site = site
        self.paths = {
            name: [f"/{name}/bai-so-{n}-cua-muc-{name}.html" for n in range(14)]
            for name in SECTIONS
        }
        menu = "".join(f'<a href="/{n}/">{title}</a>' for n, title in SECTIONS.items())
        self.menu = f'<div>{menu}<a href="/gioi-thieu.html">Giới thiệu</a></div>'
        for name, paths in self.paths.items():
            for n, path in enumerate(paths):
                time = f"2026-11-{n + 1:02}T10:00:00+07:00"
                site.put(path, write_article(TITLE.format(n, name), time=time))
            for page, start in enumerate((0, 6, 12), 1):
                more = page < 3 and f'<a href="/{name}/?p={page + 1}">Trang sau</a>'
                path = f"/{name}/" if page == 1 else f"/{name}/?p={page}"
                self.list(path, name, paths[start : start + 6], more or "")
        site.put("/", self.page(self.anchors("kinh-te", self.paths["kinh-te"][:3])))
        site.put("/gioi-thieu.html", self.page("<h1>Giới thiệu</h1>" + "<p>Báo.</p>"))

    def list(self, path: str, name: str, paths: list[str], more: str = "") -> None:
        self.site.put(path, self.page(self.anchors(name, paths) + more))

    def anchors(self, name: str, paths: list[str]) -> str:
        numbers = (re.search(r"bai-so-(\d+)", path)[1] for path in paths)
        titled = zip(paths, numbers, strict=True)
        return "".join(
            f'<p><a href="{path}">{TITLE.format(n, name)}</a></p>' for path, n in titled
        )

    def page(self, content: str) -> str:
        return f"<html><body>{self.menu}<div>{content}</div></body></html>"

    @property
    def articles(self) -> set[str]:
        return {
            self.site.base + path for paths in self.paths.values() for path in paths
        }


@pytest.fixture
def paper(make_site, write_article):
    return Paper(make_site(), write_article)


def explore(crawls, site, **settings):
    arguments = {"site": site.base}
    return crawls(spider="news", arguments=arguments, settings=settings)


def test_every_article_of_every_page_of_a_section_is_found(paper, new_crawls) -> None:
    run = explore(new_crawls, paper.site)
    assert run.status == 0
    assert run.stored().keys() == paper.articles
    assert len(paper.site.hits) == len(set(paper.site.hits))
    article = run.stored()[paper.site.base + paper.paths["the-thao"][9]]
    assert article.section == "Thời sự"


@pytest.mark.slow
def test_a_later_run_finds_what_is_new_and_walks_no_further(
    paper, new_crawls, write_article
) -> None:
    explore(new_crawls, paper.site)
    paper.site.hits.clear()
    path = "/kinh-te/bai-so-99-cua-muc-kinh-te.html"
    paper.site.put(path, write_article("Bài mới của mục kinh tế"))
    paper.list("/kinh-te/", "kinh-te", [path, *paper.paths["kinh-te"][:5]])
    later = explore(new_crawls.later(minutes=60), paper.site)
    assert later.report["new"] == 1
    assert not [hit for hit in paper.site.hits if "?p=3" in hit]


def test_a_limit_bounds_the_requests_too(paper, new_crawls) -> None:
    arguments = {"site": paper.site.base, "limit": "5"}
    run = new_crawls(spider="news", arguments=arguments)
    assert (run.report["new"], run.report["reason"]) == (5, "limit_reached")
    assert len(paper.site.hits) <= 15, paper.site.hits
    paper.site.hits.clear()
    later = explore(new_crawls.later(minutes=60), paper.site)
    assert later.stored().keys() == paper.articles


@pytest.mark.slow
def test_a_calendar_without_an_end_costs_a_few_requests(
    paper, new_crawls, answer
) -> None:
    days = [
        f"/lich/{year}-{month:02}" for year in (2026, 2027) for month in range(1, 13)
    ]
    paper.menu += f'<a href="{days[0]}">Lịch</a>'
    paper.site.put("/", paper.page(paper.anchors("kinh-te", paper.paths["kinh-te"])))
    for day, following in pairwise(days):
        years = "".join(
            f'<a href="/lich/{2026 + n}-01">{2026 + n}</a>' for n in range(60)
        )
        links = f'<a href="{following}">Tháng sau</a>{years}'
        paper.site.put(day, paper.page(links))
    run = explore(new_crawls, paper.site)
    assert run.stored().keys() == paper.articles
    assert len([hit for hit in paper.site.hits if hit.startswith("/lich/")]) <= 20


@pytest.mark.slow
def test_a_last_page_that_repeats_ends_the_walk(paper, new_crawls) -> None:
    for page in range(3, 30):
        more = f'<a href="/kinh-te/?p={page + 1}">Trang sau</a>'
        paper.list(f"/kinh-te/?p={page}", "kinh-te", paper.paths["kinh-te"][12:], more)
    run = explore(new_crawls, paper.site)
    assert run.stored().keys() == paper.articles
    assert "/kinh-te/?p=4" in paper.site.hits
    assert "/kinh-te/?p=5" not in paper.site.hits


def test_a_page_without_a_date_is_an_article_if_its_address_is(
    paper, new_crawls, write_article
) -> None:
    page = re.sub(r"<meta property=.article:pub[^>]*>", "", write_article("Liên hệ"))
    imprint, undated = "/lien-he.html", "/cau-moi-qua-song-thong-xe-4711.html"
    links = ""
    for path in (imprint, undated):
        paper.site.put(path, page.replace("2026", "").replace("Liên hệ", path))
        links += f'<a href="{path}">Liên hệ với toà soạn {path}</a>'
    paper.site.put("/", paper.page(links))
    stored = explore(new_crawls, paper.site).stored()
    assert imprint in paper.site.hits
    assert stored.keys() == paper.articles | {paper.site.base + undated}
    doubts = {url: article.extraction.doubt for url, article in stored.items()}
    assert doubts.pop(paper.site.base + undated) == "undated"
    assert set(doubts.values()) == {""}


@pytest.mark.slow
def test_robots_txt_names_the_sitemaps_and_the_pause(
    paper, new_crawls, answer, write_article
) -> None:
    paper.site.put("/chi-co-o-day.html", write_article("Chỉ có trong sơ đồ trang"))
    robots = f"User-agent: *\nCrawl-delay: 0.2\nSitemap: {paper.site.base}/so-do.xml"
    paper.site.put("/robots.txt", answer(robots, content_type="text/plain"))
    entry = (
        f"<url><loc>{paper.site.base}/chi-co-o-day.html</loc><news><publication_date>"
        "2026-11-02T10:00:00+07:00</publication_date></news></url>"
    )
    sitemap = answer(f"<urlset>{entry}</urlset>", content_type="text/xml")
    paper.site.put("/so-do.xml", sitemap)
    run = explore(new_crawls, paper.site)
    assert len(run.stored()) == len(paper.articles) + 1
    times = sorted(time for _, time in paper.site.times)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert sorted(gaps)[len(gaps) // 4] >= 0.15


def test_a_spider_that_knows_a_feed_and_a_form_explores_the_rest(
    make_site, new_crawls, write_article, write_feed
) -> None:
    site = make_site()
    paths = [f"/gia-vang-hom-nay-post{n}.vnp" for n in range(1000, 1008)]
    for path in paths:
        site.put(path, write_article(f"Bài {path}"))
    site.put("/rss/home.rss", write_feed([site.base + path for path in paths[:2]]))
    site.put("/", '<html><body><a href="/kinh-te/">Kinh tế</a></body></html>')
    links = "".join(f'<a href="{path}">Vàng</a>' for path in paths)
    site.put("/kinh-te/", f"<html><body>{links}</body></html>")
    run = new_crawls(spider="vietnamplus", arguments={"portal": site.base})
    assert run.stored().keys() == {site.base + path for path in paths}


@pytest.mark.parametrize("site", ["", "ftp://a.example", "http://"])
def test_a_site_that_is_no_address_is_refused(site, new_crawls) -> None:
    outcome, _ = new_crawls.raw(spider="news", arguments={"site": site})
    assert outcome["error"] == "ConfigurationError"
    assert "write -a site=" in outcome["message"]
