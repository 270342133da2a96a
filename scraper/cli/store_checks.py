"""What ``tinsach doctor`` looks at in the store: tables, runs, site models."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING

from scraper import clock
from scraper.cli.checks import Check
from scraper.cli.output import show_waiting
from scraper.errors import ScraperError
from scraper.options import MODELS, RUNS, URLS
from scraper.storage.location import is_missing, locate, store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from scraper.archive.writing import Contents
    from scraper.storage import Store, StoredModel, StoredRun


_REPAIR = "`tinsach doctor --repair` moves it aside"
_SHOWN = 20
"""Bad records that have a line of their own; the others are counted."""


def iter_archive_checks(given: str | None) -> Iterator[Check]:
    """Read every record of the archive, if there is one, and check the references to it.

    The references are those of the articles in the store, if that can be read.
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
    for each in bad[:_SHOWN]:
        yield Check("archive", ok=False, detail=f"{each}: {_REPAIR}")
    if len(bad) > _SHOWN:
        detail = f"{len(bad) - _SHOWN} more records are damaged: {_REPAIR}"
        yield Check("archive", ok=False, detail=detail)
    yield from _iter_lost(lost)
    if not bad and not lost:
        count = sum(len(found.starts) for found in files.values())
        detail = f"{folder}: every record can be read, {count:,} in {len(files)} files"
        yield Check("archive", ok=True, detail=detail)


def _iter_lost(lost: dict[str, str]) -> Iterator[Check]:
    names = Counter(reference.partition("#")[0] for reference in lost.values())
    for name, count in names.items():
        detail = (
            f"{name}: {count} articles refer to records that it does not have:"
            " `tinsach doctor --repair` lets their pages be fetched again"
        )
        yield Check("archive", ok=False, detail=detail)


