"""One thread that saves, so that the store never holds up the crawl."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.items import Article
    from scraper.storage import Outcome, Store

    Waiting = tuple[Article, Future[Outcome]]

BATCH = 50


class Writer:
    """Saves articles in batches; owns *store* and closes it.

    What arrives while a batch is being saved forms the next one: nothing waits for a
    batch to fill.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.waiting: SimpleQueue[Waiting] = SimpleQueue()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="store")

    def save(self, article: Article) -> Future[Outcome]:
        """Return the future outcome; it is set after the commit, or to its error."""
        done: Future[Outcome] = Future()
        self.waiting.put((article, done))
        self.thread.submit(self._save_batch)
        return done

    def close(self) -> None:
        """Save what waits, then close the store."""
        self.thread.shutdown()
        self.store.close()

    def _save_batch(self) -> None:
        batch: list[Waiting] = []
        while len(batch) < BATCH and not self.waiting.empty():
            batch.append(self.waiting.get())
        if not batch:  # an earlier call took them all
            return
        try:
            outcomes = self.store.save([article for article, _ in batch])
        except Exception as error:  # whatever it is, somebody waits for it
            for _, done in batch:
                done.set_exception(error)
        else:
            for (_, done), outcome in zip(batch, outcomes, strict=True):
                done.set_result(outcome)
