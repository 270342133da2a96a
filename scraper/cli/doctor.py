"""``tinsach doctor``: checks this machine, the store, and the live site of a spider."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import (
    AllowPrivateOption,
    StoreOption,
    complete_spider,
    model_chooser,
)
from scraper.crawling.spiders import hinted
from scraper.errors import ScraperError
from scraper.options import (
    MODELS,
    RUNS,
    URLS,
    home_folder,
    is_quiet,
)
from scraper.sites import Check
from scraper.storage.location import is_missing, locate, store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from scraper.archive.folder import Contents
    from scraper.storage import Store, StoredModel, StoredRun
    from scraper.storage.salvaging import Lost, Salvaged


def doctor(
    spider: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete_spider,
            help="Also check the live site of this spider.",
        ),
    ] = None,
    *,
    portal: Annotated[
        str | None, typer.Option(help="Another base URL of that site.")
    ] = None,
    store: StoreOption = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Repair the store and the archive; the damaged files are kept beside the"
            " repaired ones. No crawl may be running.",
        ),
    ] = False,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Check the installation and the store, and with a spider also its live site.

    Checks of the machine: versions, extras, folders, disk, clock, alerts. Of the store:
    tables, latest runs (of the spider, if given), times ahead of the clock, retention,
    site models. Of the site: TLS, robots.txt, its clock, a feed, a section, articles.

    Damage is only reported, unless --repair is given.
    """
    console = output.make_console(sys.stdout)
    failed = 0
    repairs = iter_repairs(store) if repair else iter(())
    for check in chain(repairs, _iter_checks(spider, portal, store)):
        if not (check.ok and is_quiet()):
            _print(console, check)
        failed += not check.ok
    if failed:
        output.say(f"tinsach: {failed} checks failed")
        raise typer.Exit(1)


def _iter_checks(
    spider: str | None, portal: str | None, store: str | None
) -> Iterator[Check]:
    from scraper.monitoring.machine import iter_machine_checks

    yield from iter_machine_checks()
    yield from iter_store_checks(store, spider)
    yield from iter_archive_checks(store)
    if spider is not None:
        from scraper.sites.doctor import check_site

        yield from check_site(spider, portal)


def _print(console: Console, check: Check) -> None:
    from rich.text import Text

    mark = Text("ok     ", "green") if check.ok else Text("failed ", "red")
    console.print(
        Text.assemble(mark, f"{check.name:12} ", check.detail), soft_wrap=True
    )


_MOVE_ASIDE = "`tinsach doctor --repair` moves it aside"
_SALVAGE = "`tinsach doctor --repair` saves what can be read"
_REFETCHED = "the next crawl fetches their pages again"
_RECORDS_LISTED = 20
"""Bad records with a line of their own; further ones are counted."""
_LATEST_RUNS = 20
_MOST_KILLED = 3
_UNHEALTHY = frozenset({1, 4})


def iter_archive_checks(given: str | None) -> Iterator[Check]:
    """Check every record of the archive, if it exists, and the references to it.

    The references are those of the stored articles, if the store can be read.
    """
    from scraper.archive import own_archive

    folder = own_archive()
    if not folder.is_dir():
        return
    try:
        files = read_archive(folder)
        lost = lost_pages(given, files)
    except (OSError, ValueError) as error:
        yield Check("archive", ok=False, detail=f"{folder}: {error}")
        return
    bad = [each for found in files.values() for each in found.bad]
    for each in bad[:_RECORDS_LISTED]:
        yield Check("archive", ok=False, detail=f"{each}: {_MOVE_ASIDE}")
    if len(bad) > _RECORDS_LISTED:
        detail = f"{len(bad) - _RECORDS_LISTED} more records are damaged: {_MOVE_ASIDE}"
        yield Check("archive", ok=False, detail=detail)
    yield from _iter_lost(lost)
    if not bad and not lost:
        count = sum(len(found.starts) for found in files.values())
        detail = f"{folder}: all {count:,} records in {len(files)} files can be read"
        yield Check("archive", ok=True, detail=detail)


def _iter_lost(lost: dict[str, str]) -> Iterator[Check]:
    names = Counter(reference.partition("#")[0] for reference in lost.values())
    for name, count in names.items():
        detail = (
            f"{name}: {count} articles refer to records that it does not contain:"
            " `tinsach doctor --repair` has their pages fetched again"
        )
        yield Check("archive", ok=False, detail=detail)


