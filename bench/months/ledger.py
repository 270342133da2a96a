"""What is true of a simulated world beside what the store of its runs holds."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from statistics import fmean, median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scraper.demo.pages import plain
from scraper.monitoring.run_report import whole
from worlds.living import Event, Kind, World
from worlds.living.site import WorldSite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from scraper.items import Article
    from scraper.storage import Store

LATE = timedelta(minutes=20)
"""What is published so late before the end has no run left to be found by."""
_DAY = timedelta(days=1)
_UNHEALTHY, _NOTHING_NEW = 4, 3
_REPORTS = frozenset({"unknown_template", "ways_disagree"})
"""Rules of health that say that a template has changed."""
_CHANCE = frozenset({"less_coverage", "little_volume"})
"""Rules that warn of what never happens here, but for the outage and the redesign."""
_SAMPLE = 20


@dataclass(slots=True)
class Kept:
    """A stored article and all that it said before."""

    newest: Article
    revisions: list[Article]


class Ledger:
    """What is true of *world* until *end* beside what *store* holds of it.

    *moments* are the times at which each revision of an article came, by its path.
    """

    def __init__(
        self,
        world: World,
        store: Store,
        end: datetime,
        moments: Mapping[str, Sequence[str]],
    ) -> None:
        self.world, self.end = world, end
        self.moments: dict[int, list[datetime]] = defaultdict(list)
        for path, times in moments.items():
            n = world.locate(path)
            if n is not None:
                self.moments[n] += map(datetime.fromisoformat, times)
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
        """Return what became of what was published."""
        world = self.world
        due = range(world.count(self.end - LATE))
        missing = [n for n in due if n not in self.kept]
        waits = [
            (min(times) - world.times[n]) / timedelta(minutes=1)
            for n, times in self.moments.items()
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
            if event.kind in found and event.time + _DAY <= self.end:
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
        seen = zip(self.moments[event.n or 0], kept[0].revisions, strict=False)
        return any(
            event.time <= at <= event.time + _DAY
            and _same(revision.text, self.world.truth(event.n or 0, at).text)
            for at, revision in seen
        )

    def redesign(self) -> dict[str, float]:
        """Return when the other template was reported, and what was lost or dirty by it.

        A run counts from the first that read an article; lost and dirty are articles
        whose page was fetched since.
        """
        date = next((e for e in self.world.events() if e.kind is Kind.REDESIGN), None)
        if date is None or date.time >= self.end:
            return {}
        since = [r for r in self.records if r["began"] >= date.time]
        told = [_says(record, _REPORTS) for record in since if _articles(record)]
        due = range(self.world.count(date.time), self.world.count(self.end - LATE))
        later = [
            kept
            for each in self.kept.values()
            for kept in each
            if (kept.newest.fetched_at or date.time) > date.time
        ]
        return {
            "month.template_change_runs": told.index(True) + 1 if True in told else 0,
            "month.template_pages": len(later),
            "month.template_lost": sum(n not in self.kept for n in due),
            "month.template_dirty": sum(
                not self._is_clean(each.newest) for each in later
            ),
        }

    def _is_clean(self, article: Article) -> bool:
        n = self.world.locate(urlsplit(article.url).path) or 0
        at = article.fetched_at or self.end
        return _same(article.text, self.world.truth(n, at).text)

    def _saved(self) -> float:
        """Return about how many bytes 304s saved: their number by the size of full pages."""
        site = WorldSite(self.world)
        site.set_time(self.end)
        states = (record.get("source_states") or {} for record in self.records)
        sources = {urlsplit(url).path or "/" for each in states for url in each}
        articles = [urlsplit(k[0].newest.url).path for k in self.kept.values()]
        unchanged: int = sum(record["unchanged_sources"] for record in self.records)
        same: int = sum(r["not_modified"] for r in self.records) - unchanged
        return unchanged * _mean_size(site, sources) + same * _mean_size(
            site, articles[:_SAMPLE]
        )

    def runs(self) -> dict[str, float]:
        """Return what the runs did: requests, verdicts, what they reported of the changes."""
        requests = sum(record["pages"] for record in self.records)
        published = self.world.count(self.end)
        dates = {event.kind: event for event in self.world.events()}
        night, outage = dates.get(Kind.QUIET_NIGHT), dates.get(Kind.OUTAGE)
        redesign = dates.get(Kind.REDESIGN)
        redesigned = redesign.time if redesign else self.end
        alarms = [
            record
            for record in self.records[6:]
            if record["status"] == _UNHEALTHY
            and not _within(record, outage)
            and not (record["began"] >= redesigned and _says(record, _REPORTS))
        ]
        warned = [
            record
            for record in self.records[6:]
            if _says(record, _CHANCE)
            and not _within(record, outage)
            and record["began"] < redesigned
        ]
        silent = [r for r in self.records if _within(r, night, inner=True)]
        down = [r for r in self.records if _within(r, outage, inner=True)]
        return {
            "month.runs": len(self.records),
            "month.requests_per_article": round(requests / published, 3),
            "month.not_modified": sum(r["not_modified"] for r in self.records),
            "month.saved_mb": round(self._saved() / 1e6, 1),
            "month.false_alarms": len(alarms),
            "month.false_warnings": len(warned),
            "month.quiet_night_3": _share(
                [r["status"] == _NOTHING_NEW for r in silent]
            ),
            "month.outage_4": _share([r["status"] == _UNHEALTHY for r in down]),
        }


def _records(store: Store) -> Iterator[dict[str, Any]]:
    for run in reversed(store.jobs.list_runs(limit=1_000_000)):
        if run.record:
            yield {"began": run.started_at, **whole(json.loads(run.record))}


def _within(
    record: dict[str, Any], event: Event | None, *, inner: bool = False
) -> bool:
    """Return True for a run during *event*.

    *inner*: past its first twenty minutes, before its end.
    """
    if event is None or event.until is None:
        return False
    begin = event.time + (LATE if inner else timedelta())
    end = event.until if inner else event.until + LATE
    return bool(begin <= record["began"] < end)


def _articles(record: dict[str, Any]) -> int:
    return sum(record[name] for name in ("new", "revised", "changed", "unchanged"))


def _says(record: dict[str, Any], rules: Iterable[str]) -> bool:
    return any(finding["rule"] in rules for finding in record["findings"])


def _mean_size(site: WorldSite, paths: Iterable[str]) -> float:
    answers = (site.answer(path) for path in paths)
    sizes = [
        sum(map(len, plain(a.parts))) for a in answers if a.status == HTTPStatus.OK
    ]
    return fmean(sizes or [0])


def _same(text: str, truth: str) -> bool:
    return " ".join(text.split()) == " ".join(truth.split())


def _share(told: list[bool]) -> float:
    return round(sum(told) / len(told), 5) if told else 1.0
