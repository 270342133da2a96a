"""Memory of a long crawl: the peak, and what is gained between an early page and the last.

Our crawl of the replica portal, as in ``bench crawl``; the memory is that of the crawl's
own process (resident, MiB), not of its workers, which are replaced now and then.
``crawl.rss_growth_percent`` compares the last page with page 5,000, or with the page
after a tenth of them in a smaller crawl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench import print_figures
from bench.crawl import crawl
from scraper.demo import serving

if TYPE_CHECKING:
    import argparse


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, default=50_000, help="articles (50000)")


def run(options: argparse.Namespace) -> int:
    print_figures(measure(options.size), as_json=options.json)
    return 0


def measure(size: int) -> dict[str, float]:
    with serving(size=size, seed=1) as replica:
        found = crawl("memory", replica.base, size)
    return {
        "crawl.rss_mb": round(found["rss_mb"], 1),
        "crawl.rss_growth_percent": round(found["rss_growth_percent"], 2),
        "crawl.rss_pages": size,
    }