def read_archive(folder: Path) -> dict[str, Contents]:
    """Return the contents of each archive file in *folder*; raises OSError, ValueError."""
    from scraper.archive.folder import archive_files, read_file

    paths = archive_files(folder)
    size, done, files = sum(path.stat().st_size for path in paths), 0, {}
    with output.show_waiting("archive") as update:
        for path in paths:
            files[path.name] = read_file(path, _report(update, done, size))
            done += path.stat().st_size
    return files


def _report(
    update: Callable[[str], None], before: int, size: int
) -> Callable[[int], None]:
    total = f"{size / 1e6:,.0f} MB"
    return lambda done: update(f"archive: {(before + done) / 1e6:,.0f} of {total}")


def lost_pages(given: str | None, files: dict[str, Contents]) -> dict[str, str]:
    """Return the references of articles to missing or damaged records, by URL.

    A missing file was pruned. A store that cannot be read yields nothing, since its own
    check reports that.
    """
    from scraper.storage import open_store, wal

    url = store_url(given)
    if is_missing(url):
        return {}
    try:
        if (path := locate(url).file) and wal.check(path):
            return {}
        with open_store(url, create=False) as store:
            return {
                url: reference
                for url, reference in store.iter_archived()
                if _is_lost(reference, files)
            }
    except (OSError, ScraperError):
        return {}


def _is_lost(reference: str, files: dict[str, Contents]) -> bool:
    name, _, start = reference.partition("#")
    found = files.get(name)
    return found is not None and not (start.isdecimal() and found.has(int(start)))


def iter_store_checks(given: str | None, spider: str | None = None) -> Iterator[Check]:
    """Check the store if it exists, with the runs of all spiders or only of *spider*."""
    from scraper.storage import open_store

    url = store_url(given)
    try:
        place = locate(url)
        if not place.is_there:
            yield Check("store", ok=True, detail=f"{place.name} does not exist yet")
            return
        if damage := look_for_damage(url):
            detail = f"{place.name} is damaged ({damage}): {_SALVAGE}"
            yield Check("store", ok=False, detail=detail)
            return
        size = f", {place.file.stat().st_size / 1e6:.1f} MB" if place.file else ""
        with open_store(url, create=False) as store:
            version = store.check_writable()
            found = f"{store.count()} articles{size}, tables {version}"
            yield Check("store", ok=True, detail=found)
            yield from _iter_run_checks(store, spider)
            yield check_times(store)
            yield _check_growth(store)
            yield from _iter_model_checks(store)
    except ScraperError as error:
        yield Check("store", ok=False, detail=str(error))


def look_for_damage(url: str | None) -> str:
    """Return what is damaged in the store at *url*, or ""; show the progress."""
    from scraper.storage.maintenance import find_damage

    with output.show_progress("doctor: reading the store") as report:
        return find_damage(
            url, report=lambda done, total: report(done, total - done, done)
        )


def _iter_run_checks(store: Store, spider: str | None) -> Iterator[Check]:
    latest = store.jobs.list_runs(limit=_LATEST_RUNS)
    jobs = dict.fromkeys(run.job for run in latest)
    if spider is not None:
        jobs = dict.fromkeys(job for job in jobs if job.partition(" ")[0] == spider)
    if not jobs:
        which = "no runs yet" if spider is None else f"no recent run of {spider}"
        detail = f"{which}; `tinsach crawl {spider or 'SPIDER'}` starts one"
        yield Check("runs", ok=True, detail=detail)
    for job in jobs:
        yield _check_job(store.jobs.list_runs(job, limit=_LATEST_RUNS))


def _check_job(runs: Sequence[StoredRun]) -> Check:
    newest = runs[0]
    ago = clock.now() - newest.started_at
    found = f"{newest.job}: run {newest.position} started {_span(ago)} ago"
    if clock.is_ahead(newest.started_at):
        began = f"{newest.job}: run {newest.position} started in the future"
        detail = f"{began}; {clock.SET_CLOCK}"
        return Check("runs", ok=False, detail=detail)
    killed = sum(run.was_killed for run in runs)
    if killed > _MOST_KILLED:
        advice = "find out what kills them: memory, a time-out, a restart"
        detail = f"{found}; {killed} of the last {len(runs)} were killed: {advice}"
        return Check("runs", ok=False, detail=detail)
    return _check_run(newest, found)


