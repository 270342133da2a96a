"""Many machines, tried on one: Ray beside the process pool, PostgreSQL beside SQLite.

``--pages`` archived pages of the replica portal in twenty WARC files are read into Parquet
by a stored model: by the pool with a reader a core, and on a Ray cluster with one worker and
with two. *scaling* is Ray's rate with two workers to that with one, *ray_vs_pool* that with
two to the pool's. *pg_vs_sqlite* is the rate at which articles are saved, twenty at a time.
Ray starts before the clock does; its workers after. Medians of ``--rounds``.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bench import print_figures, say
from scraper.archive import ArchiveWriter, Capture
from scraper.demo import Portal
from scraper.demo.pages import plain
from scraper.demo.site import Site
from scraper.fleet.extracting import Job, iter_extracted, iter_extracted_on_ray
from scraper.items import Page
from scraper.reading import read, study
from scraper.sitemodel import learn
from scraper.storage import Address, open_store
from scraper.urls import site_of
from worlds.postgres import serving

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from scraper.fleet.extracting import Extracted
    from scraper.sitemodel.digest import PageDigest

NOW = datetime.fromisoformat("2026-03-02T09:00:00+07:00")
BASE = "https://baotintuc.example"
_SHARDS = 20
_LEARNED = 60
_BATCH = 20
_PORT = "6397"


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pages", type=int, default=20_000, help="archived (20000)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--saved", type=int, default=5000, help="articles (5000)")


def run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        figures = _reading(Path(folder), options.pages, options.rounds)
        figures |= _saving(Path(folder), options.saved, options.rounds)
    print_figures(figures, as_json=options.json)
    return 0


def _reading(folder: Path, pages: int, rounds: int) -> dict[str, float]:
    store = f"sqlite:///{folder}/articles.db"
    shards = _write(folder / "archive", pages, store)
    say(f"{pages} pages in {len(shards)} shards")
    rates: dict[str, list[float]] = {"pool": [], "ray_1": [], "ray_2": []}
    with _cluster() as address:
        for number in range(rounds):
            for name, found in rates.items():
                out = str(folder / f"{name}-{number}")
                jobs = [Job(shard, out, store) for shard in shards]
                found.append(_rate(name, jobs, address))
                say(f"{name}: {found[-1]:.0f} pages/s")
    medians = {name: statistics.median(found) for name, found in rates.items()}
    return {
        **{f"cluster.{name}_pages_per_s": rate for name, rate in medians.items()},
        "cluster.scaling": medians["ray_2"] / medians["ray_1"],
        "cluster.ray_vs_pool": medians["ray_2"] / medians["pool"],
    }


def _rate(name: str, jobs: list[Job], address: str) -> float:
    began = time.monotonic()
    done = list(_iter_extracted(name, jobs, address))
    took = time.monotonic() - began
    if any(each.error or each.articles != each.pages for each in done):
        raise RuntimeError(f"{name}: {done}")
    return sum(each.pages for each in done) / took


def _iter_extracted(name: str, jobs: list[Job], address: str) -> Iterator[Extracted]:
    if name == "pool":
        return iter_extracted(jobs, workers=2)
    return iter_extracted_on_ray(jobs, address=address, workers=int(name[-1]))


def _write(folder: Path, pages: int, store: str) -> list[str]:
    """Write *pages* into shards, and the model of their site into *store*."""
    portal = Portal(pages, seed=3, base=BASE, now=NOW)
    site = Site(portal)
    digests: list[PageDigest] = []
    shards: list[str] = []
    for shard in range(_SHARDS):
        writer = ArchiveWriter(folder / f"{shard:02}")
        for number in range(shard, pages, _SHARDS):
            page = _page(site, portal.truth(number).url)
            writer.write(Capture(page, Address(page.url)))
            if len(digests) < _LEARNED:
                digests.append(study(page).digest)
        shards += map(str, (folder / f"{shard:02}").glob("*.warc.gz"))
    name = site_of(BASE)
    model = learn(name, digests)
    if model is None:
        raise RuntimeError("the pages have no model")
    with open_store(store) as opened:
        opened.models.save_model(name, "1", model.to_json(), pages=_LEARNED)
    return shards


def _page(site: Site, url: str) -> Page:
    body = b"".join(plain(site.answer(url.removeprefix(BASE)).parts))
    return Page(url, body, content_type="text/html; charset=utf-8", fetched_at=NOW)


@contextmanager
def _cluster() -> Iterator[str]:
    """Run a Ray cluster of two processors on this machine; yield its address."""
    os.environ["RAY_AUTH_MODE"] = "disabled"  # it is reached from this machine alone
    from ray.util import get_node_ip_address

    options = ("--include-dashboard=false", "--disable-usage-stats", "--num-cpus=2")
    _ray("start", "--head", f"--port={_PORT}", *options)
    try:
        yield f"{get_node_ip_address()}:{_PORT}"
    finally:
        _ray("stop")


def _ray(*arguments: str) -> None:
    program = "import sys; from ray.scripts.scripts import main; sys.exit(main())"
    subprocess.run(  # noqa: S603  our own arguments
        [sys.executable, "-c", program, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _saving(folder: Path, count: int, rounds: int) -> dict[str, float]:
    portal = Portal(count, seed=5, base=BASE, now=NOW)
    site = Site(portal)
    articles = [read(_page(site, truth.url)) for truth in portal.truths()]
    rates: dict[str, list[float]] = {"sqlite": [], "pg": []}
    with serving() as server:
        for number in range(rounds):
            places = {
                "sqlite": f"sqlite:///{folder}/saved-{number}.db",
                "pg": server.new_database(),
            }
            for name, place in places.items():
                began = time.monotonic()
                with open_store(place) as store:
                    for first in range(0, count, _BATCH):
                        store.save(articles[first : first + _BATCH])
                rates[name].append(count / (time.monotonic() - began))
                say(f"{name}: {rates[name][-1]:.0f} articles/s")
    medians = {name: statistics.median(found) for name, found in rates.items()}
    return {
        **{f"cluster.{name}_articles_per_s": rate for name, rate in medians.items()},
        "cluster.pg_vs_sqlite": medians["pg"] / medians["sqlite"],
    }
