"""The replica in a child process that cannot outlive its parent."""

from __future__ import annotations

import subprocess
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.demo.desk import this_hour
from scraper.demo.portal import Portal
from scraper.demo.server import READY
from scraper.import_path import module_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_START_LIMIT = 30.0
_END_LIMIT = 5.0


@dataclass(frozen=True)
class Served:
    """A running replica: its address, its truth, the id of its process."""

    base: str
    portal: Portal
    pid: int


@contextmanager
def serving(
    size: int = 300, *, seed: int = 0, now: datetime | None = None, port: int = 0
) -> Iterator[Served]:
    """Run the replica in a child process for the length of the block.

    The child ends when the block does, and when this process dies: it watches its
    standard input. Ctrl-C is left to this process. Raises RuntimeError where it does not start within 30 seconds.
    """
    moment = now or this_hour()
    options = {"size": size, "seed": seed, "port": port, "now": moment.isoformat()}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with spawned("scraper.demo", "--until-eof", *arguments) as (child, base):
        yield Served(base, Portal(size, seed, base, moment), child.pid)


@contextmanager
def spawned(
    module: str, *arguments: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run *module*, a server, for the length of the block; yield it and its address.

    It is to print where it listens and to end with its standard input. Raises
    RuntimeError where it does not start within 30 seconds.
    """
    with subprocess.Popen(  # noqa: S603  our own module
        module_command(module, *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as child:
        try:
            yield child, _address(child)
        finally:
            _end(child)


def _address(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None  # noqa: S101  it is a pipe
    alarm = threading.Timer(_START_LIMIT, child.kill)
    alarm.start()
    try:
        line = child.stdout.readline()
    finally:
        alarm.cancel()
    if not line.startswith(READY):
        raise RuntimeError(f"the replica portal did not start: it said {line!r}")
    return line.removeprefix(READY).strip()


def _end(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None  # noqa: S101  it is a pipe
    with suppress(BrokenPipeError):  # it died with a line unread
        child.stdin.close()
    try:
        child.wait(_END_LIMIT)
    except subprocess.TimeoutExpired:
        child.kill()