def read_archive(folder: Path) -> dict[str, Contents]:
    """Return what each file of the archive in *folder* holds; raises OSError, ValueError."""
    from scraper.archive.kept import archive_files
    from scraper.archive.writing import read_file

    paths = archive_files(folder)
    size, done, files = sum(path.stat().st_size for path in paths), 0, {}
    with show_waiting("archive") as update:
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
    """Return the references of articles that lead to no sound record, by their URLs.

    A file that is not there was pruned. Of a store that cannot be read nothing is known:
    its own check says so.
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


REPAIR = "`tinsach doctor --repair` saves what can be read"
_LATEST = 20
_MOST_KILLED = 3
_UNHEALTHY = frozenset({1, 4})


def iter_store_checks(given: str | None, spider: str | None = None) -> Iterator[Check]:
    """Open the store where there is one, and look into it; it is not made.

    With a *spider* only its own runs are looked at: those of others are not its fault.
    """
    from scraper.storage import open_store
    from scraper.storage.location import locate

    url = store_url(given)
    try:
        place = locate(url)
        if not place.is_there:
            yield Check("store", ok=True, detail=f"{place.name}, not there yet")
            return
        if damage := look_for_damage(url):
            detail = f"{place.name} is damaged ({damage}): {REPAIR}"
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
            damaged = dict(iter_damaged_models(store))
            yield from (_damaged_model(*each) for each in damaged.items())
            in_use = _models_in_use(store)
            yield from (
                _check_model(*each) for each in in_use if each[0] not in damaged
            )
    except ScraperError as error:
        yield Check("store", ok=False, detail=str(error))


def look_for_damage(url: str | None) -> str:
    """Return what is damaged in the store at *url*, "" if nothing is; draw how far it is."""
    from scraper.cli.output import show_progress
    from scraper.storage.maintenance import find_damage

    with show_progress("doctor: the store is read") as report:
        return find_damage(
            url, report=lambda done, total: report(done, total - done, done)
        )


def _iter_run_checks(store: Store, spider: str | None) -> Iterator[Check]:
    latest = store.jobs.list_runs(limit=_LATEST)
    jobs = dict.fromkeys(run.job for run in latest)
    if spider is not None:
        jobs = dict.fromkeys(job for job in jobs if job.partition(" ")[0] == spider)
    if not jobs:
        when = "yet" if spider is None else f"of {spider} lately"
        detail = f"none {when}; `tinsach crawl {spider or 'SPIDER'}` makes one"
        yield Check("runs", ok=True, detail=detail)
    for job in jobs:
        yield _check_job(store.jobs.list_runs(job, limit=_LATEST))


def _check_job(runs: Sequence[StoredRun]) -> Check:
    newest = runs[0]
    ago = clock.now() - newest.started_at
    found = f"{newest.job}: run {newest.position} began {_span(ago)} ago"
    if clock.is_ahead(newest.started_at):
        began = f"{newest.job}: run {newest.position} began in the future"
        detail = f"{began}; {clock.SET_CLOCK}"
        return Check("runs", ok=False, detail=detail)
    killed = sum(run.was_killed for run in runs)
    if killed > _MOST_KILLED:
        advice = "look for what ends them: memory, a time-out, a restart"
        detail = f"{found}; {killed} of the latest {len(runs)} were killed: {advice}"
        return Check("runs", ok=False, detail=detail)
    return _check_run(newest, found)


def _check_run(run: StoredRun, found: str) -> Check:
    if run.is_under_way:
        detail = f"{found} and is under way; {run.owner} holds the job"
        return Check("runs", ok=True, detail=detail)
    record = json.loads(run.record) if run.record else {"verdict": "killed"}
    detail = f"{found}: {record['verdict']}"
    if record.get("status") in _UNHEALTHY:
        more = f"`tinsach runs show {run.position}` says more"
        return Check("runs", ok=False, detail=f"{detail}; {more}")
    return Check("runs", ok=True, detail=detail)


def _check_growth(store: Store) -> Check:
    """Say how much there is of what grows beside the articles, and how much is kept."""
    runs, urls = store.jobs.count()
    versions = Counter(each.site for each in store.models.list_models())
    most = max(versions.values(), default=0)
    parts = (
        f"{runs:,} runs ({RUNS.said(os.environ)})",
        f"{urls:,} URLs ({URLS.said(os.environ)} after they were listed last)",
        f"at most {most} versions of a model ({MODELS.said(os.environ)})",
    )
    return Check("kept", ok=True, detail="; ".join(parts))


def check_times(store: Store) -> Check:
    """Look for times ahead of the clock: it is wrong now, or was in a former crawl."""
    now = clock.now()
    ahead = store.jobs.count_beyond(now)
    if not ahead:
        return Check("times", ok=True, detail="none lies ahead of the clock")
    found = f"{ahead} addresses have times ahead of {clock.shown(now)}"
    advice = "the next crawl asks them once more; if the clock is the one that is wrong"
    return Check("times", ok=False, detail=f"{found}: {advice}, {clock.SET_CLOCK}")


def iter_damaged_models(store: Store) -> Iterator[tuple[StoredModel, str]]:
    """Yield each stored version of a model that is damaged, and what was found."""
    for listed in store.models.list_models():
        record = store.models.load_model(listed.site, listed.version) or ""
        if fault := _fault_of_model(listed, record):
            yield listed, fault


def _fault_of_model(listed: StoredModel, record: str) -> str:
    """Return what differs between *listed* and the model that *record* states, or ""."""
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


def _models_in_use(store: Store) -> Iterator[tuple[StoredModel, str]]:
    for model in store.models.list_models():
        if model.current:
            yield model, store.models.load_model(model.site) or ""


def _check_model(listed: StoredModel, record: str) -> Check:
    """Look at the age of a model, and whether its audits let it be trusted."""
    from scraper.sitemodel import SiteModel
    from scraper.sitemodel.model import is_trusted

    found = f"{listed.site}: {listed.pages} pages, {_age(listed.created_at)}"
    model = SiteModel.from_json(record)
    found += f", {model.agreed} of {model.audited} audits agreed"
    if listed.pinned:
        found += ", pinned"
    if is_trusted(model):
        return Check("model", ok=True, detail=found)
    pinned = f"`tinsach model unpin {listed.site}` lets it be learned anew"
    advice = pinned if listed.pinned else "the next crawl learns it anew"
    return Check(
        "model", ok=False, detail=f"{found}; its template has changed: {advice}"
    )


def _age(moment: datetime) -> str:
    if clock.is_ahead(moment):
        return "learned while the clock was ahead"
    return f"{_span(clock.now() - moment)} old"


def _span(span: timedelta) -> str:
    """Return a span in the largest unit of which it has two: "90 minutes"."""
    seconds = span.total_seconds()
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"
