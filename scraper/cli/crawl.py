"""``tinsach crawl``: crawls one site or several into the store."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    AddressOption,
    AllowPrivateOption,
    Engine,
    StoreOption,
    WorkersOption,
    check_engine,
    complete_spider,
)
from scraper.cli.runs import print_summary
from scraper.errors import ConfigurationError, StorageError
from scraper.options import BY_VARIABLE, CONTACT, MOST_DAYS, NO_CONTACT, is_quiet
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scraper.fleet.task import Ended, Site


_COLUMNS = ("site", "new", "revised", "lost", "seconds", "verdict")
_WORST_FIRST = (1, 4, 0)
"""Exit codes in the order in which that of one site decides for all."""
_NOTHING_NEW = 3


@dataclass(frozen=True, slots=True)
class Several:
    """How several sites are crawled; *settings* are the Scrapy settings that differ."""

    engine: Engine
    jobs: int | None
    address: str | None
    store: str | None
    settings: Mapping[str, object]

    @property
    def is_requested(self) -> bool:
        return bool(self.jobs or self.address or self.engine is not Engine.HERE)


def crawl_several(
    several: Several, names: Sequence[str], given: Mapping[str, str], *, every: bool
) -> None:
    """Crawl the sites *names*, or *every* site, report each, and exit."""
    sites = _sites(several, names, given, every=every)
    ended = []
    for done in _iter_ended(several, sites):
        ended.append(done)
        output.note(f"tinsach: {done.job}: {done.said} ({len(ended)} of {len(sites)})")
    if not is_quiet():
        _print_ended(ended)
    found = {done.status for done in ended}
    raise typer.Exit(next((c for c in _WORST_FIRST if c in found), _NOTHING_NEW))


def _sites(
    several: Several, names: Sequence[str], given: Mapping[str, str], *, every: bool
) -> list[Site]:
    from scraper.fleet.task import all_of, in_turn, named
    from scraper.storage import open_store

    if every and names:
        raise ConfigurationError("--all means every site: do not name sites with it")
    with open_store(several.store) as store:
        chosen = all_of(store, given) if every else named(names, given)
        return in_turn(chosen, store)


def _iter_ended(several: Several, sites: Sequence[Site]) -> Iterator[Ended]:
    from scraper.fleet.task import PATIENCE, Task, iter_ended, iter_ended_on_ray

    if several.engine is Engine.HERE:
        check_engine(several.engine, several.address)
        tasks = [Task(site, several.store, several.settings) for site in sites]
        return iter_ended(tasks, jobs=several.jobs or 1)
    store = _shared_store(several.store)
    tasks = [Task(site, store, several.settings, PATIENCE) for site in sites]
    return iter_ended_on_ray(tasks, address=several.address, jobs=several.jobs)


def _shared_store(given: str | None) -> str:
    """Return the URL of the store; raises ConfigurationError if it is a local file."""
    from scraper.storage.location import locate

    place = locate(given)
    if place.file is not None:
        raise ConfigurationError(
            f"--engine ray: other machines cannot reach the store {place.name}, a file;"
            " set TINSACH_STORE=postgresql://user@host/name"
        )
    return place.url.render_as_string(hide_password=False)


def _print_ended(ended: Sequence[Ended]) -> None:
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


_EngineOption = Annotated[
    Engine,
    typer.Option(help="Where several sites are crawled: on this machine or on Ray."),
]
_ArgumentsOption = Annotated[
    list[str] | None,
    typer.Option(
        "-a",
        metavar="KEY=VALUE",
        help="Argument of the spider, such as section=thoi-su,the-gioi, since=7d, "
        "until=2025-07-11, limit=100 or portal=http://…; may be repeated.",
    ),
]
_ReplayOption = Annotated[
    Path | None,
    typer.Option(
        help="Read saved pages (folder, manifest, WARC) instead of the network."
    ),
]
_SettingsOption = Annotated[
    list[str] | None,
    typer.Option("-s", metavar="NAME=VALUE", help="Scrapy setting; may be repeated."),
]
_ArchiveOption = Annotated[
    bool | None,
    typer.Option(
        help="Archive every page unchanged in $TINSACH_ARCHIVE, by default the folder"
        " archive in $TINSACH_HOME. Default: only if that variable is set.",
    ),
]
_KeepOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST_DAYS,
        metavar="DAYS",
        help="At the end, remove older pages from the archive and the quarantine."
        " Default: $TINSACH_KEEP, else nothing is removed.",
    ),
]


def crawl(  # noqa: PLR0913  each is an option of its own
    sites: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SITE",
            autocompletion=complete_spider,
            help="Spider of a site, such as baotintuc. Several sites may also be URLs.",
        ),
    ] = None,
    *,
    every: Annotated[
        bool,
        typer.Option(
            "--all",
            help="Crawl every site that has a spider or is already in the store.",
        ),
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Sites crawled in parallel. Default: 1."),
    ] = None,
    engine: _EngineOption = Engine.HERE,
    address: AddressOption = None,
    arguments: _ArgumentsOption = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Maximum number of articles, newest first; short for -a limit=N.",
        ),
    ] = None,
    replay: _ReplayOption = None,
    settings: _SettingsOption = None,
    archive: _ArchiveOption = None,
    keep: _KeepOption = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Crawl sites into the store; exit codes: 0 new articles, 3 nothing new, 4 unhealthy.

    Of several sites, the one crawled longest ago comes first, each host has one crawl at
    a time, and the exit code is the worst one.
    """
    given = _with_limit(parse_pairs("-a", arguments), limit)
    wanted: dict[str, object] = {"TINSACH_WORKERS": workers} if workers else {}
    wanted |= _kept(archive, keep) | _given(settings)
    url = store_url(store)
    if not os.environ.get(CONTACT) and _is_first_crawl(url):
        output.note(f"tinsach: {NO_CONTACT}")
    several = Several(engine, jobs, address, url, wanted)
    if every or several.is_requested or len(sites or ()) > 1:
        _refuse_replay(replay)
        crawl_several(several, sites or [], given, every=every)
    elif sites:
        _crawl_one(sites[0], given, replay, url, wanted)
    else:
        raise ConfigurationError("name a site, such as baotintuc, or add --all")


