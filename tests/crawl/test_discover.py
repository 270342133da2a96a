"""The sources of a live site, as `tinsach discover` finds them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from scraper.discovery import LinkKind
from scraper.errors import FetchRefused
from scraper.sites.new_site import discover

TIME = datetime(2026, 11, 1, 10, 0, 0, 3000, tzinfo=UTC)
"""The time in the URLs; an IP address is of no country, so it is in UTC."""
STORIES = [f"/kinh-te/bai-so-{n}-20261101100000{n:03}.htm" for n in range(4)]


@pytest.fixture
def portal(make_site, answer, write_feed):
    """A site with a sitemap in robots.txt, a page of feeds, a section, and a menu."""
    site = make_site()
    listed = "".join(f'<li><a href="{path}">Bài</a></li>' for path in STORIES)
    menu = '<nav><a href="/kinh-te.htm">Kinh tế</a><a href="/trong.htm">Trống</a></nav>'
    site.put("/", answer(f'<html><body>{menu}<a href="/rss.htm">RSS</a></body></html>'))
    site.put(
        "/robots.txt",
        answer(f"Sitemap: {site.base}/map.xml", content_type="text/plain"),
    )
    entries = "".join(f"<url><loc>{site.base}{path}</loc></url>" for path in STORIES)
    site.put("/map.xml", answer(f"<urlset>{entries}</urlset>", content_type="text/xml"))
    site.put(
        "/rss.htm", answer('<html><body><a href="/kinh-te.rss">x</a></body></html>')
    )
    site.put("/kinh-te.rss", write_feed([site.base + path for path in STORIES]))
    site.put("/kinh-te.htm", answer(f"<html><body><ul>{listed}</ul></body></html>"))
    site.put("/trong.htm", answer("<html><body>Chưa có bài.</body></html>"))
    return site


def test_every_source_is_found_with_its_newest_article(portal) -> None:
    found = {
        source.url.removeprefix(portal.base): source for source in discover(portal.base)
    }
    assert {
        path: (each.kind, each.found_by, each.items) for path, each in found.items()
    } == {
        "/map.xml": (LinkKind.SITEMAP, "robots.txt", 4),
        "/kinh-te.rss": (LinkKind.FEED, "linked", 4),
        "/kinh-te.htm": (LinkKind.LISTING, "linked", 4),
    }
    assert {each.newest for each in found.values()} == {TIME}


def test_a_front_page_that_is_not_there_is_said(portal, answer) -> None:
    portal.put("/", answer("", status=404))
    with pytest.raises(FetchRefused, match="404"):
        list(discover(portal.base))


def test_the_command_prints_a_line_for_each_source(portal, new_crawls) -> None:
    command = "from scraper.cli import main; raise SystemExit(main())"
    done = subprocess.run(
        [sys.executable, "-c", command, "discover", portal.base, "--json"],
        capture_output=True,
        text=True,
        env=new_crawls.environment,
        timeout=300,
        check=True,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["kind"] for row in rows] == ["sitemap", "listing", "feed"]
    assert datetime.fromisoformat(rows[0]["newest"]) == TIME
