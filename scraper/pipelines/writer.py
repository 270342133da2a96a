"""One thread that saves, so that the store never holds up the crawl."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.items import Article
    from scraper.pipelines.store_process import StoreProcess
    from scraper.storage import Outcome, Store

    Waiting = tuple[Article, Future[Outcome]]

BATCH = 50
LINGER = 0.02
"""Seconds that a batch may fill; what a transaction costs is shared by its articles."""


class Writer:
    """Saves articles in batches; owns *store* and closes it.

    What arrives while a batch is being saved, or LINGER after the first, forms the
    next one.
    """

    def __init__(self, store: Store | StoreProcess) -> None:
        self.store = store
        self.lock = threading.Lock()
        self.waiting: list[Waiting] = []
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    def save(self, article: Article) -> Future[Outcome]:
        """Return the future outcome; it is set after the commit, or to its error."""
        done: Future[Outcome] = Future()
        with self.lock:
            self.waiting.append((article, done))
            is_first = len(self.waiting) == 1
        if is_first:
            self.thread.submit(self._save_waiting)
        return done

    def close(self) -> None:
        """Save what waits, then close the store."""
        self.thread.shutdown()
        self.store.close()

    def _save_waiting(self) -> None:
        time.sleep(LINGER)
        with self.lock:
            waiting, self.waiting = self.waiting, []
        for start in range(0, len(waiting), BATCH):
            self._save_batch(waiting[start : start + BATCH])

    def _save_batch(self, batch: list[Waiting]) -> None:
        try:
            outcomes = self.store.save([article for article, _ in batch])
        except Exception as error:  # whatever it is, somebody waits for it
            for _, done in batch:
                done.set_exception(error)
        else:
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                done.set_result(outcome)
