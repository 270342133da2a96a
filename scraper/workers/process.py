"""Start worker processes with their limits; run the store in a process of its own."""

from __future__ import annotations

import atexit
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import current_process
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from scraper.errors import StorageError
from scraper.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from typing import Concatenate

    from scraper.storage import Jobs, Store

    Call = tuple[Callable[..., object], tuple[object, ...], dict[str, object]]
    Part = TypeVar("Part", Store, Jobs)


_INSTALLED = "tinsach"
"""Preloaded first: it ensures that ``scraper`` is the installed package."""
_STORE = "scraper.storage.opening"
"""Preloaded for crawls, whose store has a process beside the workers."""
_EXTRACTION = "scraper.workers.preload"
"""Preloaded last: it takes all that is loaded from the garbage collector."""
_SAFE_PATH = "PYTHONSAFEPATH"


_MAIN = "__main__"
_SOCKET = "/listener-12345678"
"""The name of a socket of multiprocessing."""
_LONGEST_SOCKET = 103
"""The most bytes of a socket's path: 107 on Linux, 103 on macOS (unix(7), unix(4))."""
_swapping = threading.Lock()
_starting = threading.Lock()
"""Held while a process is started, because global state is changed meanwhile."""
MEMORY_ABOVE_START = 2 << 30
"""Bytes of address space that a worker may allocate beyond those at its start."""
MMAP_THRESHOLD = 128 * 1024
"""Bytes from which on a freed buffer is returned to the system; a page has 274 kB."""
ARENAS = 2
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8


class _Process(ForkServerProcess):
    """A process that does not run its parent's main module."""

    def start(self) -> None:
        with may_have_children():
            super().start()

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:  # noqa: ANN401, N802
        with _without_main():
            return ForkServerProcess._Popen(process_obj)


class _Context(ForkServerContext):
    Process = _Process


def worker_context(*, with_store: bool = False) -> ForkServerContext:
    """Return the context that pools, and *with_store* a store's process, are started in.

    The first one starts the fork server, which imports in parallel to this process.
    """
    context = _Context()
    store = [_STORE] if with_store else []
    context.set_forkserver_preload([_INSTALLED, *store, _EXTRACTION])
    _start_fork_server()
    return context


def _start_fork_server() -> None:
    """Start the fork server unless it runs, with SIGINT blocked: the parent handles it.

    The server ignores SIGINT by itself, but only after it has imported the preloaded
    modules.
    """
    with _starting, _safe_path(), _own_folder():
        resource_tracker.ensure_running()  # first: its start unblocks SIGINT
        _ensure_running()


def _ensure_running() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the working folder off the import path of interpreters started meanwhile.

    multiprocessing starts them with ``-c``, which would import from there first.
    """
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


@contextmanager
def _own_folder() -> Iterator[None]:
    """Put the socket of the fork server into the temporary folder of this process.

    multiprocessing would create a folder ``pymp-…``, which a killed process leaves behind
    and which looks like those of other programs.
    """
    config: dict[str, Any] = current_process()._config  # type: ignore[attr-defined]
    if "tempdir" in config:
        yield
        return
    config["tempdir"] = str(_socket_folder())
    try:
        yield
    finally:
        del config["tempdir"]


def _socket_folder() -> Path:
    """Return the folder of this process, or one in /tmp if its path is too long."""
    folder = scratch_folder()
    is_short = len(os.fsencode(folder)) + len(_SOCKET) <= _LONGEST_SOCKET
    return folder if is_short else scratch_folder(Path("/tmp"))  # noqa: S108  its own


@contextmanager
def may_have_children() -> Iterator[None]:
    """Allow a daemon of multiprocessing, such as a worker of its Pool, to start a child.

    multiprocessing forbids it, as the child would be left behind; ours end with their
    parent.
    """
    config: dict[str, Any] = current_process()._config  # type: ignore[attr-defined]
    with _starting:
        was_daemon = config.pop("daemon", None)
        try:
            yield
        finally:
            if was_daemon is not None:
                config["daemon"] = was_daemon


@contextmanager
def _without_main() -> Iterator[None]:
    """Replace the main module by one without a file, as in an interactive session."""
    with _swapping:
        main = sys.modules[_MAIN]
        sys.modules[_MAIN] = ModuleType(_MAIN)
        try:
            yield
        finally:
            sys.modules[_MAIN] = main


def prepare_worker() -> None:
    """Make the worker end with its parent, limit its memory, reset its signal handlers.

    SIGINT is ignored, since the parent shuts down in order. SIGTERM, and SIGALRM at a
    page's time-out, kill at once, even in a regular expression that never ends.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    die_with_parent()
    limit_memory(MEMORY_ABOVE_START)


def die_with_parent() -> None:
    """Make this process end with its parent, whatever either is doing.

    The sentinel is a pipe whose other end only the parent holds. Linux sends the
    signal itself when that end closes (fcntl(2), F_SETSIG), so that code which never
    gives up the interpreter lock dies too. PR_SET_PDEATHSIG would watch the fork
    server, which lives as long as any worker.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        _signal_at_hangup(parent.sentinel)
        if wait([parent.sentinel], timeout=0):  # it died before the signal was set
            os._exit(1)
    else:
        threading.Thread(
            target=_exit_at_hangup, args=(parent.sentinel,), daemon=True
        ).start()


def _signal_at_hangup(pipe: int) -> None:
    import fcntl

    fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    flags = fcntl.fcntl(pipe, fcntl.F_GETFL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, flags | os.O_ASYNC)


def _exit_at_hangup(pipe: int) -> None:
    wait([pipe])
    os._exit(1)


def limit_memory(above_start: int) -> None:
    """Let this process take *above_start* more bytes of address space, then no more.

    Beyond that, an allocation raises MemoryError. A lower limit stays. Does nothing if the
    system does not report the memory in use (no /proc).
    """
    statm = Path("/proc/self/statm")
    if not statm.exists():
        return
    import resource

    in_use = int(statm.read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    bounds = [b for b in (soft, hard) if b != resource.RLIM_INFINITY]
    limit = min([in_use + above_start, *bounds])
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def tune_heap() -> None:
    """Collect garbage less often, and return large buffers to the system at once.

    Twisted and extraction create some thousand short-lived objects a page; with Python's
    default thresholds a tenth of the time goes into traversing the others. glibc raises
    its threshold to the largest freed buffer, and keeps smaller ones in one arena a
    thread: a long crawl grew by a third for that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    limit_arenas()


def limit_arenas() -> bool:
    """Make the C library return the buffers of pages; return False if it is not glibc."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    accepted = mallopt(_M_MMAP_THRESHOLD, MMAP_THRESHOLD)
    return bool(mallopt(_M_ARENA_MAX, ARENAS) and accepted)


P = ParamSpec("P")
R = TypeVar("R")


class StoreProcess:
    """Call methods of the store at *url*, or of its ``jobs``, in another process.

    Saving takes no time from the crawl: in a thread, SQL and JSON would hold the
    interpreter lock for a millisecond an article, as long as everything else that the
    crawl's process does for it. Only one thread at a time may call.
    """

    def __init__(self, url: str | None) -> None:
        context = worker_context(with_store=True)
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
                "the process that writes the store has ended; its last messages are"
                " above. Run the crawl again to fetch what is missing"
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
    from scraper.storage import open_store

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
    is_of_jobs = getattr(type(store.jobs), method.__name__, None) is method
    part = store.jobs if is_of_jobs else store
    try:
        return method(part, *arguments, **options)
    except Exception as error:
        return error
