"""The park itself: what it promises to those who are measured on it."""

from __future__ import annotations

import re
from collections import deque
from datetime import datetime
from html import unescape
from unicodedata import normalize
from urllib.parse import urljoin

import pytest

from worlds import VIETNAM
from worlds.park import traps
from worlds.park.paper import SIZE, Paper
from worlds.park.plans import PLANS
from worlds.park.serve import serving

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 25, 12, tzinfo=VIETNAM)
BASE = "http://127.0.9.9:80"
_HREF = re.compile(r'<a href="([^"#]+)"')
_NO_LISTING = re.compile(r"/lich/|[?&](?:xep|p=\d{2})")
MOST = 2000


@pytest.fixture(params=PLANS)
def paper(request) -> Paper:
    return Paper(request.param, 3, BASE, NOW)


def reachable(paper: Paper) -> set[str]:
    """Return what can be come to from the front page by links, but for the traps."""
    seen, waiting = {"/"}, deque(["/"])
    while waiting and len(seen) < MOST:
        target = waiting.popleft()
        body = paper.answer(target).body.decode()
        for href in _HREF.findall(body):
            url = urljoin(f"{BASE}{target}", unescape(href)).removeprefix(BASE)
            plain = traps.plain(url)
            if (
                url.startswith("/")
                and plain not in seen
                and not _NO_LISTING.search(url)
            ):
                seen.add(plain)
                waiting.append(plain)
    return seen


def test_every_article_can_be_come_to_from_the_front_page(paper) -> None:
    truths = paper.truths()
    assert len({truth.url for truth in truths}) == len(truths) == SIZE
    assert {truth.url.removeprefix(BASE) for truth in truths} <= reachable(paper)


def test_a_page_holds_what_is_true_of_it(paper) -> None:
    truth = paper.truths()[5]
    answer = paper.answer(truth.url.removeprefix(BASE))
    text = normalize("NFC", answer.body.decode())
    page = unescape(re.sub(r"\s+", " ", text))
    assert answer.status == 200
    for part in (truth.title, *truth.text_blocks):
        assert part in page


def test_the_same_seed_gives_the_same_bytes(paper) -> None:
    again = Paper(paper.name, 3, BASE, NOW)
    other = Paper(paper.name, 4, BASE, NOW)
    url = paper.truths()[0].url.removeprefix(BASE)
    assert paper.answer(url) == again.answer(url)
    assert {truth.title for truth in other.truths()} != {
        t.title for t in paper.truths()
    }


def test_what_is_not_there_is_answered_so(paper) -> None:
    assert paper.answer("/khong-co").status == 404


def test_traps_have_no_end() -> None:
    paper = Paper("trapped", 3, BASE, NOW)
    for target in ("/lich/2099-07", "/lich/2099-07-12", "/?sid=" + "a" * 32):
        assert paper.answer(target).status == 200
    section = paper.places[0].slug
    last = paper.answer(f"/{section}/?p=399").body.decode()
    assert paper.answer(f"/{section}/?p=398").status == 200
    assert set(_HREF.findall(last)) & {"/lich/2026-11"}


def test_requests_of_traps_are_counted() -> None:
    with serving("trapped", 3, NOW) as served:
        served.hits += ["/lich/2026-11", "/a-1.html?sid=ff", "/van-hoa/?xep=moi", "/"]
        assert served.trap_requests == {
            "calendar": 1,
            "session": 1,
            "facets": 1,
            "pagination": 0,
        }
