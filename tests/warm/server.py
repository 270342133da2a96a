"""The process that is forked: imports what tests run, then serves clients.

``main(SOCKET, PYTHON)``: PYTHON is the client that stands in for the interpreter.
Ends when its standard input does.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import fcntl
import importlib
import marshal
import multiprocessing
import os
import pkgutil
import random
import runpy
import selectors
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from tests.garbage import made_to_last

if TYPE_CHECKING:
    from collections.abc import Callable

_LIBRARIES = (
    "alembic.runtime.environment",
    "alembic.script",
    "feedparser",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "sqlalchemy.dialects.sqlite",
)
_LEFT_OUT = ("__main__", "scraper.settings", "scraper.storage.migrations")
"""Modules that do something, or read the environment, when they are imported."""
_MOST_FDS = 250
_ABOVE_ALL = 10_000
"""Descriptors from here on are those received, until each has the number it is to have."""


@dataclass
class Job:
    """What a client wants run; *fds* are its descriptors, as received, by their numbers."""

    arguments: list[str]
    folder: str
    environment: dict[bytes, bytes]
    fds: dict[int, int]


def main(address: str, python: str) -> None:
    """Serve until standard input ends; a fork runs its job and returns."""
    base_path = sys.path[2:]
    with made_to_last():
        _preload()
    assert "twisted.internet.reactor" not in sys.modules
    job = Server(address).serve()
    if job is not None:
        _become(job, python)
        _exit_after(lambda: _run(job.arguments, base_path))


def _preload() -> None:
    """Import the product, and the components that every Scrapy crawl has."""
    import scraper

    for name in _LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(scraper.__path__, "scraper."):
        if not any(left_out in module.name for left_out in _LEFT_OUT):
            importlib.import_module(module.name)
    for name, components in vars(default_settings).items():
        if name.endswith("_BASE") and isinstance(components, dict):
            for path in components:
                if isinstance(path, str) and "." in path:
                    load_object(path)


class Server:
    """Forks for each client at *address*, and tells it how its fork ended."""

    def __init__(self, address: str) -> None:
        self._clients: dict[int, socket.socket] = {}
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(address)
        self._listener.listen(64)
        self._ended, wakeup = os.pipe()
        os.set_blocking(wakeup, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> Job | None:
        """Return None at the end of standard input, in a fork its job."""
        os.write(1, b"ready\n")
        while True:
            with selectors.DefaultSelector() as selector:
                for source in (0, self._listener, self._ended):
                    selector.register(source, selectors.EVENT_READ)
                for pid, client in self._clients.items():
                    selector.register(client, selectors.EVENT_READ, pid)
                ready = [key for key, _ in selector.select()]
            for key in ready:
                if key.fileobj == 0:
                    return self._kill_all()
                if key.fileobj is self._listener:
                    if job := self._fork():
                        return job
                elif key.fileobj == self._ended:
                    os.read(self._ended, 4096)
                    self._reap()
                else:
                    self._forward(key.data)

    def _fork(self) -> Job | None:
        """Return the job of a new client in its fork, None here."""
        client, _ = self._listener.accept()
        job = _receive(client)
        if job is None:
            return None
        pid = os.fork()
        if pid == 0:
            return job
        self._clients[pid] = client
        for number in job.fds.values():
            os.close(number)
        return None

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                code = os.waitstatus_to_exitcode(ended[1])
                if client := self._clients.pop(ended[0], None):
                    with contextlib.suppress(OSError), client:
                        client.sendall(bytes((max(code, 0), max(-code, 0))))

    def _forward(self, pid: int) -> None:
        """Pass on the signals that a client had; one that is gone was killed."""
        client = self._clients.get(pid)
        if client is None:
            return
        numbers = b""
        with contextlib.suppress(OSError):
            numbers = client.recv(64)
        if not numbers:
            self._clients.pop(pid).close()
        for number in numbers or [signal.SIGKILL]:
            os.kill(pid, number)

    def _kill_all(self) -> None:
        for pid in self._clients:
            os.kill(pid, signal.SIGKILL)


def _receive(client: socket.socket) -> Job | None:
    size, ancillary, _, _ = client.recvmsg(4, socket.CMSG_SPACE(_MOST_FDS * 4))
    received = array.array("i")
    for _, _, data in ancillary:
        received.frombytes(data)
    wanted = int.from_bytes(size, "big")
    with client.makefile("rb") as stream:
        packed = stream.read(wanted)
    if not packed or len(packed) < wanted:  # the client was killed meanwhile
        for number in received:
            os.close(number)
        return None
    arguments, folder, environment, numbers = marshal.loads(packed)
    return Job(
        arguments, folder, environment, dict(zip(numbers, received, strict=True))
    )


def _become(job: Job, python: str) -> None:
    """Make this fork what the client would be, were it the interpreter."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _take_descriptors(job.fds)
    _open_streams()
    os.setpgid(0, 0)
    os.chdir(job.folder)
    os.environb.clear()
    os.environb.update(job.environment)
    time.tzset()
    random.seed()
    sys.executable = python
    multiprocessing.set_executable(python)
    _measure()


