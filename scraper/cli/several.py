"""``tinsach crawl`` of several sites: which, where, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.errors import ConfigurationError
from scraper.options import is_quiet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.fleet.sites import Site
    from scraper.fleet.task import Ended

_COLUMNS = ("site", "new", "revised", "lost", "seconds", "verdict")
_WORST_FIRST = (1, 4, 0)
"""Exit codes: a failure first; one site with something new is something new."""
_NOTHING_NEW = 3


class Engine(StrEnum):
    """Where several sites are crawled."""

    HERE = "here"
    RAY = "ray"


AddressOption = Annotated[
    str | None,
    typer.Option(help="Of a Ray cluster, such as auto; default one of its own."),
]


@dataclass(frozen=True, slots=True)
class Several:
    """How several sites are crawled; *settings* are Scrapy's that differ."""

    engine: Engine
    jobs: int | None
    address: str | None
    store: str | None
    settings: Mapping[str, object]

    @property
    def is_asked_for(self) -> bool:
        return bool(self.jobs or self.address or self.engine is not Engine.HERE)


def crawl_several(
    several: Several, names: Sequence[str], given: Mapping[str, str], *, every: bool
) -> None:
    """Crawl the sites *names*, or *every* one, tell what came of each, and exit."""
    sites = _sites(several, names, given, every=every)
    ended = []
    for done in _iter_ended(several, sites):
        ended.append(done)
        output.note(f"tinsach: {done.job}: {done.said} ({len(ended)} of {len(sites)})")
    if not is_quiet():
        _print(ended)
    found = {done.status for done in ended}
    raise typer.Exit(next((c for c in _WORST_FIRST if c in found), _NOTHING_NEW))


def _sites(
    several: Several, names: Sequence[str], given: Mapping[str, str], *, every: bool
) -> list[Site]:
    from scraper.fleet.sites import all_of, in_turn, named
    from scraper.storage import open_store

    if every and names:
        raise ConfigurationError("--all is every site: name none beside it")
    with open_store(several.store) as store:
        chosen = all_of(store, given) if every else named(names, given)
        return in_turn(chosen, store)


def _iter_ended(several: Several, sites: Sequence[Site]) -> Iterator[Ended]:
    from scraper.fleet import here, on_ray
    from scraper.fleet.task import Task

    if several.engine is Engine.HERE:
        if several.address:
            raise ConfigurationError("--address is of a Ray cluster: give --engine ray")
        tasks = [Task(site, several.store, several.settings) for site in sites]
        return here.iter_ended(tasks, jobs=several.jobs or 1)
    store = _shared_store(several.store)
    tasks = [Task(site, store, several.settings, on_ray.PATIENCE) for site in sites]
    return on_ray.iter_ended(tasks, address=several.address, jobs=several.jobs)


def _shared_store(given: str | None) -> str:
    """Return the URL of the store where other machines reach it too."""
    from scraper.storage.location import locate

    place = locate(given)
    if place.file is not None:
        raise ConfigurationError(
            f"--engine ray: the store {place.name} is a file of this machine;"
            " set TINSACH_STORE=postgresql://user@host/name"
        )
    return place.url.render_as_string(hide_password=False)


def _print(ended: Sequence[Ended]) -> None:
    rows = [
        (
            done.job,
            *map(str, (done.new, done.revised, done.lost)),
            f"{done.seconds:.1f}",
            done.said,
        )
        for done in ended
    ]
    output.print_rows(_COLUMNS, rows)