def _given(pairs: list[str] | None) -> dict[str, str]:
    """Return the checked settings of ``-s``; variables are also set in this process."""
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
    """Return True if the store has no recorded crawl or does not exist yet."""
    from scraper.storage import open_store

    try:
        with open_store(store, create=False) as opened:
            return not opened.jobs.list_runs(limit=1)
    except StorageError:
        return True


def _with_limit(given: dict[str, str], limit: int | None) -> dict[str, str]:
    """Return the arguments *given* with the *limit* of ``--limit`` added."""
    if limit is None:
        return given
    if "limit" in given:
        raise ConfigurationError(
            f"--limit {limit} and -a limit={given['limit']} are the same option: give one"
        )
    return given | {"limit": str(limit)}


def _refuse_replay(replay: Path | None) -> None:
    if replay is not None:
        raise ConfigurationError("--replay reads the pages of one site: name one site")


def _crawl_one(
    spider: str,
    given: dict[str, str],
    replay: Path | None,
    store: str | None,
    wanted: dict[str, object],
) -> None:
    from scraper.workers.process import worker_context

    worker_context(with_store=True)  # imports what it preloads while Scrapy is imported
    from scraper.crawling.run import RunOptions, run_crawl
    from scraper.monitoring.health import ExitStatus
    from scraper.monitoring.recorder import verdict_of
    from scraper.monitoring.run_report import build_report

    with output.show_progress(f"crawl {spider}") as report:
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
        write = output.note if verdict.status is ExitStatus.NOTHING_NEW else output.say
        write(f"tinsach: {spider}: {verdict.said}")
        raise typer.Exit(int(verdict.status))


def _kept(archive: bool | None, keep: int | None) -> dict[str, object]:
    """Return the settings of ``--archive`` and ``--keep`` that were given."""
    from scraper.archive import own_archive

    wanted: dict[str, object] = {"TINSACH_KEEP": keep} if keep else {}
    if archive is not None:
        wanted["TINSACH_ARCHIVE"] = str(own_archive()) if archive else ""
    return wanted


def parse_pairs(option: str, pairs: list[str] | None) -> dict[str, str]:
    """Return ``key=value`` texts as a mapping; raises ConfigurationError if malformed."""
    found = {}
    for pair in pairs or []:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise ConfigurationError(f"{option} {pair}: write it as key=value")
        found[key.strip()] = value.strip()
    return found
