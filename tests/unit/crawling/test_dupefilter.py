from __future__ import annotations

from scrapy import Request
from scrapy.utils.test import get_crawler

from scraper.crawling.dupefilter import CompactDupeFilter


def seen(jobdir=""):
    found = CompactDupeFilter.from_crawler(
        get_crawler(settings_dict={"JOBDIR": jobdir})
    )
    urls = ("http://x/a", "http://x/b", "http://x/a", "http://x/b#c")
    told = [found.request_seen(Request(url)) for url in urls]
    found.close("finished")
    return told


def test_a_request_is_made_once():
    assert seen() == [False, False, True, True]


def test_with_a_jobdir_the_next_run_knows_it_too(tmp_path):
    assert seen(str(tmp_path)) == [False, False, True, True]
    assert all(seen(str(tmp_path)))
