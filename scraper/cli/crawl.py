"""``tinsach crawl``: the scheduled job."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    AllowPrivateOption,
    StoreOption,
    WorkersOption,
    complete_spider,
)
from scraper.cli.checks import NO_CONTACT
from scraper.cli.progress import show_progress
from scraper.cli.several import AddressOption, Engine, Several, crawl_several
from scraper.cli.summary import print_summary
from scraper.errors import ConfigurationError, StorageError
from scraper.options import BY_VARIABLE, CONTACT, MOST_DAYS, is_quiet
from scraper.storage.location import store_url

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
    from scraper.saved import own_archive

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
