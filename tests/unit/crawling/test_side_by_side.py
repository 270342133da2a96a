"""Hosts side by side, the addresses of each one after the other."""

from __future__ import annotations

import threading
from itertools import count

import pytest

from scraper.crawling.fetch import HOSTS, SideBySide
from scraper.errors import FetchRefused

URLS = [f"http://host-{n % 5}/{n}" for n in range(40)]


def test_outcomes_come_in_the_order_given_or_as_they_come() -> None:
    last = threading.Event()

    def slow_first(url: str) -> str:
        if url == URLS[0]:
            last.wait(30)
        if url == URLS[-1]:
            last.set()
        return url

    ordered = SideBySide(slow_first, URLS).outcomes(ordered=True)
    assert list(ordered) == [(url, url) for url in URLS]
    last.clear()
    found = [url for url, _ in SideBySide(slow_first, URLS).outcomes(ordered=False)]
    assert sorted(found) == sorted(URLS)
    assert found[0] != URLS[0]


def test_of_one_host_one_address_is_worked_on_at_a_time_and_hosts_meet() -> None:
    lock, busy = threading.Lock(), set()
    together = threading.Barrier(5, timeout=30)

    def alone(url: str) -> None:
        host = url.split("/")[2]
        with lock:
            assert host not in busy
            busy.add(host)
        together.wait()
        with lock:
            busy.remove(host)

    assert len(list(SideBySide(alone, URLS).outcomes(ordered=False))) == len(URLS)


def test_a_failure_is_an_outcome_and_a_mistake_is_raised() -> None:
    def fail(url: str) -> str:
        raise (FetchRefused if "host-1" in url else KeyError)(url)

    (outcome,) = SideBySide(fail, ["http://host-1/"]).outcomes(ordered=True)
    assert isinstance(outcome[1], FetchRefused)
    with pytest.raises(KeyError):
        list(SideBySide(fail, ["http://host-2/"]).outcomes(ordered=True))


def test_an_error_of_the_addresses_is_raised_after_what_came_before() -> None:
    def broken():
        yield "http://host-1/"
        raise OSError("the list is gone")

    outcomes = SideBySide(str, broken()).outcomes(ordered=True)
    assert next(outcomes) == ("http://host-1/", "http://host-1/")
    with pytest.raises(OSError, match="the list is gone"):
        next(outcomes)


def test_outcomes_of_addresses_that_never_end_come_while_they_come() -> None:
    endless = (f"http://host-{n}/" for n in count())
    outcomes = SideBySide(str, endless).outcomes(ordered=True)
    assert [next(outcomes)[0] for _ in range(3)] == [
        f"http://host-{n}/" for n in range(3)
    ]
    outcomes.close()


def test_no_address_gives_no_outcome() -> None:
    assert list(SideBySide(str, []).outcomes(ordered=True)) == []


def test_more_hosts_than_threads_are_all_worked_on() -> None:
    urls = [f"http://host-{n}/" for n in range(2 * HOSTS)]
    assert len(list(SideBySide(str, urls).outcomes(ordered=False))) == len(urls)
