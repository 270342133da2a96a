"""One process of ``bench fuzz``: inputs to one target until one breaks it."""

from __future__ import annotations

import json
import mmap
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.workers.process import MEMORY_ABOVE_START, limit_memory
from worlds.fuzz.mutate import mutate

if TYPE_CHECKING:
    from collections.abc import Callable

    from worlds.fuzz.targets import Target

_DIGITS = 20


class Place:
    """The number of the input at hand, in a file that outlives this process."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(b" " * _DIGITS)
        with path.open("r+b") as stream:
            self._map = mmap.mmap(stream.fileno(), _DIGITS)
        self._number = -1

    def move(self) -> None:
        self._number += 1
        self._map[:] = b"%-*d" % (_DIGITS, self._number)


def main(text: str) -> None:
    """Give the inputs that the JSON object *text* asks for; exit with 1 at a finding."""
    spec = json.loads(text)
    folder = Path(spec["findings"])
    place = Place(folder / f"{spec['target']}.at")
    if spec["guided"]:
        _guided(spec, folder, place)
    else:
        _plain(spec, folder, place)


def _try(spec: dict[str, Any], folder: Path, place: Place) -> Callable[[bytes], None]:
    from worlds.fuzz.targets import TARGETS, run

    target = TARGETS[spec["target"]]

    def attempt(data: bytes) -> None:
        place.move()
        signal.setitimer(signal.ITIMER_REAL, spec["limit"])
        try:
            run(target, data)
        except BaseException:
            kept = folder / f"{spec['target']}-{abs(hash(data)):x}"
            kept.write_bytes(data)
            traceback.print_exc()
            raise
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    return attempt


def _plain(spec: dict[str, Any], folder: Path, place: Place) -> None:
    attempt = _try(spec, folder, place)
    target = _target(spec)
    seeds = target.seeds()
    limit_memory(MEMORY_ABOVE_START)
    first = spec["seed"] * 10**9 + spec["first"]
    for number in range(first, first + spec["count"]):
        attempt(mutate(seeds, number, target.longest))


def _guided(spec: dict[str, Any], folder: Path, place: Place) -> None:
    import atheris

    with atheris.instrument_imports(include=["scraper"], enable_loader_override=False):
        attempt = _try(spec, folder, place)
    target = _target(spec)
    corpus = folder / f"{spec['target']}.corpus"
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed[: target.longest])
    flags = {"runs": spec["count"], "seed": spec["seed"], "max_len": target.longest}
    flags |= {"rss_limit_mb": MEMORY_ABOVE_START >> 20, "artifact_prefix": f"{folder}/"}
    given = [f"-{name}={value}" for name, value in flags.items()]
    atheris.Setup([sys.argv[0], *given, str(corpus)], attempt)
    atheris.Fuzz()


def _target(spec: dict[str, Any]) -> Target:
    from worlds.fuzz.targets import TARGETS

    return TARGETS[spec["target"]]
