"""The other extractors, each as one function from a page to a prediction."""

from __future__ import annotations

import importlib.util
import os
import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pebble import ProcessPool
from trafilatura import bare_extraction
from trafilatura.settings import Document

from bench import say
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bench.gold.ours import Predictions
    from scraper.items import Page
    from worlds.gold.sets import GoldSet

    Prediction = dict[str, Any]

PAGE_LIMIT = 600.0
"""Seconds a page; a figure must not depend on how busy the machine is."""


@dataclass(frozen=True)
class Peer:
    """*fields* are those it states beside the text; *package* is what pip calls it."""

    name: str
    read: Callable[[Page], Prediction]
    fields: frozenset[str] = frozenset()
    module: str = "trafilatura"
    package: str = "trafilatura"


def require(peers: Iterable[Peer]) -> None:
    """Raise ConfigurationError if a package of *peers* is not installed."""
    missing = [p.package for p in peers if not importlib.util.find_spec(p.module)]
    if missing:
        raise ConfigurationError(
            f"--peers needs {', '.join(missing)}, not installed here: "
            "pip install --group peers brings them"
        )


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


def _trafilatura(page: Page, *, precision: bool) -> Prediction:
    found = bare_extraction(
        page.body,
        url=page.url,
        favor_precision=precision,
        include_comments=False,
        with_metadata=True,
    )
    if not isinstance(found, Document):
        return {}
    return {
        "text": found.text,
        "title": found.title,
        "authors": [name.strip() for name in (found.author or "").split(";")],
        "published_at": found.date,
    }


def _resiliparse(page: Page) -> Prediction:
    from resiliparse.extract.html2text import extract_by_trafilatura_text

    return {"text": extract_by_trafilatura_text(_decoded(page), main_content=True)}


def _readability(page: Page) -> Prediction:
    from lxml import html
    from readability import Document as Readable

    from scraper.extraction.blocks import iter_blocks

    readable = Readable(_decoded(page))
    blocks = iter_blocks(html.fromstring(readable.summary()))
    text = "\n\n".join(block.text for block in blocks)
    return {"text": text, "title": readable.short_title()}


def _newspaper(page: Page) -> Prediction:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses an extra that only summaries need
        import newspaper

        found = newspaper.article(
            page.url, input_html=_decoded(page), fetch_images=False
        )
    published = found.publish_date
    return {
        "text": found.text,
        "title": found.title,
        "authors": found.authors,
        "published_at": published.isoformat() if published else None,
    }


def _decoded(page: Page) -> str:
    return page.body.decode(page.encoding or "utf-8", "replace")


_DECLARED = frozenset({"title", "authors", "date"})
ALWAYS = (
    Peer("trafilatura_precision", partial(_trafilatura, precision=True), _DECLARED),
    Peer("trafilatura_default", partial(_trafilatura, precision=False), _DECLARED),
)
EXTRA = (
    Peer("resiliparse", _resiliparse, module="resiliparse", package="resiliparse"),
    Peer(
        "readability",
        _readability,
        frozenset({"title"}),
        module="readability",
        package="readability-lxml",
    ),
    Peer(
        "newspaper4k",
        _newspaper,
        _DECLARED,
        module="newspaper",
        package="newspaper4k",
    ),
)
