"""A site that answers everything with 200, and with no article any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from worlds import VIETNAM

FEED = "/tin.rss"
PATHS = [f"/tin/bai-viet-so-{n}-cua-ngay-hom-nay-{1000 + n}.html" for n in range(12)]
PUBLISHED = datetime.now(VIETNAM) - timedelta(hours=1)
LOGIN = """<html><head><title>Mời vào</title></head><body><h1>Mời bạn vào tòa soạn</h1>
<form action="/vao"><input name="ten"><input type="password" name="khoa"></form>
<p>Bạn cần có tài khoản để đọc báo của chúng tôi. Hãy ghi tên miễn phí để đọc tất cả các
bài, nhận thư hằng ngày và nghe bản tin trên mọi thiết bị của bạn, ở bất cứ nơi đâu.</p>
</body></html>"""


@pytest.fixture
def site(make_site, write_article, write_feed):
    """A site with four articles, in its feed and on its front page."""
    site = make_site()
    for path in PATHS:
        words = " ".join(f"chuyện {path[-9:-5]}{n}" for n in range(60))
        page = write_article(f"Bài {path}", time=PUBLISHED.isoformat())
        site.put(path, page.replace("</p>", f" {words}</p>", 1))
    site.show = lambda count: [
        site.put(FEED, write_feed([site.base + path for path in PATHS[:count]])),
        site.put("/", _front(PATHS[:count])),
    ]
    site.show(4)
    return site


def _front(paths: list[str]) -> str:
    links = "".join(f'<p><a href="{p}">Bài viết của hôm nay {p}</a></p>' for p in paths)
    feed = f'<link rel="alternate" type="application/rss+xml" href="{FEED}">'
    return f"<html><head>{feed}</head><body>{links}</body></html>"


@pytest.fixture
def run_at(new_crawls, site):
    def run(minutes: int):
        crawls = new_crawls.later(minutes=minutes)
        site.ahead = timedelta(minutes=minutes)
        return crawls(spider="news", arguments={"site": site.base})

    return run


def test_a_login_form_in_place_of_each_new_article_is_unhealthy(site, run_at):
    assert run_at(0).status == 0
    for path in PATHS[4:]:
        site.put(path, LOGIN)
    site.show(12)
    blind = run_at(30)
    assert (blind.status, blind.verdict) == (4, "8 of 8 pages have the same text")


def test_one_article_in_place_of_each_is_unhealthy_and_costs_no_other(
    site, run_at, answer
):
    before = run_at(0).stored()
    for path in PATHS[1:]:
        site.put(path, answer(status=302, headers={"Location": PATHS[0]}))
    site.show(12)
    blind = run_at(13 * 60)
    assert (blind.status, len(blind.stored())) == (4, len(before))
    assert "have the same text" in blind.verdict


@pytest.mark.slow
def test_a_form_in_place_of_front_page_and_sources_stays_unhealthy(site, run_at):
    assert run_at(0).status == 0
    for path in ("/", FEED, "/robots.txt", "/sitemap.xml"):
        site.put(path, LOGIN)
    verdicts = [run_at(minutes) for minutes in (30, 60, 90)]
    assert [run.status for run in verdicts] == [4, 4, 4]
    assert "no source could be read" in verdicts[-1].verdict


@pytest.mark.parametrize("status", [206, 304])
def test_an_answer_to_a_question_that_was_not_asked_is_a_failure(
    site, run_at, answer, status
):
    """Part of a page, and that it has not changed since a visit that never was."""
    half = site.answers[PATHS[0]][0].body[:-200]
    for path in PATHS:
        site.put(path, answer(half if status == 206 else "", status=status))
    site.show(12)
    run = run_at(0)
    assert (run.status, run.report["new"]) == (4, 0)
    failed = {206: "part", 304: "http_304"}[status]
    assert run.report["failed"] == {failed: 12}


@pytest.mark.slow
def test_a_source_that_never_changes_by_its_etag_is_read_once_a_day(
    site, run_at, answer
):
    def tagged(count: int) -> None:
        site.show(count)
        for path in (FEED, "/"):
            body = site.answers[path][0].body
            kind = "application/rss+xml" if path == FEED else "text/html"
            one = answer(body, content_type=kind, headers={"ETag": '"1"'})
            site.put(path, one)

    tagged(4)
    assert run_at(0).report["new"] == 4
    tagged(6)
    assert run_at(60).report["new"] in (0, 2)  # a day may end between the two
    run_at(25 * 60)
    assert len(run_at(26 * 60).stored()) == 6


@pytest.mark.slow
def test_a_front_page_built_by_scripts_beside_a_feed_that_works_is_healthy(
    site, run_at
):
    site.put("/", _front([]))
    runs = [run_at(minutes) for minutes in (0, 15, 31, 40, 62, 300)]
    assert [run.status for run in runs] == [0, 3, 3, 3, 3, 3]


def test_a_feed_that_leads_away_beside_such_a_front_page_is_unhealthy(
    site, run_at, answer
):
    site.put("/", _front([]))
    site.put(FEED, answer(status=301, headers={"Location": "http://127.0.0.2:1/tin"}))
    run = run_at(0)
    assert (run.status, run.report["source_failures"]) == (4, {"redirect": 1})
