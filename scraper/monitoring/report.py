"""What a run did, out of the counts that it kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from dataclasses import Field

_FAILED = ("pages/failed/", "read/failed/")
_REJECTED = ("validate/dropped/", "deduplicate/dropped/", "articles/passed_over/")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """The summary of one crawl.

    *leased* counts the addresses that were due, *repeated* the sources that are visited
    again and again, *ahead* the addresses whose times lay ahead of the clock;
    *clock_apart* are the seconds that it is ahead of the servers. *unsettled* counts the
    addresses of which no component of the crawl has said what became. *sources* are feeds, sitemaps and section
    pages that were read, *unchanged_sources* those of them that had nothing new by the
    server's word; *links* the articles they listed, *requested* those that were fetched
    for the first time, *given* those of them that are articles, *revisited* those seen again, of which *same* had not changed and
    *gone* were taken down, and *archived* those whose page was written into the
    archive, which stopped at the first of *not_archived*;
    *rendered* counts pages that a browser rendered;
    *pages* every answer of the network, *not_modified* those that only said that nothing
    is new. *articles* = new + revised (other words) + changed (other fields) + unchanged;
    *forgotten* are those that came again and were kept out.
    *failed*, *quarantined* and *source_failures* count by reason, *rejected* articles that
    a pipeline dropped or that were passed over, by reason, *dropped* blocks of kept articles by rule. *followed* counts pages
    read by a site model, *model_limited* those that it did not fit, by reason,
    *read_again* those that came before there was one. Of the pages with a model *fast*
    were read the fast way, *careful* counts the others by reason; *audited* were read
    both ways, of which *differed*; *agreement* is the mean share (0-1) of their words on
    which both ways agree. *models_forgotten* fitted too few pages. *by_source* is what
    the first page of each source told: how many new articles it listed, or why none.
    *fields* counts the articles that have each field; of *texts_read* texts of articles
    *texts* are the commonest, by fingerprint;
    *latency_minutes* is the median from publication to store of the *latency_articles*
    that were new and two days old at most.
    """

    spider: str
    reason: str
    seconds: float = 0.0
    leased: int = 0
    repeated: int = 0
    ahead: int = 0
    clock_apart: int | None = None
    unsettled: int = 0
    sources: int = 0
    unchanged_sources: int = 0
    links: int = 0
    known: int = 0
    out_of_range: int = 0
    requested: int = 0
    given: int = 0
    revisited: int = 0
    same: int = 0
    gone: int = 0
    pages: int = 0
    not_modified: int = 0
    new: int = 0
    revised: int = 0
    changed: int = 0
    unchanged: int = 0
    forgotten: int = 0
    archived: int = 0
    not_archived: int = 0
    rendered: int = 0
    store_errors: int = 0
    blocks_kept: int = 0
    followed: int = 0
    read_again: int = 0
    latency_minutes: float | None = None
    latency_articles: int = 0
    fast: int = 0
    audited: int = 0
    differed: int = 0
    agreement: float | None = None
    models_forgotten: int = 0
    texts_read: int = 0
    texts: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, int] = field(default_factory=dict)
    by_source: Mapping[str, int | str] = field(default_factory=dict)
    careful: Mapping[str, int] = field(default_factory=dict)
    model_limited: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    quarantined: Mapping[str, int] = field(default_factory=dict)
    source_failures: Mapping[str, int] = field(default_factory=dict)
    rejected: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def visited(self) -> int:
        """Pages of articles that were asked for, the first time or again."""
        return self.requested + self.revisited

    @property
    def good(self) -> int:
        """Visits that told what they should: an article, that it is as it was, or gone."""
        return self.articles + self.same + self.gone

    @property
    def lost(self) -> int:
        """Visits that failed, those of pages in quarantine among them."""
        return sum(self.failed.values()) + sum(self.quarantined.values())

    @property
    def unaccounted(self) -> int:
        """Visits of which nothing is told: none, whatever happened in the run."""
        dropped = self.forgotten + sum(self.rejected.values()) + self.store_errors
        return self.visited - self.good - dropped - self.lost

    @property
    def articles(self) -> int:
        return self.new + self.revised + self.changed + self.unchanged

    @property
    def blocks_dropped(self) -> int:
        return sum(self.dropped.values())


def kept_of(report: RunReport) -> dict[str, Any]:
    """Return the fields of *report* that say something: a year has 52,560 runs.

    Those with their default value are left out, which :func:`report_of` puts back.
    ``by_source`` is kept as the states of the sources.
    """
    found = asdict(report)
    return {
        each.name: found[each.name]
        for each in fields(report)
        if each.name != "by_source" and found[each.name] != _default(each)
    }


def report_of(record: Mapping[str, Any]) -> RunReport:
    """Return the report that *record* keeps; whatever else it holds is passed over."""
    names = RunReport.__dataclass_fields__
    return RunReport(**{n: value for n, value in record.items() if n in names})


def whole(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return *record* with all fields of its report, as :func:`report_of` reads them."""
    found = asdict(report_of(record))
    del found["by_source"]
    return found | dict(record)


