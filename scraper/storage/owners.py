"""The process that began a run: its name, and whether it has ended."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_STARTED = 21
"""Of the fields in /proc/PID/stat, counted from 0: proc_pid_stat(5), starttime."""


@dataclass(frozen=True, slots=True)
class Owner:
    """*name* is "machine:process". *process* identifies it among all processes ever.

    It is "boot namespace number start": the boot of the machine, the PID namespace, and
    the number and the start of the process there. It is "" if the system does not provide
    all of them: not Linux, or a /proc of another namespace or without ``sys``.
    """

    name: str
    process: str = ""


def owner_of(number: int) -> Owner:
    """Return process *number* of this PID namespace as an owner."""
    name = f"{socket.gethostname()}:{number}"
    space, start = _space(), _start_of(number)
    return Owner(name, f"{space} {number} {start}" if space and start else "")


def this_process() -> Owner:
    return owner_of(os.getpid())


def has_ended(process: str) -> bool:
    """Return True if *process*, of an Owner, has ended; False if that is unknown.

    The number of a process means nothing in another namespace, such as a container's.
    """
    space, *rest = process.rsplit(" ", 2)
    if len(rest) < len(("number", "start")) or space != _space():
        return False
    number, start = rest
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return _start_of(int(number)) not in {start, None}


def _space() -> str:
    """Return boot and PID namespace, in which processes are numbered; "" if unknown."""
    try:
        if (_PROC / "self").readlink() != Path(str(os.getpid())):
            return ""  # of another namespace, as is the rest of it
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {(_PROC / 'self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _start_of(number: int) -> str | None:
    """Return when process *number* began, "" for one that has ended, None if unknown.

    One that has ended stays a zombie if its parent, often a container's, never waits.
    """
    try:
        stat = (_PROC / str(number) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    fields = ["", "", *stat.rpartition(")")[2].split()]
    return "" if fields[2] == "Z" else fields[_STARTED]