def _check_run(run: StoredRun, found: str) -> Check:
    if run.is_under_way:
        detail = f"{found} and is under way; {run.owner} holds the job"
        return Check("runs", ok=True, detail=detail)
    record = json.loads(run.record) if run.record else {"verdict": "killed"}
    detail = f"{found}: {record['verdict']}"
    if record.get("status") in _UNHEALTHY:
        more = f"`tinsach runs show {run.position}` has the details"
        return Check("runs", ok=False, detail=f"{detail}; {more}")
    return Check("runs", ok=True, detail=detail)


def _check_growth(store: Store) -> Check:
    """Count what grows beside the articles, with the limits of each."""
    runs, urls = store.jobs.count()
    versions = Counter(each.site for each in store.models.list_models())
    most = max(versions.values(), default=0)
    parts = (
        f"{runs:,} runs ({RUNS.said(os.environ)})",
        f"{urls:,} URLs ({URLS.said(os.environ)} after they were last listed)",
        f"at most {most} versions of a model ({MODELS.said(os.environ)})",
    )
    return Check("kept", ok=True, detail="; ".join(parts))


def check_times(store: Store) -> Check:
    """Check for times ahead of the clock, which is or was wrong."""
    now = clock.now()
    ahead = store.jobs.count_beyond(now)
    if not ahead:
        return Check("times", ok=True, detail="none is ahead of the clock")
    found = f"{ahead} URLs have times ahead of {clock.shown(now)}"
    advice = "the next crawl fetches them again; if the clock is wrong"
    return Check("times", ok=False, detail=f"{found}: {advice}, {clock.SET_CLOCK}")


def iter_damaged_models(store: Store) -> Iterator[tuple[StoredModel, str]]:
    """Yield each damaged version of a stored model, with the damage."""
    for listed in store.models.list_models():
        record = store.models.load_model(listed.site, listed.version) or ""
        if fault := _fault_of_model(listed, record):
            yield listed, fault


def _fault_of_model(listed: StoredModel, record: str) -> str:
    """Return how the model in *record* differs from *listed*, or ""."""
    from scraper.sitemodel import SiteModel

    try:
        model = SiteModel.from_json(record)
    except ScraperError as error:
        return str(error)
    names = ("site", "version", "pages")
    said = [name for name in names if getattr(listed, name) != getattr(model, name)]
    return f"a damaged site model: its {' and '.join(said)} differ" if said else ""


def _damaged_model(listed: StoredModel, fault: str) -> Check:
    detail = f"{listed.site}: {fault}: `tinsach doctor --repair` removes this version"
    return Check("model", ok=False, detail=detail)


def _iter_model_checks(store: Store) -> Iterator[Check]:
    damaged = dict(iter_damaged_models(store))
    yield from (_damaged_model(*each) for each in damaged.items())
    for model in store.models.list_models():
        if model.current and model not in damaged:
            yield _check_model(model, store.models.load_model(model.site) or "")


def _check_model(listed: StoredModel, record: str) -> Check:
    """Check the age of a model, and whether its audits still allow trusting it."""
    from scraper.sitemodel import SiteModel
    from scraper.sitemodel.model import is_trusted

    found = f"{listed.site}: {listed.pages} pages, {_age(listed.created_at)}"
    model = SiteModel.from_json(record)
    found += f", {model.agreed} of {model.audited} audits agreed"
    if listed.pinned:
        found += ", pinned"
    if is_trusted(model):
        return Check("model", ok=True, detail=found)
    unpin = f"`tinsach model unpin {listed.site}` allows learning a new one"
    advice = unpin if listed.pinned else "the next crawl learns a new one"
    return Check(
        "model", ok=False, detail=f"{found}; its template has changed: {advice}"
    )


def _age(moment: datetime) -> str:
    if clock.is_ahead(moment):
        return "learned while the clock was ahead"
    return f"{_span(clock.now() - moment)} old"


def _span(span: timedelta) -> str:
    """Return *span* in the largest unit of which it has two, such as "90 minutes"."""
    seconds = span.total_seconds()
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def iter_repairs(given: str | None) -> Iterator[Check]:
    """Repair the store, its models and the archive; yield each repair."""
    url = store_url(given)
    try:
        yield from _iter_store(url)
        yield from _iter_models(url)
        yield from _iter_archive(url)
    except (OSError, ScraperError, ValueError) as error:
        yield Check("repair", ok=False, detail=str(error))


