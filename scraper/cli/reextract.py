"""``tinsach reextract``: the archive by the rules of today, shown or applied."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    SiteOption,
    StoreOption,
    WorkersOption,
    parse_since,
    parse_until,
    read_site,
)
from scraper.cli.crawl import AddressOption, Engine
from scraper.cli.history import print_changes
from scraper.cli.models import model_chooser
from scraper.cli.output import show_progress
from scraper.crawling.spiders import hinted
from scraper.errors import ConfigurationError
from scraper.storage.location import store_url
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

    from scraper.fleet.extracting import Extracted, Job
    from scraper.reextraction import Tally


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
    _print_shards(found)
    if any(each.error for each in found):
        raise typer.Exit(1)


def _jobs(reading: Reading) -> list[Job]:
    from scraper.fleet.extracting import Job, iter_shards
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


def _print_shards(found: Sequence[Extracted]) -> None:
    rows = [
        (
            each.shard,
            *map(str, (each.pages, each.articles, each.fast, each.failed, each.files)),
            each.error or ("done" if each.is_new else "done before"),
        )
        for each in found
    ]
    output.print_rows(_COLUMNS, rows)


_SAID = {
    "same": "as stored",
    "reworded": "other words",
    "fields": "other fields only",
    "new": "new",
    "lost": "no article any more (stays as stored)",
    "duplicate": "not stored: the words of another article",
    "none": "not stored: no article",
    "older": "older than what is stored",
    "forgotten": "forgotten, kept out",
}


def reextract(  # noqa: PLR0913  each is an option of its own
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="WARC files, folders or lists of them (.paths), s3://…, to be written as"
            " Parquet; default the archive of the store, to be compared with it.",
        ),
    ] = None,
    *,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", help="Folder or URI of the Parquet, with INPUT."),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Where INPUT is read: here, or on Ray.")
    ] = Engine.HERE,
    address: AddressOption = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="DAY", help='Fetched from this day on, or "7d" ago.'),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Fetched up to the end of this day."),
    ] = None,
    site: SiteOption = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Store what changed, as revisions.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object, indented.")
    ] = False,
    store: StoreOption = None,
    workers: WorkersOption = None,
) -> None:
    """Read the archive again, without a network: show what would change, or store it.

    Pages are read by today's rules and the stored models of their sites; of an address
    the newest page counts. With INPUT every article goes into Parquet, by site and day; what
    was read before is passed over.
    """
    if inputs:
        unfit = {"--since": since, "--until": until, "--site": site, "--apply": apply}
        read_shards(
            Reading(inputs, out, engine, address, store_url(store), workers), unfit
        )
        return
    if out or address or engine is not Engine.HERE:
        raise ConfigurationError("-o, --engine and --address are for an INPUT")
    from scraper.archive import iter_newest, own_archive
    from scraper.reextraction import reextract as read_again
    from scraper.storage import open_store
    from scraper.workers import ReaderPool

    damaged: list[str] = []
    pages = iter_newest(
        own_archive(),
        since=parse_since(since),
        until=parse_until(until),
        wanted=_chooser(site),
        passed=damaged.append,
    )
    with (
        open_store(store_url(store), create=False) as opened,
        show_progress("reextract") as report,
        ReaderPool(workers=workers) as pool,
    ):
        model_of = model_chooser("stored", store=store)
        options: dict[str, Any] = {"apply": apply, "progress": report}
        kept = (replace(each, page=hinted(each.page)) for each in pages)
        tally = read_again(kept, opened, pool, model_of=model_of, **options)
    if as_json:
        record = _record(tally, applied=apply)
        output.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n")
    else:
        _print(output.make_console(sys.stdout), tally, applied=apply)
    for line in damaged:
        output.say(f"tinsach: {line}")
    if damaged:
        raise typer.Exit(1)


def _chooser(site: str | None) -> Callable[[str], bool]:
    if site is None:
        return lambda _: True
    wanted = read_site(site)
    return lambda url: site_of(url) == wanted


def _record(tally: Tally, *, applied: bool) -> dict[str, Any]:
    from scraper.reextraction import Effect

    return {
        "applied": applied,
        "pages": tally.pages,
        "effects": {effect.value: tally.effects[effect] for effect in Effect},
        "fields": dict(tally.fields.most_common()),
        "lost": tally.lost,
        "most_changed": [
            {
                "url": each.url,
                "changes": [
                    {"kind": c.kind.value, "before": c.before, "after": c.after}
                    for c in each.changes
                ],
            }
            for each in tally.most_changed
        ],
    }


def _print(console: Console, tally: Tally, *, applied: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from scraper.reextraction import WRITTEN, Effect

    table = Table(title=f"{tally.pages} pages read again", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for effect, said in _SAID.items():
        if count := tally.effects[Effect(effect)]:
            table.add_row(said, f"{count}")
    for name, count in tally.fields.most_common():
        table.add_row(f"  with another {name}", f"{count}")
    console.print(table)
    for url in tally.lost:
        console.print(Text(f"no article any more: {url}", "yellow"), soft_wrap=True)
    for each in tally.most_changed:
        console.print(Text(f"\n{each.url}", "bold"), soft_wrap=True)
        print_changes(console, each.changes)
    changed = sum(tally.effects[effect] for effect in WRITTEN)
    hint = "stored" if applied else "would be stored; --apply does it"
    console.print(f"\n{changed} articles {hint}" if changed else "\nnothing changes")
