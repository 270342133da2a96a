"""``tinsach crawl``: the scheduled job."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    AllowPrivateOption,
    StoreOption,
    WorkersOption,
    complete_spider,
)
from scraper.cli.checks import NO_CONTACT
from scraper.cli.output import print_summary, show_progress
from scraper.errors import ConfigurationError, StorageError
from scraper.options import BY_VARIABLE, CONTACT, MOST_DAYS, is_quiet
from scraper.storage.location import store_url

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


_STORE = "TINSACH_STORE"


def crawl(  # noqa: PLR0913  each is an option of its own
    sites: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SITE",
            autocompletion=complete_spider,
            help="A site's spider, such as baotintuc; of several sites, addresses too.",
        ),
    ] = None,
    *,
    every: Annotated[
        bool,
        typer.Option(
            "--all", help="Every site that has a spider, or is in the store already."
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Sites crawled side by side, of several; default 1."),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="Where several sites are crawled: here, or on Ray.")
    ] = Engine.HERE,
    address: AddressOption = None,
    arguments: Annotated[
        list[str] | None,
        typer.Option(
            "-a",
            metavar="KEY=VALUE",
            help="Argument of the spider: section=thoi-su,the-gioi, since=7d, "
            "until=2025-07-11, limit=100, portal=http://…; may be repeated.",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Articles fetched at most, the newest first; -a limit=N in short.",
        ),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Saved pages (folder, manifest, WARC) instead of a network."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "-s", metavar="NAME=VALUE", help="Scrapy setting; may be repeated."
        ),
    ] = None,
    archive: Annotated[
        bool | None,
        typer.Option(
            help="Keep every page as it came, in $TINSACH_ARCHIVE, by default the"
            " folder archive in $TINSACH_HOME; off where that variable is not set.",
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_DAYS,
            metavar="DAYS",
            help="At the end, remove pages from archive and quarantine that are older;"
            " default $TINSACH_KEEP, else none.",
        ),
    ] = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Crawl portals into the store: exit 0 new articles, 3 nothing new, 4 unhealthy.

    Of several sites, the one that has waited longest comes first, each host is asked from
    one place at a time, and the exit code is that of the worst.
    """
    given = _limited(parse_pairs("-a", arguments), limit)
    wanted: dict[str, object] = {"TINSACH_WORKERS": workers} if workers else {}
    wanted |= _keeping(archive, keep) | _given(settings)
    url = store_url(store)
    if not os.environ.get(CONTACT) and _is_first_crawl(url):
        output.note(f"tinsach: {NO_CONTACT}")
    several = Several(engine, jobs, address, url, wanted)
    if every or several.is_asked_for or len(sites or ()) > 1:
        _refuse_replay(replay)
        crawl_several(several, sites or [], given, every=every)
    elif sites:
        _crawl_one(sites[0], given, replay, url, wanted)
    else:
        raise ConfigurationError("name a site, such as baotintuc, or give --all")


def _given(pairs: list[str] | None) -> dict[str, str]:
    """Return the settings of ``-s``, checked; variables hold for this process too."""
    given = parse_pairs("-s", pairs)
    for name in given.keys() & BY_VARIABLE.keys():
        BY_VARIABLE[name].parse(given[name])
        if name == _STORE:
            given[name] = store_url(given[name]) or ""
        os.environ[name] = given[name]
    if given:
        from scraper.crawling.run import RunOptions, load_settings

        load_settings(RunOptions(settings=given))
    return given


def _is_first_crawl(store: str | None) -> bool:
    """Return True if no crawl was recorded in the store, or there is none yet."""
    from scraper.storage import open_store

    try:
        with open_store(store, create=False) as opened:
            return not opened.jobs.list_runs(limit=1)
    except StorageError:
        return True


def _limited(given: dict[str, str], limit: int | None) -> dict[str, str]:
    """Return the arguments *given*, with the *limit* of ``--limit`` among them."""
    if limit is None:
        return given
    if "limit" in given:
        raise ConfigurationError(
            f"--limit {limit} and -a limit={given['limit']} are the same: give one"
        )
    return given | {"limit": str(limit)}


def _refuse_replay(replay: Path | None) -> None:
    if replay is not None:
        raise ConfigurationError("--replay is for one site: saved pages are of one")


def _crawl_one(
    spider: str,
    given: dict[str, str],
    replay: Path | None,
    store: str | None,
    wanted: dict[str, object],
) -> None:
    from scraper.crawling.run import RunOptions, run_crawl
    from scraper.monitoring.health import ExitStatus
    from scraper.monitoring.recorder import verdict_of
    from scraper.monitoring.report import build_report

    with show_progress(f"crawl {spider}") as report:
        options = RunOptions(
            replay=replay,
            store=store,
            progress=report,
            settings=wanted,
        )
        outcome = run_crawl(spider, given, options=options)
    summary = build_report(outcome.stats, spider=spider, reason=outcome.reason)
    verdict = verdict_of(outcome.stats, summary)
    if not is_quiet():
        print_summary(summary, verdict.said)
    if outcome.reason == "shutdown":
        raise typer.Exit(128 + (outcome.signal or signal.SIGINT))
    for warning in verdict.warnings:
        output.note(f"tinsach: {spider}: warning: {warning.said}")
    if verdict.status:
        tell = output.note if verdict.status is ExitStatus.NOTHING_NEW else output.say
        tell(f"tinsach: {spider}: {verdict.said}")
        raise typer.Exit(int(verdict.status))


def _keeping(archive: bool | None, keep: int | None) -> dict[str, object]:
    """Return the settings that say what is kept beside the store, where they are asked for."""
    from scraper.archive import own_archive

    wanted: dict[str, object] = {"TINSACH_KEEP": keep} if keep else {}
    if archive is not None:
        wanted["TINSACH_ARCHIVE"] = str(own_archive()) if archive else ""
    return wanted


def parse_pairs(option: str, pairs: list[str] | None) -> dict[str, str]:
    """Return ``key=value`` texts as a mapping; raises ConfigurationError for others."""
    found = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise ConfigurationError(f"{option} {pair}: write it as key=value")
        found[key.strip()] = value.strip()
    return found
