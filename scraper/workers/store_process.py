"""The store in a process of its own, so that saving takes no time from the crawl.

In a thread, SQL and JSON would hold the interpreter lock for a millisecond an article,
as long as everything else that the crawl's process does for it.
"""

from __future__ import annotations

import atexit
import signal
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from scraper.errors import StorageError
from scraper.storage import Jobs, Store, open_store
from scraper.workers.process import die_with_parent, worker_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from typing import Concatenate

    Call = tuple[Callable[..., object], tuple[object, ...], dict[str, object]]

P = ParamSpec("P")
R = TypeVar("R")
Part = TypeVar("Part", Store, Jobs)
"""What has the method that is called: a store, or its ``jobs``."""


class StoreProcess:
    """Call methods of the :class:`~scraper.storage.Store` at *url* in another process.

    Only one thread at a time may call.
    """

    def __init__(self, url: str | None) -> None:
        context = worker_context()
        self._pipe, end = context.Pipe()
        self._process = context.Process(target=_serve, args=(end, url), name="store")
        self._process.start()
        end.close()
        atexit.register(self.close)  # before multiprocessing waits for the process

    def call(
        self,
        method: Callable[Concatenate[Part, P], R],
        *arguments: P.args,
        **options: P.kwargs,
    ) -> R:
        """Return, or raise, what *method* does: ``call(Store.save, articles)``.

        Raises StorageError if the process has ended.
        """
        try:
            self._pipe.send((method, arguments, options))
            answer: R | Exception = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise StorageError(
                "the process that writes the store has ended; what it last said stands"
                " above, run the crawl again for what is missing"
            ) from error
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End the process after the current call; idempotent."""
        atexit.unregister(self.close)
        self._pipe.close()
        self._process.join()


def _serve(pipe: Connection, url: str | None) -> None:
    """Answer calls until the other end closes; ignore signals, the parent handles them."""
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


def _answer(store: Store, call: Call) -> object:
    method, arguments, options = call
    part = store.jobs if getattr(Jobs, method.__name__, None) is method else store
    try:
        return method(part, *arguments, **options)
    except Exception as error:
        return error
