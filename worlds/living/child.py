"""A world in a child process whose moment this process sets."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.demo.server import spawned
from worlds.living.world import World

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from datetime import datetime

    from worlds.living.plan import Plan


@dataclass(frozen=True)
class ServedWorld:
    """A running world: its address, what is true of it, the id of its process."""

    base: str
    world: World
    pid: int
    _child: subprocess.Popen[str]

    def set_time(self, moment: datetime) -> None:
        """Let it be *moment* there: every later request is answered as of then.

        Raises RuntimeError if the process is gone, ValueError if *moment* has no
        offset.
        """
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no offset: write +07:00 to it")
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        line = f"{moment.isoformat()}\n"
        with suppress(BrokenPipeError):
            self._child.stdin.write(line)
            self._child.stdin.flush()
        if self._child.stdout.readline() != line:
            raise RuntimeError(f"the world of process {self.pid} is gone")


@contextmanager
def serving_world(
    seed: int = 0,
    *,
    start: datetime,
    days: int = 30,
    plan: Plan | None = None,
    port: int = 0,
) -> Iterator[ServedWorld]:
    """Run a world in a child process for the length of the block, at first at *start*.

    The child ends when the block does, and when this process dies. Raises ValueError
    as :class:`World` does, RuntimeError if the child does not start.
    """
    world = World(seed, start=start, days=days, plan=plan)
    options = {
        "seed": seed,
        "start": start.isoformat(),
        "days": days,
        "plan": world.plan.to_json(),
        "port": port,
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    with spawned("worlds.living", *arguments) as (child, base):
        own = World(seed, start=start, days=days, base=base, plan=plan)
        yield ServedWorld(base, own, child.pid, child)