def _default(each: Field[Any]) -> object:
    return {} if each.default is MISSING else each.default


def build_report(stats: Mapping[str, Any], *, spider: str, reason: str) -> RunReport:
    """Return the report of a run whose crawler kept *stats*."""
    return RunReport(
        spider=spider,
        reason=reason,
        seconds=float(stats.get("elapsed_time_seconds", 0.0)),
        leased=stats.get("frontier/leased", 0),
        repeated=stats.get("frontier/repeated", 0),
        ahead=stats.get("frontier/ahead", 0),
        clock_apart=stats.get("clock/apart"),
        unsettled=stats.get("frontier/unsettled", 0),
        unchanged_sources=stats.get("sources/unchanged", 0),
        sources=sum(_by_suffix(stats, "sources/read/").values()),
        links=stats.get("links/articles", 0),
        known=stats.get("links/known", 0),
        out_of_range=stats.get("links/out_of_range", 0),
        requested=stats.get("articles/requested", 0),
        given=stats.get("articles/given", 0),
        revisited=stats.get("articles/revisited", 0),
        same=stats.get("articles/unchanged", 0),
        gone=stats.get("articles/gone", 0),
        pages=stats.get("downloader/response_count", 0),
        not_modified=stats.get("downloader/response_status_count/304", 0),
        new=stats.get("store/new", 0),
        revised=stats.get("store/revised", 0),
        changed=stats.get("store/changed", 0),
        unchanged=stats.get("store/unchanged", 0),
        forgotten=stats.get("store/forgotten", 0),
        archived=stats.get("archive/pages", 0),
        not_archived=stats.get("archive/failed", 0),
        rendered=stats.get("rendered/pages", 0),
        store_errors=stats.get("articles/not_stored", 0),
        blocks_kept=stats.get("blocks/kept", 0),
        followed=stats.get("model/followed", 0),
        read_again=stats.get("model/read_again", 0),
        latency_minutes=stats.get("latency/minutes"),
        latency_articles=stats.get("latency/articles", 0),
        fast=stats.get("model/fast", 0),
        audited=stats.get("model/audited", 0),
        differed=stats.get("model/differed", 0),
        agreement=_mean(stats.get("model/agreement"), stats.get("model/audited", 0)),
        models_forgotten=stats.get("model/forgotten", 0),
        texts_read=stats.get("texts/read", 0),
        texts=dict(stats.get("texts/commonest", {})),
        by_source=dict(_iter_under(stats, "sources/at/")),
        fields=_by_suffix(stats, "fields/"),
        careful=_by_suffix(stats, "model/careful/"),
        model_limited=_by_suffix(stats, "model/limited/"),
        quarantined=_by_suffix(stats, "read/quarantined/"),
        failed=_merge(*(_by_suffix(stats, prefix) for prefix in _FAILED)),
        source_failures=_by_suffix(stats, "sources/failed/"),
        rejected=_merge(*(_by_suffix(stats, prefix) for prefix in _REJECTED)),
        dropped=_by_suffix(stats, "blocks/dropped/"),
    )


def _mean(total: float | None, count: int) -> float | None:
    return None if total is None or not count else round(total / count, 4)


def _iter_under(stats: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in stats.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), value


def _by_suffix(stats: Mapping[str, Any], prefix: str) -> dict[str, int]:
    found = {name: int(count) for name, count in _iter_under(stats, prefix)}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def _merge(*counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sum(map(Counter, counts), Counter()))
