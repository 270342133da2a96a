"""Quality of the text on the gold pages, beside trafilatura in the same run.

Needs the gold sets and their score, ``../shared`` beside the project; says so where they
are not. Each page is read alone, as ``tinsach extract --model none`` does.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trafilatura import bare_extraction
from trafilatura.settings import Document

from scraper.items import Page
from scraper.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
SETS = ("baotintuc", "vietnamese", "fundus-eval", "aed")
FIGURES = (
    "f1",
    "precision",
    "recall",
    "perfect",
    "leaked",
    "kind",
    "title",
    "lead",
    "authors",
    "agency",
    "date",
    "captions",
)


def run() -> dict[str, float]:
    """Return ``quality.<set>.<extractor>.<figure>`` for every figure that a set has."""
    if not (SHARED / "score.py").exists():
        raise SystemExit(
            "no gold sets beside the project (../shared): nothing measured"
        )
    figures: dict[str, float] = {}
    for name in SETS:
        for extractor, predict in EXTRACTORS.items():
            scores = _score(name, predict)
            figures |= {
                f"quality.{name}.{extractor}.{figure}": scores[figure]
                for figure in FIGURES
                if figure in scores
                and (extractor == "tinsach" or figure in FIGURES[:5])
            }
            print(f"{name} {extractor}: f1 {scores['f1']}", file=sys.stderr)
    return figures


def _score(name: str, predict: Callable[[Page], dict[str, Any]]) -> dict[str, float]:
    gold = SHARED / "data" / name / "gold.jsonl"
    rows = [json.loads(line) for line in gold.read_text("utf-8").splitlines() if line]
    with ProcessPoolExecutor() as processes:
        found = processes.map(predict, _pages(name, rows), chunksize=4)
        lines = [
            json.dumps(p | {"id": row["id"]})
            for row, p in zip(rows, found, strict=True)
        ]
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as predictions:
        predictions.write("\n".join(lines))
        predictions.flush()
        done = subprocess.run(  # noqa: S603  the gold sets' own score
            [sys.executable, SHARED / "score.py", gold, predictions.name],
            capture_output=True,
            text=True,
            check=True,
        )
    scores: dict[str, float] = json.loads(done.stdout)
    return scores


def _pages(name: str, rows: Iterable[dict[str, Any]]) -> Iterable[Page]:
    folder = SHARED / "data" / name / "pages"
    for row in rows:
        body = gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes())
        yield Page(row["url"], body)


def _tinsach(page: Page) -> dict[str, Any]:
    return read(page).to_json()


def _trafilatura(page: Page, *, precision: bool) -> dict[str, Any]:
    found = bare_extraction(
        page.body, favor_precision=precision, include_comments=False
    )
    return {"text": found.text if isinstance(found, Document) else ""}


def _precision(page: Page) -> dict[str, Any]:
    return _trafilatura(page, precision=True)


def _default(page: Page) -> dict[str, Any]:
    return _trafilatura(page, precision=False)


EXTRACTORS: dict[str, Callable[[Page], dict[str, Any]]] = {
    "tinsach": _tinsach,
    "trafilatura_precision": _precision,
    "trafilatura_default": _default,
}
