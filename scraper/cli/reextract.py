"""``tinsach reextract``: extracts the archived pages again with the current rules."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    AddressOption,
    Engine,
    JsonObjectOption,
    SiteOption,
    StoreOption,
    WorkersOption,
    check_engine,
    existing_store,
    model_chooser,
    parse_since,
    parse_until,
    read_site,
)
from scraper.crawling.spiders import hinted
from scraper.errors import ConfigurationError
from scraper.storage.location import store_url
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from rich.console import Console

    from scraper.archive.folder import Kept
    from scraper.fleet.extracting import Extracted, Job
    from scraper.reextraction import Tally


_COLUMNS = ("shard", "pages", "articles", "fast", "failed", "files", "said")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read, where, and by how many *workers*; *out* is the folder of the Parquet."""

    inputs: Sequence[str]
    out: str | None
    engine: Engine
    address: str | None
    store: str | None
    workers: int | None


def read_shards(reading: Reading, unfit: Mapping[str, object]) -> None:
    """Read every shard, report each, and exit with 1 if one is damaged."""
    given = [name for name, value in unfit.items() if value]
    if given:
        raise ConfigurationError(
            f"{given[0]} works on the archive of the store, not on INPUT"
        )
    jobs = _jobs(reading)
    found = []
    for each in _iter_extracted(reading, jobs):
        found.append(each)
        said = each.error or f"{each.articles} articles of {each.pages} pages"
        was = "" if each.is_new else ", read earlier"
        output.note(f"tinsach: {each.shard}: {said}{was} ({len(found)} of {len(jobs)})")
    _print_shards(found)
    if any(each.error for each in found):
        raise typer.Exit(1)


def _jobs(reading: Reading) -> list[Job]:
    from scraper.fleet.extracting import Job, iter_shards
    from scraper.storage.location import locate

    if reading.out is None:
        raise ConfigurationError(
            "with INPUT, name a folder or URI for the Parquet files: -o FOLDER"
        )
    shards = list(iter_shards(reading.inputs))
    if not shards:
        raise ConfigurationError(f"{', '.join(reading.inputs)}: no WARC file found")
    # The full URL: on another machine the default is another store.
    store = locate(reading.store).url.render_as_string(hide_password=False)
    return [Job(shard, reading.out, store) for shard in shards]


def _iter_extracted(reading: Reading, jobs: Sequence[Job]) -> Iterator[Extracted]:
    from scraper.fleet.extracting import iter_extracted, iter_extracted_on_ray

    if reading.engine is Engine.RAY:
        return iter_extracted_on_ray(
            jobs, address=reading.address, workers=reading.workers
        )
    check_engine(reading.engine, reading.address)
    return iter_extracted(jobs, workers=reading.workers)


def _print_shards(found: Sequence[Extracted]) -> None:
    rows = [
        (
            each.shard,
            *map(str, (each.pages, each.articles, each.fast, each.failed, each.files)),
            each.error or ("done" if each.is_new else "done earlier"),
        )
        for each in found
    ]
    output.print_rows(_COLUMNS, rows)


_SAID = {
    "same": "unchanged",
    "reworded": "text changed",
    "fields": "only other fields changed",
    "new": "new",
    "lost": "no longer an article (stays as stored)",
    "duplicate": "not stored: same text as another article",
    "none": "not stored: not an article",
    "older": "older than the stored one",
    "forgotten": "forgotten, kept out",
}


def reextract(  # noqa: PLR0913  each is an option of its own
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="WARC files, folders or lists of them (.paths), s3://…, to extract into"
            " Parquet. Default: the archive of the store, to compare with it.",
        ),
    ] = None,
    *,
    out: Annotated[
        str | None,
        typer.Option(
            "-o", "--out", help="Folder or URI of the Parquet files, with INPUT."
        ),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Where INPUT is read: on this machine or on Ray.")
    ] = Engine.HERE,
    address: AddressOption = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help='First day of fetching, or "7d" for a time ago.'
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Last day of fetching, inclusive."),
    ] = None,
    site: SiteOption = None,
    apply: Annotated[
        bool, typer.Option("--apply", help="Store the changes as revisions.")
    ] = False,
    as_json: JsonObjectOption = False,
    store: StoreOption = None,
    workers: WorkersOption = None,
) -> None:
    """Extract archived pages again, without a network; show the changes or store them.

    Pages are read with the current rules and the stored models of their sites; of each
    URL, the newest page counts. With INPUT, all articles are written to Parquet by site
    and day; files that were already read are skipped.
    """
    if inputs:
        unfit = {"--since": since, "--until": until, "--site": site, "--apply": apply}
        read_shards(
            Reading(inputs, out, engine, address, store_url(store), workers), unfit
        )
        return
    if out or address or engine is not Engine.HERE:
        raise ConfigurationError("-o, --engine and --address need an INPUT")
    from scraper.archive import iter_newest, own_archive

    damaged: list[str] = []
    pages = iter_newest(
        own_archive(),
        since=parse_since(since),
        until=parse_until(until),
        wanted=_chooser(site),
        passed=damaged.append,
    )
    tally = _read_again(pages, store, workers, apply=apply)
    if as_json:
        output.write_json(_record(tally, applied=apply))
    else:
        _print(output.make_console(sys.stdout), tally, applied=apply)
    for line in damaged:
        output.say(f"tinsach: {line}")
    if damaged:
        raise typer.Exit(1)


def _read_again(
    pages: Iterable[Kept], store: str | None, workers: int | None, *, apply: bool
) -> Tally:
    from scraper.reextraction import reextract as read_again
    from scraper.workers import ReaderPool

    with (
        existing_store(store) as opened,
        output.show_progress("reextract") as report,
        ReaderPool(workers=workers) as pool,
    ):
        model_of = model_chooser("stored", store=store)
        kept = (replace(each, page=hinted(each.page)) for each in pages)
        return read_again(
            kept, opened, pool, model_of=model_of, apply=apply, progress=report
        )


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
                "changes": [asdict(change) for change in each.changes],
            }
            for each in tally.most_changed
        ],
    }


def _print(console: Console, tally: Tally, *, applied: bool) -> None:
    from rich.text import Text

    from scraper.reextraction import WRITTEN, Effect

    effects = (
        (said, f"{count}")
        for effect, said in _SAID.items()
        if (count := tally.effects[Effect(effect)])
    )
    fields = (
        (f"  with another {name}", f"{count}")
        for name, count in tally.fields.most_common()
    )
    output.print_pairs(f"{tally.pages} pages read again", chain(effects, fields))
    for url in tally.lost:
        console.print(Text(f"no longer an article: {url}", "yellow"), soft_wrap=True)
    for each in tally.most_changed:
        console.print(Text(f"\n{each.url}", "bold"), soft_wrap=True)
        output.print_changes(console, each.changes)
    changed = sum(tally.effects[effect] for effect in WRITTEN)
    hint = "stored" if applied else "would be stored; use --apply to store them"
    console.print(f"\n{changed} articles {hint}" if changed else "\nno changes")
