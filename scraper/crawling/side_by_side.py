"""Work on addresses: those of one host one after the other, all hosts side by side."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Full, Queue
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

R = TypeVar("R")
HOSTS = 64
"""Hosts of which an address is worked on at the same moment."""
_AHEAD = 256
"""Outcomes that wait to be taken; then nothing more is begun."""
_TICK = 0.2


class SideBySide(Generic[R]):
    """What *task* makes of each of *urls*, which may come slowly and without an end."""

    def __init__(self, task: Callable[[str], R], urls: Iterable[str]) -> None:
        self._task = task
        self._lock = threading.Lock()
        self._waiting: defaultdict[str, deque[tuple[int, str]]] = defaultdict(deque)
        self._outcomes: Queue[tuple[int, str, R | BaseException]] = Queue(_AHEAD)
        self._total: int | None = None
        self._broken: BaseException | None = None
        self._ended = False
        self._threads = ThreadPoolExecutor(HOSTS, thread_name_prefix="host")
        threading.Thread(target=self._take, args=(urls,), daemon=True).start()

    def outcomes(self, *, ordered: bool) -> Iterator[tuple[str, R | ScraperError]]:
        """Yield each address with what became of it, as they come or as they were given.

        An error that is no ScraperError is raised, as is one of the addresses' iterator.
        """
        try:
            numbered = self._numbered()
            for _, url, outcome in _in_order(numbered) if ordered else numbered:
                if isinstance(outcome, BaseException) and not isinstance(
                    outcome, ScraperError
                ):
                    raise outcome
                yield url, outcome
        finally:
            self._ended = True
            self._threads.shutdown(wait=False, cancel_futures=True)

    def _numbered(self) -> Iterator[tuple[int, str, R | BaseException]]:
        taken = 0
        while taken != self._total:
            try:
                outcome = self._outcomes.get(timeout=_TICK)
            except Empty:
                continue
            taken += 1
            yield outcome
        if self._broken is not None:
            raise self._broken

    def _take(self, urls: Iterable[str]) -> None:
        given = 0
        try:
            for url in urls:
                if self._ended:
                    return
                self._add(given, url)
                given += 1
        except BaseException as error:  # raised where the outcomes are taken
            self._broken = error
        self._total = given

    def _add(self, number: int, url: str) -> None:
        host = _host_of(url)
        with self._lock:
            self._waiting[host].append((number, url))
            is_first = len(self._waiting[host]) == 1
        if is_first:
            self._threads.submit(self._work, host)

    def _work(self, host: str) -> None:
        """Work on the first address that waits of *host*; then the other hosts' turn."""
        number, url = self._waiting[host][0]
        outcome: R | BaseException
        try:
            outcome = self._task(url)
        except BaseException as error:
            outcome = error
        self._put((number, url, outcome))
        with self._lock:
            self._waiting[host].popleft()
            if not self._waiting[host]:
                del self._waiting[host]
                return
        if not self._ended:
            self._threads.submit(self._work, host)

    def _put(self, outcome: tuple[int, str, R | BaseException]) -> None:
        while not self._ended:
            try:
                self._outcomes.put(outcome, timeout=_TICK)
            except Full:
                continue
            return


def _in_order(
    numbered: Iterable[tuple[int, str, R | BaseException]],
) -> Iterator[tuple[int, str, R | BaseException]]:
    ahead = {}
    following = 0
    for outcome in numbered:
        ahead[outcome[0]] = outcome
        while following in ahead:
            yield ahead.pop(following)
            following += 1


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url
