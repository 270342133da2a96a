"""The clock is wrong."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_CRAWL = "tests/crawl/test_wrong_clock.py"
_STORE = "tests/unit/storage/test_times_ahead.py"
_FRONTIER = "scraper/crawling/frontier.py"
_HEALTH = "scraper/monitoring/health.py"

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "one run with a clock that is years ahead",
        "the next run visits what that one put into the future, once, and says so",
        "crawling.frontier: times ahead, when a run begins",
        (Edit(_FRONTIER, "        await self._set_due(self._began)\n", ""),),
        f"{_CRAWL}::test_a_run_with_a_clock_ahead_blinds_no_later_one",
    ),
    Hazard(
        "visits, next visits and sightings that lie ahead of the clock",
        "they are not believed: due at once, changed, seen again",
        "storage.frontier: times beyond belief",
        (
            Edit(
                "scraper/storage/frontier.py",
                "beyond = sa.or_(_row.visited_at > past, _row.due_at > past + LONGEST)",
                "beyond = sa.false()",
            ),
        ),
        _STORE,
    ),
    Hazard(
        "the clock is set back while a run goes on",
        "nothing that the run noted before stays ahead, nothing is visited in a circle",
        "crawling.frontier: a clock that is set back",
        (Edit(_FRONTIER, "if at < self._began:", "if False:"),),
        f"{_CRAWL}::test_a_clock_set_back_in_the_run_leaves_nothing_ahead",
    ),
    Hazard(
        "a clock without a battery: 1970",
        "the crawl is refused before anything is fetched, exit 1",
        "scraper.clock: EARLIEST",
        (Edit(_FRONTIER, "if self._began < clock.EARLIEST:", "if False:"),),
        f"{_CRAWL}::test_a_clock_that_cannot_be_right_stops_the_crawl",
    ),
    Hazard(
        "no source is due for more than a day",
        "unhealthy, exit 4",
        "monitoring.health: nothing_due",
        (
            Edit(
                _HEALTH,
                '    "nothing_due": Rule(nothing_due, ExitStatus.UNHEALTHY),\n',
                "",
            ),
        ),
        f"{_CRAWL}::test_a_source_that_is_never_due_is_no_health",
    ),
    Hazard(
        "the clock is a day or more from that of every server",
        "what can be stored is stored; unhealthy, exit 4",
        "monitoring.health: wrong_clock",
        (
            Edit(
                _HEALTH,
                '    "wrong_clock": Rule(wrong_clock, ExitStatus.UNHEALTHY),\n',
                "",
            ),
        ),
        f"{_CRAWL}::test_a_run_with_a_clock_ahead_blinds_no_later_one",
    ),
    Hazard(
        "the clock is ahead, and everything that is kept for some days looks old",
        "nothing is removed unless a server agrees with the clock",
        "crawling.pruning: a witness of the clock",
        (
            Edit(
                "scraper/crawling/extensions.py",
                "if apart is None or abs(timedelta(seconds=apart)) > clock.MOST_APART:",
                "if False:",
            ),
        ),
        f"{_CRAWL}::test_nothing_is_old_by_a_clock_that_no_server_agrees_with",
    ),
    Hazard(
        "a killed run on another machine whose last sign of life lies ahead",
        "it does not hold its job until then",
        "storage.jobs: signs of life ahead",
        (
            Edit(
                "scraper/storage/jobs.py",
                " and not clock.is_ahead(row.seen_at, at)\n",
                "\n",
            ),
        ),
        f"{_STORE}::test_a_run_that_another_machine_began_ahead_holds_nothing",
    ),
    Hazard(
        "an alert that was sent while the clock was ahead",
        "it silences no later one",
        "monitoring.alerts: what was sent ahead",
        (
            Edit(
                "scraper/monitoring/alerts.py",
                "if since < run.began <= until]",
                "if since < run.began]",
            ),
        ),
        "tests/unit/monitoring/test_alerts.py",
    ),
    Hazard(
        "an article dated years ahead",
        "its visits follow the time at which it was found; the date is stored as stated",
        "storage.settling: dates ahead",
        (
            Edit(
                "scraper/storage/settling.py",
                "frontier.first_believed(visit.at, *known),",
                "next(filter(None, known)),",
            ),
        ),
        f"{_STORE}::test_an_article_dated_ahead_is_visited_by_the_time_it_was_found",
    ),
    Hazard(
        "a sitemap that dates its changes years ahead",
        "these are passed over; real changes that follow are heeded",
        "storage.frontier: changes ahead",
        (
            Edit(
                "scraper/storage/frontier.py",
                "return replace(address, changed=None)",
                "return address",
            ),
        ),
        f"{_STORE}::test_a_change_that_a_sitemap_puts_ahead_is_passed_over",
    ),
    Hazard(
        "a page in the archive that was kept while the clock was ahead",
        "`reextract --apply` does not take it for the newest",
        "reextraction: records ahead",
        (
            Edit(
                "scraper/reextraction.py",
                "if before and _is_dated_ahead(before, kept.page):",
                "if False:",
            ),
        ),
        "tests/unit/test_reextraction.py"
        "::test_a_page_kept_while_the_clock_was_ahead_is_not_the_newest",
    ),
    Hazard(
        "the hour of autumn that comes twice",
        "a time that is stated in UTC stays so though the page prints the same clock",
        "extraction.dates: the same clock as UTC",
        (
            Edit(
                "scraper/extraction/dates/clocks.py",
                " or _is_shown_in(moment, home):",
                ":",
            ),
        ),
        "tests/unit/extraction/test_date_zones.py",
    ),
)
