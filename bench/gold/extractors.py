"""What is measured: ``tinsach extract`` as a user runs it, and its peers page by page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pebble import ProcessPool

from bench import say
from bench.gold.careful_only import KEY as CAREFUL
from bench.gold.careful_only import predict_careful
from bench.gold.peers import ALWAYS, EXTRA

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bench.gold.peers import Peer
    from bench.gold.sets import GoldSet

    Predictions = Mapping[str, Mapping[str, Any]]

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = {"": "auto", "alone": "none"}
"""Our two rows: the part of a figure's key, and the ``--model`` it stands for."""

LONGEST = 900.0
PAGE_LIMIT = 60.0
_PROGRAM = "from scraper.cli import main; exit(main())"
_SOME_FAILED = 1


def extract(gold_set: GoldSet, model: str) -> Predictions:
    """Return what the real command makes of *gold_set*, by id.

    Raises RuntimeError where the command fails as a whole; a page that it cannot read is
    an object of kind "error", which counts as a page without a text.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out.jsonl")
        manifest = gold_set.manifest.resolve()
        arguments = ["extract", manifest, "-o", out, "--model", model]
        done = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-c", _PROGRAM, *map(str, arguments)],
            capture_output=True,
            text=True,
            env=_environment(folder),
            timeout=LONGEST,
            check=False,
        )
        if done.returncode not in (0, _SOME_FAILED) or not out.exists():
            raise RuntimeError(f"extract {manifest}: {done.stderr[-2000:]}")
        lines = out.read_text("utf-8").split("\n")
    records = [json.loads(line) for line in lines if line]
    return {record["id"]: record for record in records}


def _environment(home: str) -> dict[str, str]:
    """Return ours with a home of its own: a stored model would be another question."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    store = f"sqlite:///{home}/articles.db"
    changes = {"PYTHONPATH": path, "TINSACH_HOME": home, "TINSACH_STORE": store}
    return os.environ | changes


def predict(gold_set: GoldSet, peer: Peer) -> Predictions:
    """Return what *peer* makes of each page of *gold_set*; nothing where it fails.

    In processes of their own, with a time limit: some peers crash or do not end.
    """
    found: dict[str, Mapping[str, Any]] = {row["id"]: {} for row in gold_set.rows}
    names, pages = zip(*gold_set.iter_pages(), strict=True)
    failed = 0
    with ProcessPool(max_workers=os.cpu_count() or 1) as pool:
        results = pool.map(peer.read, pages, timeout=PAGE_LIMIT).result()
        for name in names:
            try:
                found[name] = next(results)
            except Exception:
                failed += 1
    if failed:
        say(f"{gold_set.name}: {peer.name} failed on {failed} pages")
    return found


@dataclass(frozen=True)
class Extractor:
    """*key* is its part of a figure's key; *fields* are those it states (None: all)."""

    key: str
    predict: Callable[[GoldSet], Predictions]
    fields: frozenset[str] | None = None


def measured_extractors(*, others: bool, peers: bool) -> list[Extractor]:
    """Return us, with *others* trafilatura, with *peers* every other extractor too.

    With *others* also us by the model without the fast path.
    """
    ours = [Extractor(key, partial(extract, model=m)) for key, m in OURS.items()]
    if others:
        ours.append(Extractor(CAREFUL, predict_careful))
    beside = [*(ALWAYS if others or peers else ()), *(EXTRA if peers else ())]
    return ours + [
        Extractor(peer.name, partial(predict, peer=peer), peer.fields | {"kind"})
        for peer in beside
    ]
