"""The store in a process of its own: what saving costs is not taken from the crawl.

In a thread, SQL and JSON hold the interpreter's lock for a millisecond an article, which
is as long as everything else that the crawl's process does for it.
"""

from __future__ import annotations

import atexit
import signal
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from scraper.errors import StorageError
from scraper.storage import open_store
from scraper.workers.process import die_with_parent, worker_context

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from scraper.storage import Store

    Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class StoreProcess:
    """Does what the :class:`~scraper.storage.Store` at *url* does, for one thread at a time."""

    def __init__(self, url: str | None) -> None:
        context = worker_context()
        self._pipe, end = context.Pipe()
        self._process = context.Process(target=_serve, args=(end, url), name="store")
        self._process.start()
        end.close()
        atexit.register(self.close)  # before multiprocessing waits for the process

    def call(self, method: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        """Return, or raise, what *method* of the store does: "save", "jobs.lease"."""
        try:
            self._pipe.send((method, arguments, options))
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise StorageError(
                "the process that writes the store has ended; what it last said stands"
                " above, run the crawl again for what is missing"
            ) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End the process once it has done what it was asked; twice does no harm."""
        atexit.unregister(self.close)
        self._pipe.close()
        self._process.join()


def _serve(pipe: Connection, url: str | None) -> None:
    """Do what comes until the other end closes; signals are for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    die_with_parent()
    try:
        with open_store(url) as store:
            while True:
                pipe.send(_answer(store, pipe.recv()))
    except EOFError:
        pass
    except StorageError as error:
        pipe.send(error)


def _answer(store: Store, call: Call) -> Any:  # noqa: ANN401
    method, arguments, options = call
    try:
        return attrgetter(method)(store)(*arguments, **options)
    except Exception as error:
        return error
