"""``tinsach reextract INPUT...``: archives of any size as Parquet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from scraper.cli import output
from scraper.cli.several import Engine
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.fleet.extracting import Extracted, Job

_COLUMNS = ("shard", "pages", "articles", "fast", "failed", "files", "said")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read, where, and by how many *workers*; *out* takes the Parquet."""

    inputs: Sequence[str]
    out: str | None
    engine: Engine
    address: str | None
    store: str | None
    workers: int | None


def read_shards(reading: Reading, unfit: Mapping[str, object]) -> None:
    """Read every shard, tell what each gave, and exit: 1 where one is damaged."""
    given = [name for name, value in unfit.items() if value]
    if given:
        raise ConfigurationError(f"{given[0]} is for the archive of the store")
    jobs = _jobs(reading)
    found = []
    for each in _iter_extracted(reading, jobs):
        found.append(each)
        said = each.error or f"{each.articles} articles of {each.pages} pages"
        was = "" if each.is_new else ", read before"
        output.note(f"tinsach: {each.shard}: {said}{was} ({len(found)} of {len(jobs)})")
    _print(found)
    if any(each.error for each in found):
        raise typer.Exit(1)


def _jobs(reading: Reading) -> list[Job]:
    from scraper.fleet.extracting import Job
    from scraper.fleet.shards import iter_shards
    from scraper.storage.location import locate

    if reading.out is None:
        raise ConfigurationError("-o says where the Parquet goes: give a folder or URI")
    shards = list(iter_shards(reading.inputs))
    if not shards:
        raise ConfigurationError(f"{', '.join(reading.inputs)}: no WARC file is there")
    # By its full name: on another machine the default is another store.
    store = locate(reading.store).url.render_as_string(hide_password=False)
    return [Job(shard, reading.out, store) for shard in shards]


def _iter_extracted(reading: Reading, jobs: Sequence[Job]) -> Iterator[Extracted]:
    from scraper.fleet import here, on_ray

    if reading.engine is Engine.RAY:
        return on_ray.iter_extracted(
            jobs, address=reading.address, workers=reading.workers
        )
    if reading.address:
        raise ConfigurationError("--address is of a Ray cluster: give --engine ray")
    return here.iter_extracted(jobs, workers=reading.workers)


def _print(found: Sequence[Extracted]) -> None:
    rows = [
        (
            each.shard,
            *map(str, (each.pages, each.articles, each.fast, each.failed, each.files)),
            each.error or ("done" if each.is_new else "done before"),
        )
        for each in found
    ]
    output.print_rows(_COLUMNS, rows)