def _iter_store(url: str | None) -> Iterator[Check]:
    from scraper.storage import open_store, wal
    from scraper.storage.maintenance import repair, repair_rows

    place = locate(url)
    path = place.file
    if path and path.exists() and (damage := wal.check(path, repair=True)):
        detail = f"{path}: {damage}; {damage.outcome}"
        yield Check("repair", ok=True, detail=detail)
    if path and not (path.exists() and path.stat().st_size):
        return
    if look_for_damage(url):
        done = repair(url) if path else repair_rows(url, home_folder())
        restored = _restore(url, done.saved.lost)
        with open_store(url, create=False) as store:
            saved = f"{store.count()} articles were saved"
        aside = f"the damaged original is {done.aside}"
        parts = [saved, *_iter_losses(done.saved, restored), aside]
        yield Check("repair", ok=True, detail=f"{place.name}: {'; '.join(parts)}")


def _iter_losses(saved: Salvaged, restored: int) -> Iterator[str]:
    """Yield what was damaged, and what was done about it."""
    lost = len(saved.lost)
    older = sum(each.is_older for each in saved.lost)
    if not saved.articles and not any(each.url for each in saved.lost):
        yield f"no article could be read; {restored} were restored from the archive"
    elif lost:
        yield (
            f"{lost} were damaged; {restored} were restored from the archive, {older} have"
            f" a sound earlier revision; {_REFETCHED}"
        )
    if saved.rows:
        yield f"{saved.rows} other rows are lost"


def _restore(url: str | None, lost: Sequence[Lost]) -> int:
    """Extract the *lost* articles from their archived pages; return how many succeeded.

    If the URL of one is lost too, every archived page that is not stored is read.
    """
    from scraper.archive import iter_newest, own_archive
    from scraper.reextraction import WRITTEN, reextract
    from scraper.storage import open_store
    from scraper.workers import ReaderPool

    if not lost or not own_archive().is_dir():
        return 0
    named = {each.url for each in lost}
    with open_store(url, create=False) as store, ReaderPool() as pool:

        def is_wanted(page: str) -> bool:
            return page in named or ("" in named and not store.known([page]))

        pages = iter_newest(own_archive(), wanted=is_wanted, passed=output.say)
        kept = (replace(each, page=hinted(each.page)) for each in pages)
        model_of = model_chooser("stored", store=url)
        tally = reextract(kept, store, pool, model_of=model_of, apply=True)
    return sum(tally.effects[effect] for effect in WRITTEN)


def _iter_models(url: str | None) -> Iterator[Check]:
    from scraper.storage import open_store

    if not locate(url).is_there:
        return
    with open_store(url, create=False) as store:
        for listed, fault in iter_damaged_models(store):
            store.models.forget_version(listed.site, listed.version)
            left = store.models.list_models(listed.site)
            rest = (
                f"{left[0].version} is in use" if left else "a crawl learns a new one"
            )
            detail = f"{listed.site}: {fault}; removed {listed.version}, {rest}"
            yield Check("repair", ok=True, detail=detail)


def _iter_archive(url: str | None) -> Iterator[Check]:
    from scraper.archive import own_archive
    from scraper.archive.folder import move_aside

    folder = own_archive()
    if not folder.is_dir():
        return
    files = read_archive(folder)
    for name, contents in files.items():
        for bad, aside in move_aside(folder / name) if contents.bad else ():
            yield Check("repair", ok=True, detail=f"{bad}; moved to {aside}")
        contents.bad.clear()  # the articles that refer to them are reported next
    yield from _let_fetch(url, files)


def _let_fetch(url: str | None, files: dict[str, Contents]) -> Iterator[Check]:
    """Have the pages fetched again whose records *files* no longer hold."""
    from scraper.storage import open_store

    if lost := lost_pages(url, files):
        with open_store(url, create=False) as store:
            store.forget_archived(list(lost))
        said = f"the archived pages of {len(lost)} articles are lost"
        detail = f"{said}; the articles stay, and {_REFETCHED}"
        yield Check("repair", ok=True, detail=detail)
