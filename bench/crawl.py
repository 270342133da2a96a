"""Pages a second of our crawl, beside Scrapy with trafilatura in its callback.

Both crawl the same replica portal, uncompressed and without a politeness delay, one
after the other, in a process of their own. Ours finds the articles through feeds,
sections and sitemap, reads them in its workers and stores them; the other takes the
articles from the sitemap, calls ``bare_extraction`` in the callback and keeps nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from statistics import median
from typing import TYPE_CHECKING

from bench import print_figures, say
from scraper.demo import serving

if TYPE_CHECKING:
    import argparse

LONGEST = 900.0


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=int, default=1000, help="articles (1000)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds; figures are their medians (3)"
    )


def run(options: argparse.Namespace) -> int:
    figures = measure(options.size, options.rounds)
    print_figures(figures, as_json=options.json)
    return 0


def measure(size: int, rounds: int) -> dict[str, float]:
    """Return the medians of *rounds* over *size* articles."""
    ours, inline = [], []
    for number in range(1, rounds + 1):
        with serving(size=size, seed=number) as replica:
            inline.append(_crawl("inline", replica.base, size))
            ours.append(_crawl("ours", replica.base, size))
        say(f"round {number}: {ours[-1]}, inline {inline[-1]}")
    pages, beside = _median(ours, "pages_per_s"), _median(inline, "pages_per_s")
    return {
        "crawl.pages_per_s": round(pages, 2),
        "crawl.inline_pages_per_s": round(beside, 2),
        "crawl.vs_inline": round(pages / beside, 3),
        "crawl.reactor_p999_ms": round(_median(ours, "reactor_p999_ms"), 2),
    }


def _crawl(kind: str, base: str, size: int) -> dict[str, float]:
    """Return the figures of one crawl; raises RuntimeError where it lost a page."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", "bench.crawl_child", kind, base, folder],
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


def _median(rounds: list[dict[str, float]], name: str) -> float:
    return median(figures[name] for figures in rounds)