def _take_descriptors(fds: dict[int, int]) -> None:
    """Close all that is open, and give each of *fds* its number."""
    moved = {
        number: fcntl.fcntl(received, fcntl.F_DUPFD, _ABOVE_ALL)
        for number, received in fds.items()
    }
    os.closerange(0, _ABOVE_ALL)
    for number, high in moved.items():
        os.dup2(high, number)
    os.closerange(_ABOVE_ALL, _ABOVE_ALL + _MOST_FDS)


def _open_streams() -> None:
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        with contextlib.suppress(OSError):
            stream = open(number, "w" if number else "r", closefd=False)  # noqa: SIM115
            stream.reconfigure(line_buffering=stream.isatty() or number == 2)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)


def _measure() -> None:
    """Measure coverage in this process, if the environment asks for it."""
    if (
        "COVERAGE_PROCESS_CONFIG" in os.environ
        or "COVERAGE_PROCESS_START" in os.environ
    ):
        import coverage

        coverage.process_startup(force=True)
        if measuring := coverage.Coverage.current():
            measuring._collector.data_lock = _Lock()


class _Lock:
    """The lock of coverage, which a Ctrl-C would leave locked for good.

    A KeyboardInterrupt may be raised between its acquisition and the code that frees it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def acquire(self) -> None:
        self._lock.acquire(timeout=2)

    def release(self) -> None:
        with contextlib.suppress(RuntimeError):  # was not freed in time
            self._lock.release()

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def _run(arguments: list[str], base_path: list[str]) -> None:
    """Do what ``python *arguments*`` does."""
    flags, arguments = _split(arguments)
    is_safe = "-P" in flags or os.environ.get("PYTHONSAFEPATH")
    folders = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:] = [*filter(None, folders), *base_path]
    for flag in flags:
        if flag.startswith("-W"):
            warnings.simplefilter(flag[2:])
    names = sys.modules["__main__"].__dict__
    for name in ("__file__", "__cached__"):
        names.pop(name, None)
    names["__spec__"] = None
    what, *rest = arguments
    if what == "-m":
        sys.argv = rest
        sys.path[:0] = [] if is_safe else [str(Path.cwd())]
        runpy._run_module_as_main(rest[0], alter_argv=True)
    elif what == "-c":
        sys.argv = ["-c", *rest[1:]]
        sys.path[:0] = [] if is_safe else [""]
        exec(compile(rest[0], "<string>", "exec"), names)
    else:
        sys.argv = arguments
        path = Path(what)
        sys.path[:0] = [] if is_safe else [str(path.resolve().parent)]
        names["__file__"] = what
        exec(compile(path.read_bytes(), what, "exec"), names)


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Return the flags of the interpreter, ``-W error`` as one, and what follows them."""
    flags = []
    rest = list(arguments)
    while rest[0] not in ("-c", "-m") and rest[0].startswith("-"):
        flag = rest.pop(0)
        flags.append(flag + rest.pop(0) if flag == "-W" else flag)
    return flags, rest


def _exit_after(program: Callable[[], None]) -> NoReturn:
    """End as the interpreter does after *program*, but for freeing all that it holds."""
    code = 0
    try:
        program()
    except SystemExit as error:
        if error.code is not None and not isinstance(error.code, int):
            sys.stderr.write(f"{error.code}\n")
            code = 1
        else:
            code = error.code or 0
    except KeyboardInterrupt:
        traceback.print_exc()
        code = -signal.SIGINT
    except BaseException:
        traceback.print_exc()
        code = 1
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code & 0xFF)
