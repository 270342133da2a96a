"""A command that runs until it is told to end: by Ctrl-C, SIGTERM, or its reader going."""

from __future__ import annotations

import os
import select
import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether the end was asked for; a line that is being written is written whole."""

    def __init__(self, waker: int) -> None:
        self.asked = False
        self._waker = waker

    def wait(self, seconds: float, results: BinaryIO) -> None:
        """Wait so long, or until the end is asked for.

        Raises BrokenPipeError where nobody can read *results* any more.
        """
        poll = select.poll()
        poll.register(self._waker, select.POLLIN)
        with suppress(OSError, ValueError):  # it has no number
            poll.register(results.fileno(), 0)
        if any(number != self._waker for number, _ in poll.poll(seconds * 1000)):
            raise BrokenPipeError


@contextmanager
def stopping() -> Iterator[Stop]:
    """Yield what says whether to stop; within, the second signal ends as ever."""
    waker, wake = os.pipe()
    stop = Stop(waker)
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def ask(number: int, _frame: object) -> None:
        stop.asked = True
        os.write(wake, b"!")
        signal.signal(number, before[signal.Signals(number)])

    try:
        for number in _SIGNALS:
            signal.signal(number, ask)
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(waker)
        os.close(wake)
