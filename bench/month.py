"""A simulated month: a job every ten minutes over a portal that lives and changes.

The world is :mod:`scraper.demo.world`: 400 articles a day, edits, takedowns, moved
addresses, a feed that dies, a section renamed, another template, a quiet night, an hour of
503s. The job runs in one process with virtual time, every hundredth run in a process of its
own. ``--days 2`` is a short world with all of it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bench import print_figures
from scraper.demo.world import TWO_DAYS, Event, Kind, Plan, World
from scraper.storage import open_store

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scraper.items import Article
    from scraper.storage import Store

START = "2026-03-02T00:00:00+07:00"
_DAY = timedelta(days=1)
_LATE = timedelta(minutes=20)
"""What is published so late before the end has no run left to be found by."""
_UNHEALTHY, _NOTHING_NEW = 4, 3


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=30, help="virtual days (30)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the stores, kept")
    parser.add_argument(
        "--kills", type=int, default=0, help="real runs that are killed, then compared"
    )


def run(options: argparse.Namespace) -> int:
    plan = TWO_DAYS if options.days <= 2 else Plan()  # noqa: PLR2004
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        store = f"sqlite:///{folder}/month.db"
        found = _simulate(options, plan, store)
        figures = {"month.days": options.days, **measure(options, plan, store)}
        figures["month.seconds"] = round(found["seconds"], 1)
        if options.kills:
            killed = f"sqlite:///{folder}/killed.db"
            _simulate(options, plan, killed, kills=options.kills)
            figures |= compare(options, plan, store, killed)
    print_figures(figures, as_json=options.json)
    return 0


def _simulate(
    options: argparse.Namespace, plan: Plan, store: str, *, kills: int = 0
) -> dict[str, float]:
    spec = {
        "seed": options.seed,
        "start": START,
        "days": options.days,
        "plan": plan.to_json(),
        "port": 0,
        "kills": kills,
        "store": store,
        "settings": {"LOG_LEVEL": "ERROR", "TINSACH_WORKERS": 1},
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.month_child"],
        input=json.dumps(spec),
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(options: argparse.Namespace, plan: Plan, store: str) -> dict[str, float]:
    """Return the figures of the runs that are in *store*."""
    start = datetime.fromisoformat(START)
    world = World(options.seed, start=start, days=options.days, plan=plan)
    with open_store(store, create=False) as opened:
        ledger = Ledger(world, opened)
        return {
            **ledger.articles(),
            **ledger.events(),
            **ledger.runs(),
        }


def compare(
    options: argparse.Namespace, plan: Plan, store: str, killed: str
) -> dict[str, float]:
    """Return how many articles both stores hold, and how many of them differ."""
    one, other = (_contents(options, plan, each) for each in (store, killed))
    differ = [n for n in one.keys() | other.keys() if one.get(n) != other.get(n)]
    return {
        "month.kills": options.kills,
        "month.articles_never_killed": len(one),
        "month.articles_killed": len(other),
        "month.differ_after_kills": len(differ),
    }


def _contents(
    options: argparse.Namespace, plan: Plan, store: str
) -> dict[int | None, tuple[object, ...]]:
    """Return what *store* says of each article of the world, by its number."""
    start = datetime.fromisoformat(START)
    world = World(options.seed, start=start, days=options.days, plan=plan)
    with open_store(store, create=False) as opened:
        return {
            world.locate(urlsplit(a.url).path): (
                urlsplit(a.url).path,
                a.title,
                a.text,
                a.gone_at is None,
            )
            for a in opened.iter_articles()
        }


@dataclass(slots=True)
class Kept:
    """A stored article and all that it said before."""

    newest: Article
    revisions: list[Article]


class Ledger:
    """What is true of *world* beside what *store* holds of it."""

    def __init__(self, world: World, store: Store) -> None:
        self.world = world
        self.records = list(_records(store))
        self.kept: dict[int, list[Kept]] = defaultdict(list)
        self.strange = 0
        for article in store.iter_articles():
            n = world.locate(urlsplit(article.url).path)
            if n is None:
                self.strange += 1
            else:
                self.kept[n].append(Kept(article, store.history(article.url)))

    def articles(self) -> dict[str, float]:
        world = self.world
        due = range(world.count(world.end - _LATE))
        missing = [n for n in due if n not in self.kept]
        first = {n: kept[0].revisions[0] for n, kept in self.kept.items()}
        waits = [
            (article.fetched_at - world.times[n]) / timedelta(minutes=1)
            for n, article in first.items()
            if article.fetched_at
        ]
        doubled = sum(len(kept) - 1 for kept in self.kept.values())
        return {
            "month.articles": len(due),
            "month.recall": round(1 - len(missing) / max(1, len(due)), 5),
            "month.fresh_minutes": round(median(waits), 2),
            "month.duplicates": doubled + self.strange,
        }

    def events(self) -> dict[str, float]:
        found: dict[Kind, list[bool]] = {Kind.EDIT: [], Kind.TAKEDOWN: []}
        for event in self.world.events():
            if event.kind in found and event.time + _DAY <= self.world.end:
                found[event.kind].append(self._is_found(event))
        return {
            "month.edits": len(found[Kind.EDIT]),
            "month.edits_found": _share(found[Kind.EDIT]),
            "month.takedowns": len(found[Kind.TAKEDOWN]),
            "month.takedowns_found": _share(found[Kind.TAKEDOWN]),
        }

    def _is_found(self, event: Event) -> bool:
        kept = self.kept.get(event.n or 0)
        if not kept:
            return False
        if event.kind is Kind.TAKEDOWN:
            gone = kept[0].newest.gone_at
            return gone is not None and event.time <= gone <= event.time + _DAY
        truth = self.world.truth(event.n or 0, event.time).text
        return any(
            revision.fetched_at
            and event.time <= revision.fetched_at <= event.time + _DAY
            and _same(revision.text, truth)
            for revision in kept[0].revisions
        ) or self._is_edited_again(event, kept[0])

    def _is_edited_again(self, event: Event, kept: Kept) -> bool:
        """Tell whether a later edit came first, and was found within the day of this one."""
        return any(
            revision.fetched_at
            and event.time <= revision.fetched_at <= event.time + _DAY
            and _same(
                revision.text,
                self.world.truth(event.n or 0, revision.fetched_at).text,
            )
            for revision in kept.revisions
        )

    def runs(self) -> dict[str, float]:
        """Return what the runs did: requests, verdicts, what they said of the changes."""
        requests = sum(record["pages"] for record in self.records)
        published = self.world.count(self.world.end)
        dates = {event.kind: event for event in self.world.events()}
        night, outage = dates.get(Kind.QUIET_NIGHT), dates.get(Kind.OUTAGE)
        alarms = [
            record
            for record in self.records[6:]
            if record["status"] == _UNHEALTHY and not _within(record, outage)
        ]
        silent = [r for r in self.records if _within(r, night, inner=True)]
        down = [r for r in self.records if _within(r, outage, inner=True)]
        return {
            "month.runs": len(self.records),
            "month.requests_per_article": round(requests / published, 3),
            "month.not_modified": sum(r["not_modified"] for r in self.records),
            "month.false_alarms": len(alarms),
            "month.quiet_night_3": _share(
                [r["status"] == _NOTHING_NEW for r in silent]
            ),
            "month.outage_4": _share([r["status"] == _UNHEALTHY for r in down]),
        }


def _records(store: Store) -> Iterator[dict[str, Any]]:
    for run in reversed(store.jobs.list_runs(limit=1_000_000)):
        if run.record:
            yield {"began": run.started_at, "not_modified": 0, **json.loads(run.record)}


def _within(
    record: dict[str, Any], event: Event | None, *, inner: bool = False
) -> bool:
    """Tell a run during *event*; *inner*: past its first twenty minutes, before its end."""
    if event is None or event.until is None:
        return False
    begin = event.time + (_LATE if inner else timedelta())
    end = event.until if inner else event.until + _LATE
    return bool(begin <= record["began"] < end)


def _same(text: str, truth: str) -> bool:
    return " ".join(text.split()) == " ".join(truth.split())


def _share(told: list[bool]) -> float:
    return round(sum(told) / len(told), 5) if told else 1.0
