"""A job from run to run: what it finds wrong, tells once, and carries on."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

import pytest

from scraper.cli.runs import _record
from scraper.demo.pages import plain
from scraper.demo.portal import Portal
from scraper.demo.site import Site as DemoSite
from scraper.storage import open_store
from tests.unit.monitoring.servers import mail_server, mail_url
from worlds import VIETNAM

FEED = "/tin-moi-nhat.rss"
PUBLISHED = datetime.now(VIETNAM) - timedelta(hours=1)
PATHS = [f"/thoi-su/bai-{n}-{PUBLISHED:%Y%m%d%H%M%S}00{n}.htm" for n in range(3)]


@pytest.fixture
def site(make_site, write_article, write_feed):
    """A portal with three articles in its feed."""
    site = make_site()
    for path in PATHS:
        page = write_article(f"Bài {path}", time=PUBLISHED.isoformat())
        site.put(path, page)
    site.put(FEED, write_feed([site.base + path for path in PATHS]))
    return site


@pytest.fixture
def run_at(new_crawls, site):
    """Run the job so many minutes from now."""

    def run(minutes: int, **environment: str):
        crawls = new_crawls.later(minutes=minutes)
        site.ahead = timedelta(minutes=minutes)
        crawls.environment |= environment
        return crawls(arguments={"portal": site.base})

    return run


def down(site, answer) -> None:
    for path in {*site.hits} - {"/robots.txt"}:
        site.put(path, answer(status=503))


def records(run) -> list:
    with open_store(run.store, create=False) as store:
        return [_record(each) for each in store.jobs.list_runs()]


@pytest.mark.slow
def test_an_hour_of_503s_is_unhealthy_and_is_told_once(site, run_at, answer) -> None:
    with mail_server() as (box, port):
        told = {"TINSACH_ALERTS": mail_url(port)}
        assert run_at(0, **told).status == 0
        down(site, answer)
        runs = [run_at(minutes, **told) for minutes in (15, 16, 17)]
    assert [run.status for run in runs] == [4, 4, 4]
    assert "http_503" in runs[0].verdict
    assert "none is due to be tried" in runs[2].verdict
    assert [message["Subject"].split(":")[0] for message in box.messages] == ["tinsach"]
    kept = records(runs[0])
    assert [each["alerted"] for each in kept] == [[], [], ["no_source"], []]
    assert kept[-1]["findings"] == []


@pytest.mark.slow
def test_a_night_without_news_is_healthy(run_at) -> None:
    run_at(0)
    night = run_at(15)
    assert (night.status, night.verdict) == (3, "nothing new")
    assert records(night)[0]["findings"] == []


@pytest.mark.slow
def test_articles_that_are_taken_down_are_no_alarm(site, run_at, answer) -> None:
    run_at(0)
    for path in PATHS:
        site.put(path, answer(status=410))
    later = run_at(12 * 60)
    assert later.report["gone"] == 3
    assert later.status == 3
    assert records(later)[0]["findings"] == []


@pytest.mark.slow
def test_what_each_source_told_is_known_to_the_next_run(site, run_at, answer) -> None:
    run_at(0)
    site.put(FEED, answer(status=404))
    lost = run_at(15)
    state = records(lost)[0]["source_states"][site.base + FEED]
    assert (state["days"], state["why"]) == (1, "http_404")
    assert "source_states" not in records(lost)[1]  # the newest alone has them


def test_a_url_that_apprise_does_not_take_starts_no_crawl(new_crawls, site) -> None:
    new_crawls.environment |= {"TINSACH_ALERTS": "slack://a"}
    outcome, _ = new_crawls.raw(arguments={"portal": site.base})
    assert outcome["error"] == "ConfigurationError"
    assert "apprise does not take URL 1 (slack)" in outcome["message"]
    assert site.hits == []


@pytest.fixture
def paper(make_site, write_feed):
    """List articles of the replica from *start* to *stop*, each changed by *change*."""
    site = make_site()
    portal = Portal(200, seed=3, base=site.base, now=PUBLISHED)
    pages = DemoSite(portal)

    def publish(start, stop, change=lambda body: body):
        listed = []
        for truth in islice(portal.truths(), start, stop):
            path = truth.url.removeprefix(site.base)
            site.put(path, change(b"".join(plain(pages.answer(path).parts)).decode()))
            listed.append(truth.url)
        site.put(FEED, write_feed(listed))
        return {"portal": site.base}

    return publish


def redesigned(body: str) -> str:
    return body.replace('class="', 'class="v2-').replace("divfirst", "than-bai")


@pytest.mark.slow
def test_a_changed_template_is_told_by_the_first_run_that_meets_it(
    paper, new_crawls
) -> None:
    first = new_crawls(arguments=paper(0, 110))
    assert first.status == 0
    healthy = new_crawls.later(minutes=15)(arguments=paper(110, 180))
    assert healthy.status == 0
    changed = new_crawls.later(minutes=30)(arguments=paper(180, 196, redesigned))
    assert changed.status == 4
    assert "the template has changed: 16 of 16 pages fit no model" in changed.verdict
    assert changed.report["new"] == 16
