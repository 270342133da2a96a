"""Pages a second of our crawl, beside a bare Scrapy spider and one that extracts.

All crawl the same replica portal without a politeness delay, one after the other, each in
a process of its own; the replica and the workers share the cores with it. The replica
sends gzip to all of them, but plain text where a figure is called ``plain``. Ours finds
the articles through feeds, sections and sitemap, reads them in its workers and stores
them in SQLite; *archived* is ours with the archive on. The others take the articles from
the sitemap and store nothing: *bare* has an empty callback, *inline* calls trafilatura's
``bare_extraction`` in it, on fewer pages, since a thousand take half a minute. Rates are
those of whole runs, from the first line to the last; ``cpu_ms`` is the CPU time of the
crawl's own process for a page.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from statistics import median
from typing import TYPE_CHECKING

from bench import print_figures, say, spread
from scraper.demo import serving

if TYPE_CHECKING:
    import argparse

LONGEST = 1800.0
_CHILD = "import sys; from bench.crawl_child import main; main(*sys.argv[1:])"
"""Not -m: every worker would load the module, and Scrapy with it, once more."""
_WATCHED = 1000
"""Articles of the crawl in which every callback of the reactor is timed."""


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, default=5000, help="articles (5000)")
    parser.add_argument(
        "--inline-size", type=int, default=500, help="articles read inline (500)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds; figures are their medians (3)"
    )


def run(options: argparse.Namespace) -> int:
    figures = measure(options.size, options.inline_size, options.rounds)
    print_figures(figures, as_json=options.json)
    return 0


def measure(size: int, inline_size: int, rounds: int) -> dict[str, float]:
    """Return the medians of *rounds*, and the spread of each ratio taken within a round."""
    found = [_round(number, size, inline_size) for number in range(1, rounds + 1)]
    figures = {}
    for name in found[0]:
        values = [each[name] for each in found]
        figures[f"crawl.{name}"] = round(median(values), 3)
        if name.startswith("vs_"):
            figures[f"crawl.{name}_spread"] = round(spread(values), 3)
    return figures


def _round(number: int, size: int, inline_size: int) -> dict[str, float]:
    with serving(size=size, seed=number) as replica:
        bare = crawl("bare", replica.base, size)
        ours = crawl("ours", replica.base, size)
        bare_plain = crawl("bare_plain", replica.base, size)
        ours_plain = crawl("ours_plain", replica.base, size)
        archived = crawl("archived", replica.base, size)
    with serving(size=inline_size, seed=number) as replica:
        inline = crawl("inline", replica.base, inline_size)
    watched = min(size, _WATCHED)
    with serving(size=watched, seed=number) as replica:
        reactor = crawl("watched", replica.base, watched)
    say(
        f"round {number}: bare {bare}, ours {ours}, plain {bare_plain} and {ours_plain},"
        f" archived {archived}, inline {inline}, {reactor}"
    )
    return {
        "vs_bare": ours["pages_per_s"] / bare["pages_per_s"],
        "vs_bare_plain": ours_plain["pages_per_s"] / bare_plain["pages_per_s"],
        "vs_inline": ours["pages_per_s"] / inline["pages_per_s"],
        "pages_per_s": ours["pages_per_s"],
        "bare_pages_per_s": bare["pages_per_s"],
        "inline_pages_per_s": inline["pages_per_s"],
        "archive_share": archived["pages_per_s"] / ours["pages_per_s"],
        "archive_cpu_ms": archived["cpu_ms"],
        "cpu_ms": ours["cpu_ms"],
        "bare_cpu_ms": bare["cpu_ms"],
        "plain_cpu_ms": ours_plain["cpu_ms"],
        "bare_plain_cpu_ms": bare_plain["cpu_ms"],
        "reactor_p999_ms": reactor["reactor_p999_ms"],
    }


def crawl(kind: str, base: str, size: int) -> dict[str, float]:
    """Return the figures of one crawl; raises RuntimeError if it lost a page."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-c", _CHILD, kind, base, folder],
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{kind}: {done.stderr[-2000:]}")
    figures: dict[str, float] = json.loads(done.stdout)
    if figures["articles"] != size:
        raise RuntimeError(f"{kind}: {figures['articles']} of {size} articles")
    return figures
