"""The replica portal at the address and with the news of last time."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from scraper import clock
from scraper.errors import ConfigurationError, ScraperError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"
STATE = "demo.json"


@dataclass(frozen=True, slots=True)
class _Last:
    port: int
    now: datetime


@contextmanager
def serve_same_replica(home: Path, *, size: int, port: int = 0) -> Iterator[str]:
    """Run the replica for the length of the block; yield its base address.

    An article's address holds port and time, so both are kept in *home*: a second run
    meets the same articles. A *port* above 0 is taken; else the last one, or a free
    one. Raises ConfigurationError where *home* or *port* cannot be used, ScraperError
    where the portal does not start.
    """
    from scraper.demo import serving

    last = _load(home)
    if port and not is_free(port):
        raise ConfigurationError(f"port {port} is taken; leave --port out")
    chosen = port or (last.port if last and is_free(last.port) else 0)
    now = last.now if last else clock.now().replace(minute=0, second=0, microsecond=0)
    try:
        with serving(size, now=now, port=chosen) as replica:
            _save(home, _Last(int(replica.base.rpartition(":")[2]), now))
            yield replica.base
    except RuntimeError as error:
        raise ScraperError(f"demo: {error}") from error


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _load(home: Path) -> _Last | None:
    try:
        state = json.loads((home / STATE).read_text("utf-8"))
        return _Last(int(state["port"]), datetime.fromisoformat(state["now"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _save(home: Path, last: _Last) -> None:
    state = {"port": last.port, "now": last.now.isoformat()}
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / STATE).write_text(json.dumps(state) + "\n", "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{home} cannot be written ({error}); set TINSACH_HOME to another folder"
        ) from error
