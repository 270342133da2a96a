"""Many sites: side by side on this machine, and on a Ray cluster whose workers are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from scraper.storage import open_store
from worlds import VIETNAM
from worlds.park.plans import PLANS
from worlds.park.serve import serving as site_serving
from worlds.postgres import serving

pytestmark = pytest.mark.slow(first=True)

NOW = datetime(2026, 11, 25, 12, tzinfo=VIETNAM)
PROGRAM = "import sys; from scraper.cli import main; sys.exit(main())"
QUICK = ("AUTOTHROTTLE_ENABLED=False", "DOWNLOAD_DELAY=0", "TINSACH_WORKERS=1")
LONGEST = 900
KILLS = 20


@pytest.fixture
def park():
    """Twelve sites of the park, served."""
    with ExitStack() as stack:
        names = list(PLANS)[:12]
        yield [stack.enter_context(site_serving(name, 5, NOW)) for name in names]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """Start everything cold: Ray has processes of its own, and kills look for names."""


def start(folder: Path, store: str, *arguments: str) -> subprocess.Popen[str]:
    settings = [part for each in QUICK for part in ("-s", each)]
    command = ["crawl", *arguments, "--store", store, *settings]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=os.environ
        | {
            "TINSACH_HOME": str(folder),
            "TINSACH_NOW": NOW.isoformat(),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )


def finish(crawl: subprocess.Popen[str]) -> tuple[int, list[list[str]], str]:
    out, err = crawl.communicate(timeout=LONGEST)
    return crawl.returncode, [line.split("\t") for line in out.splitlines()], err


def assert_whole(park, store: str) -> None:
    truths = [truth.url for served in park for truth in served.site.truths()]
    with open_store(store) as opened:
        stored = [article.url for article in opened.iter_articles()]
    assert sorted(stored) == sorted(truths)


def test_sites_are_crawled_side_by_side(park, tmp_path) -> None:
    few = park[:3]
    store = f"sqlite:///{tmp_path}/articles.db"
    addresses = [served.base for served in few]
    code, rows, err = finish(start(tmp_path, store, *addresses, "--jobs", "2"))
    assert code == 0, err
    assert sorted(row[0] for row in rows) == sorted(
        f"news {each}" for each in addresses
    )
    assert "(3 of 3)" in err
    assert_whole(few, store)
    code, rows, err = finish(start(tmp_path, store, *reversed(addresses)))
    assert (code, [row[1] for row in rows]) == (3, ["0", "0", "0"])


@pytest.fixture
def nodes(monkeypatch, tmp_path):
    """A Ray cluster of a head and two machines of one processor, all of them here."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    kept = {"TINSACH_HOME": str(tmp_path), "TINSACH_NOW": NOW.isoformat()}
    for name, value in (kept | {"RAY_USAGE_STATS_ENABLED": "0"}).items():
        monkeypatch.setenv(name, value)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    machines = [cluster.add_node(num_cpus=1) for _ in range(2)]
    yield cluster, machines
    cluster.shutdown()


def test_kills_on_ray_and_a_restart_of_the_store_cost_no_article(
    park, nodes, tmp_path
) -> None:
    cluster, machines = nodes
    chance = random.Random(1)
    with serving() as server:
        store = server.new_database()
        open_store(store).close()
        addresses = [served.base for served in park]
        options = ("--engine", "ray", "--address", cluster.address)
        crawl = start(tmp_path, store, *addresses, *options)
        killed = kill_workers(crawl, chance, KILLS)
        cluster.remove_node(machines[0], allow_graceful=False)
        server.crash()
        back = threading.Timer(1.5, server.start)
        back.start()
        code, rows, err = finish(crawl)
        back.join()
        assert code in {0, 4}, err  # a killed run may make the next one doubt its model
        assert len(killed) == KILLS
        assert len(rows) == len(park)
        assert_whole(park, store)


def kill_workers(crawl, chance: random.Random, count: int) -> list[int]:
    """Kill *count* workers of Ray that crawl, or crawls themselves, at random moments."""
    killed: list[int] = []
    until = time.monotonic() + LONGEST / 2
    while len(killed) < count and crawl.poll() is None and time.monotonic() < until:
        time.sleep(chance.uniform(0.5, 1.5))
        running = [pid for pid in processes_under(os.getpid()) if pid not in killed]
        if running:
            killed.append(chance.choice(running))
            os.kill(killed[-1], signal.SIGKILL)
    return killed


def processes_under(top: int) -> list[int]:
    """Return the processes under *top* that are tasks of Ray, or crawls that these began."""
    parents: dict[int, int] = {}
    busy: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        parents[int(folder.name)] = int(told[1])
        if b"ray::run" in line or b"fleet.task" in line:
            busy.append(int(folder.name))

    def is_under(pid: int) -> bool:
        while pid in parents and pid != top:
            pid = parents[pid]
        return pid == top

    return [pid for pid in busy if is_under(pid)]
