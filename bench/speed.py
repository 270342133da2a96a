"""Pages a second on one core: the fast path, full extraction, and their peers.

CPU time with the bytes in hand. Each extractor reads all pages one after the other, as a
worker does, in another order of the extractors each round. Each page is read with a
model learned from the other pages of its site. Without ../shared/data only the replica's
pages are measured.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import lxml.html
from trafilatura import bare_extraction

from bench import print_figures, say
from scraper.reading import difference, read, read_fast, study
from scraper.sitemodel import Refused, learn
from scraper.urls import site_of
from worlds.gold.replica import write_replica
from worlds.gold.sets import SHARED_DATA, load_sets

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping

    from scraper.items import Page
    from scraper.sitemodel import PageDigest, SiteModel

    Extractor = Callable[["Known"], object]


class Known(NamedTuple):
    """A page, and the model of its site that was learned without it."""

    name: str
    page: Page
    model: SiteModel


def leave_one_out(pages: Iterable[tuple[str, Page]]) -> list[Known]:
    """Return the (name, page) pairs of *pages* whose site has a model without them."""
    sites: dict[str, list[tuple[str, Page, PageDigest]]] = defaultdict(list)
    for name, page in pages:
        sites[site_of(page.url)].append((name, page, study(page).digest))
    return [
        Known(name, page, model)
        for site, members in sites.items()
        for name, page, own in members
        if (model := learn(site, [d for _, _, d in members if d is not own]))
    ]


SETS = ("fundus-eval", "baotintuc")


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="rounds (5)")
    parser.add_argument("--data", type=Path, default=SHARED_DATA, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    replica = _replica()
    pages = _shared(options.data) if options.data.is_dir() else replica
    if pages is replica:
        say(f"{options.data} is not there: the replica's pages stand in for real ones")
    fast, refused = _split(pages)
    for reason, count in Counter(refused.values()).most_common():
        say(f"not fast: {count} of {len(pages)}: {reason}")
    figures = {
        "speed.pages": len(pages),
        "speed.fast_share": round(len(fast) / len(pages), 4),
        "speed.fast_equals_full": round(_equal(fast), 4),
        "speed.replica_fast_share": round(len(_split(replica)[0]) / len(replica), 4),
        **measure(fast, pages, options.rounds),
    }
    print_figures(figures, as_json=options.json)
    return 0


def _shared(data: Path) -> list[Known]:
    sets = [each for each in load_sets(data) if each.name in SETS]
    return leave_one_out(pair for each in sets for pair in each.iter_pages())


def _replica() -> list[Known]:
    """Return the articles of the replica's three templates."""
    with tempfile.TemporaryDirectory() as folder:
        known = leave_one_out(write_replica(Path(folder)).iter_pages())
    return [each for each in known if each.name.startswith("article")]


def _split(pages: list[Known]) -> tuple[list[Known], dict[str, str]]:
    """Return the pages that the fast path takes, and why it does not take the others."""
    fast, refused = [], {}
    for known in pages:
        article = read_fast(known.page, known.model)
        if isinstance(article, Refused):
            refused[known.name] = article.reason
        else:
            fast.append(known)
    return fast, refused


def _equal(pages: list[Known]) -> float:
    """Return the share of *pages* whose article is the same as full extraction's."""
    same = 0
    for name, page, model in pages:
        full = read(page, model, with_ledger=False, full=True)
        fast = read_fast(page, model)
        assert not isinstance(fast, Refused)  # noqa: S101  see _split()
        differing = difference(fast, full)
        same += not differing
        if differing:
            say(f"{name} differs in {', '.join(differing)}")
    return same / max(1, len(pages))


def measure(fast: list[Known], pages: list[Known], rounds: int) -> dict[str, float]:
    """Return medians over *rounds*: milliseconds a page, and how many times as fast.

    A ``_spread`` is the largest ratio of a round less the smallest, over the median.
    """
    peers = _peers()
    beside_fast = {"fast": _fast, **peers}
    beside_full = {"full": _in_full, "trafilatura": peers["trafilatura"]}
    seconds = [_round(fast, beside_fast, number) for number in range(rounds)]
    full = [_round(pages, beside_full, number) for number in range(rounds)]
    figures: dict[str, float] = {}
    for name in beside_fast:
        figures[f"speed.{name}_ms"] = _ms(seconds, name, len(fast))
    figures["speed.full_ms"] = _ms(full, "full", len(pages))
    for name in peers:
        figures |= _ratio(seconds, name, "fast")
    return figures | _ratio(full, "trafilatura", "full")


def _round(
    pages: list[Known], extractors: Mapping[str, Extractor], number: int
) -> dict[str, float]:
    """Return the CPU seconds of each extractor; who is first changes with *number*."""
    names = list(extractors)
    first = number % len(names)
    spent: dict[str, float] = {}
    for name in (*names[first:], *names[:first]):
        started = time.process_time()
        for known in pages:
            extractors[name](known)
        spent[name] = time.process_time() - started
    say(f"round {number + 1}: " + ", ".join(f"{n} {s:.3f} s" for n, s in spent.items()))
    return spent


def _ms(rounds: list[dict[str, float]], name: str, pages: int) -> float:
    return round(1000 * median(spent[name] for spent in rounds) / pages, 3)


def _ratio(rounds: list[dict[str, float]], peer: str, ours: str) -> dict[str, float]:
    ratios = [spent[peer] / spent[ours] for spent in rounds]
    middle = median(ratios)
    key = f"speed.{ours}_vs_{peer}"
    spread = (max(ratios) - min(ratios)) / middle
    return {key: round(middle, 3), f"{key}_spread": round(spread, 3)}


def _fast(known: Known) -> object:
    return read_fast(known.page, known.model)


def _in_full(known: Known) -> object:
    return read(known.page, with_ledger=False)


def _trafilatura(known: Known) -> object:
    return bare_extraction(
        known.page.body, favor_precision=True, with_metadata=True, url=known.page.url
    )


def _lxml_parse(known: Known) -> object:
    return lxml.html.document_fromstring(known.page.body)


def _resiliparse(known: Known) -> object:
    from resiliparse.extract.html2text import extract_by_trafilatura_text

    return extract_by_trafilatura_text(
        known.page.body.decode("utf-8", "replace"), main_content=True
    )


def _peers() -> dict[str, Extractor]:
    peers: dict[str, Extractor] = {
        "trafilatura": _trafilatura,
        "lxml_parse": _lxml_parse,
    }
    if importlib.util.find_spec("resiliparse"):
        return peers | {"resiliparse": _resiliparse}
    say("resiliparse is not installed: pip install --group peers brings it")
    return peers
