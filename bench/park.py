"""Any site: what `crawl news` finds on sites of a park that it has never seen.

Each site of worlds/park is served on loopback, with templates drawn from the seed, and
crawled by the real job in a process of its own, into a store of its own. *recall* is the
share of the published articles that are stored, *precision* that of the stored ones which
are articles, *f1* the mean agreement of their words with the truth, as ``bench quality``
takes it; *requests_per_article* counts all requests, *trap_requests* those to the pages of
the worst trap. *limited_requests* are the most that a first crawl with ``limit=5`` makes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from bench import print_figures, say
from scraper.storage import open_store
from worlds.gold.park import NOW
from worlds.park.plans import PLANS
from worlds.park.serve import score, serving

if TYPE_CHECKING:
    import argparse

    from scraper.items import Article

LONGEST = 300.0
_LIMIT = ("-a", "limit=5")
_QUICK = ("AUTOTHROTTLE_ENABLED=False", "DOWNLOAD_DELAY=0", "LOG_LEVEL=ERROR")
_PROGRAM = "import sys; from scraper.cli import main; sys.exit(main())"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=1, help="of the templates (1)")
    parser.add_argument("--sites", default="", help="with commas; all of them")


def run(options: argparse.Namespace) -> int:
    names = [name for name in options.sites.split(",") if name] or list(PLANS)
    figures = measure(names, options.seed)
    print_figures(figures, as_json=options.json)
    return 0


def measure(names: list[str], seed: int) -> dict[str, float]:
    """Return the figures of each site, and over all of them."""
    by_site = {name: _measure_site(name, seed) for name in names}
    figures: dict[str, float] = {}
    for key in ("recall", "precision", "f1", "requests_per_article"):
        values = [found[key] for found in by_site.values()]
        figures[f"park.{key}"] = round(sum(values) / len(values), 4)
    for key in ("trap_requests", "limited_requests"):
        figures[f"park.{key}"] = max(found[key] for found in by_site.values())
    for name, found in by_site.items():
        figures |= {f"park.{name}.{key}": value for key, value in found.items()}
    return figures


def _measure_site(name: str, seed: int) -> dict[str, float]:
    with serving(name, seed, NOW) as served, tempfile.TemporaryDirectory() as folder:
        stored = crawl(served.base, folder)
        found = score(served, stored)
    with serving(name, seed, NOW) as served, tempfile.TemporaryDirectory() as folder:
        crawl(served.base, folder, *_LIMIT)
        found["limited_requests"] = len(served.hits)
    say(f"{name}: {found}")
    return found


def crawl(base: str, folder: str, *options: str) -> dict[str, Article]:
    """Crawl the site at *base* as a user does; return what was stored, by address."""
    store = f"sqlite:///{folder}/articles.db"
    settings = [part for each in _QUICK for part in ("-s", each)]
    site = f"site={base}"
    command = ["crawl", "news", "-a", site, *options, "--store", store, *settings]
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, "-c", _PROGRAM, *command],
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
        env={
            "TINSACH_HOME": folder,
            "TINSACH_NOW": NOW.isoformat(),
            "TINSACH_ALLOW_PRIVATE": "1",
            "PYTHONPATH": ".",
        },
    )
    if done.returncode not in {0, 4}:
        raise RuntimeError(
            f"{base}: exit code {done.returncode}: {done.stderr[-2000:]}"
        )
    with open_store(store, create=False) as opened:
        return {article.url: article for article in opened.iter_articles()}
