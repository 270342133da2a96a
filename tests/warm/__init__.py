"""Python processes that start in milliseconds: forks of one that has imported it all.

``Warm`` runs that process (:mod:`tests.warm.server`) and makes a folder with a ``python``,
``tinsach`` and ``scrapy``: small clients (:mod:`tests.warm.client`) that hand arguments,
environment, working folder and file descriptors to it and end as its fork ends. What a
fork starts by ``sys.executable`` or multiprocessing is warm too.

A warm process differs from a cold one: modules are imported already, interpreter flags
(``-P``, ``-I``) and the locale are those of the server, and its parent is the server.
Tests of these start COLD, the interpreter itself; with TINSACH_TESTS_COLD=1 all do.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
COLD = sys.executable
_CLIENT = Path(__file__).with_name("client.py")
_PROGRAM = (
    f"import sys; sys.path.insert(1, {str(ROOT)!r});"
    "from tests.warm.server import main; main(*sys.argv[1:])"
)


class Warm:
    """The server and its folder of clients, until it is closed.

    Coverage is measured in the forks whose environment asks for it, not in the server.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="warm"))
        address = self.folder / "socket"
        bin_of_python = Path(COLD).parent
        for name in ("python", "tinsach", "scrapy"):
            head = f"#!{COLD} -ISs\nSOCKET = {str(address)!r}\n"
            script = "" if name == "python" else str(bin_of_python / name)
            client = self.folder / name
            client.write_text(f"{head}SCRIPT = {script!r}\n{_CLIENT.read_text()}")
            client.chmod(0o755)
        self.python = str(self.folder / "python")
        self._server = subprocess.Popen(
            [COLD, "-c", _PROGRAM, str(address), self.python],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={n: v for n, v in os.environ.items() if not n.startswith("COVERAGE_")},
        )
        self._server.stdout.readline()  # it listens

    def close(self) -> None:
        self._server.communicate()
        shutil.rmtree(self.folder)


class _Cold:
    """Stands in for Warm: the interpreter itself."""

    python = COLD
    folder = Path(COLD).parent

    def close(self) -> None:
        pass


_running: list[Warm | _Cold] = []


def warm() -> Warm | _Cold:
    """Return the server of this test process, started when it is first asked for."""
    if not _running:
        _running.append(_Cold() if os.environ.get("TINSACH_TESTS_COLD") else Warm())
    return _running[0]


@contextmanager
def executable() -> Iterator[None]:
    """Let ``sys.executable`` and the starts of multiprocessing be warm for the block."""
    sys.executable = warm().python
    multiprocessing.set_executable(sys.executable)
    try:
        yield
    finally:
        sys.executable = COLD
        multiprocessing.set_executable(COLD)


def close() -> None:
    """End the server, if there is one."""
    while _running:
        _running.pop().close()
