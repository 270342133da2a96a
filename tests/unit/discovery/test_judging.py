from __future__ import annotations

from itertools import chain

from scraper.discovery.links import MOST_WAITING, Judge

BASE = "https://bao.example"


def article(n: int) -> str:
    return f"{BASE}/kinh-te/bai-viet-{10_000 + n}.html"


def offered(judge: Judge[str], urls: list[str], **how: bool) -> list[str]:
    return [url for url in urls if judge.offer(url, url, **how)]


def test_ten_of_a_shape_that_nothing_is_known_of_are_tried() -> None:
    judge: Judge[str] = Judge()
    urls = [article(n) for n in range(30)]
    assert offered(judge, urls) == urls[:10]


def test_what_waits_is_released_once_three_were_good() -> None:
    judge: Judge[str] = Judge()
    urls = [article(n) for n in range(30)]
    offered(judge, urls)
    released = [judge.record(url, good=True) for url in urls[:3]]
    assert sorted(chain.from_iterable(released)) == sorted(urls[10:])
    assert judge.is_proved(article(99))
    assert offered(judge, [article(99)]) == [article(99)]


def test_a_trap_costs_ten_visits() -> None:
    judge: Judge[str] = Judge()
    asked, waiting = 0, [f"{BASE}/lich/{year}/01" for year in range(2000, 2090)]
    visited = offered(judge, waiting)
    while visited:
        asked += 1
        visited += judge.record(visited.pop(), good=False)
    assert asked == 10


def test_a_shape_that_turns_bad_is_tried_no_more() -> None:
    judge: Judge[str] = Judge()
    for n in range(4):
        judge.record(article(n), good=True)
    assert judge.is_proved(article(9))
    for n in range(12):
        judge.record(article(100 + n), good=False)
    assert not judge.is_proved(article(9))
    assert offered(judge, [article(9)]) == []


def test_the_word_of_a_feed_proves_a_shape() -> None:
    judge: Judge[str] = Judge()
    for n in range(3):
        judge.vouch(article(n))
    assert judge.is_proved(article(9))
    assert not judge.is_proved(f"{BASE}/gioi-thieu")


def test_what_is_not_likely_waits_until_its_shape_is_proved() -> None:
    judge: Judge[str] = Judge()
    assert offered(judge, [article(1)], likely=False) == []
    assert judge.record(article(2), good=True) == []
    assert judge.record(article(3), good=True) == []
    assert judge.record(article(4), good=True) == [article(1)]


def test_what_waits_is_bounded() -> None:
    judge: Judge[str] = Judge()
    offered(judge, [article(1)] * (MOST_WAITING + 100), likely=False)
    for n in range(2, 5):
        released = judge.record(article(n), good=True)
    assert len(released) == MOST_WAITING
