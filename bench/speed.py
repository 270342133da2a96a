"""Speed of one core: full extraction, the fast path, and their peers.

CPU time, the bytes in memory. Each extractor reads every page once, one after the other,
in a process of its own that has read only the replica's articles before; so no page, and
no name of its site, is known to it. Each page has a model learned from the other pages of
its site. *mean* is reading with the model whether or not the fast path takes the page.
Without ../shared/data only the replica's pages are measured.
"""

from __future__ import annotations

import importlib.util
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import lxml.html
from trafilatura import bare_extraction

from bench import print_figures, say, spread
from scraper.errors import UndecodablePage
from scraper.extraction.choose import examine
from scraper.extraction.features import block_features
from scraper.extraction.labeller import TRAINED
from scraper.reading import difference, read, read_fast, study
from scraper.sitemodel import Refused, learn
from scraper.urls import site_of
from worlds.gold.replica import write_replica
from worlds.gold.sets import SHARED_DATA, load_sets

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

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
        with suppress(UndecodablePage):
            sites[site_of(page.url)].append((name, page, study(page).digest))
    return [
        Known(name, page, model)
        for site, members in sites.items()
        for name, page, own in members
        if (model := learn(site, [d for _, _, d in members if d is not own]))
    ]


SETS = ("fundus-eval", "baotintuc")
"""Sets whose pages are timed, on which the fast path was developed."""
_LEAST_PAGES = 3
"""Pages of a site of the other sets from which on the rest may give a model."""


def register(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rounds", type=int, default=5, help="rounds (5)")
    parser.add_argument("--data", type=Path, default=SHARED_DATA, metavar="DIR")


def run(options: argparse.Namespace) -> int:
    replica = _replica()
    pages = _shared(options.data) if options.data.is_dir() else replica
    if pages is replica:
        say(f"{options.data} is not there: the replica's pages stand in for real ones")
    if "resiliparse" not in _peers():
        say("resiliparse is not installed: pip install --group peers brings it")
    fast, refused = _split(pages)
    for reason, count in Counter(refused.values()).most_common():
        say(f"not fast: {count} of {len(pages)}: {reason}")
    figures = {
        "speed.pages": len(pages),
        "speed.fast_share": round(len(fast) / len(pages), 4),
        "speed.fast_equals_full": round(_equal(fast), 4),
        "speed.replica_fast_share": round(len(_split(replica)[0]) / len(replica), 4),
        **measure(fast, pages, replica, options.rounds),
    }
    if pages is not replica:
        figures |= _elsewhere(options.data)
    print_figures(figures, as_json=options.json)
    return 0


def _shared(data: Path) -> list[Known]:
    sets = [each for each in load_sets(data) if each.name in SETS]
    return leave_one_out(pair for each in sets for pair in each.iter_pages())


def _elsewhere(data: Path) -> dict[str, float]:
    """Return how well the fast path does on the sites of the other sets."""
    sites: dict[str, list[tuple[str, Page]]] = defaultdict(list)
    for each in load_sets(data):
        if each.name not in SETS:
            for name, page in each.iter_pages():
                sites[site_of(page.url)].append((f"{each.name}/{name}", page))
    several = [pages for pages in sites.values() if len(pages) >= _LEAST_PAGES]
    fast, _ = _split(leave_one_out(chain.from_iterable(several)))
    return {
        "speed.other_pages": len(fast),
        "speed.other_sites": len({site_of(known.page.url) for known in fast}),
        "speed.other_fast_equals_full": round(_equal(fast), 4),
    }


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
    """Return the share of *pages* whose article is the same by full extraction."""
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


def measure(
    fast: list[Known], pages: list[Known], warm: list[Known], rounds: int
) -> dict[str, float]:
    """Return medians over *rounds*: milliseconds a page, and how many times as fast.

    A ``_spread`` is the largest ratio of a round less the smallest, over the median.
    """
    of_fast = ("fast", *_peers())
    of_all = ("full", "mean", "trafilatura")
    fast_rounds = [_round(of_fast, fast, warm, number) for number in range(rounds)]
    rounds_of_all = [_round(of_all, pages, warm, number) for number in range(rounds)]
    passes = [_apart(_feature_pass, pages, warm) for _ in range(rounds)]
    figures: dict[str, float] = {"speed.full_ms_per_feature_pass": _rounded(passes)}
    for name in of_fast:
        figures[f"speed.{name}_ms"] = _ms(fast_rounds, name, len(fast))
    for name in ("full", "mean"):
        figures[f"speed.{name}_ms"] = _ms(rounds_of_all, name, len(pages))
        figures |= _ratio(rounds_of_all, "trafilatura", name)
    for name in of_fast[1:]:
        figures |= _ratio(fast_rounds, name, "fast")
    return figures


def _round(
    names: Sequence[str], pages: list[Known], warm: list[Known], number: int
) -> dict[str, float]:
    """Return the CPU seconds of each extractor; who is first changes with *number*."""
    first = number % len(names)
    ordered = (*names[first:], *names[:first])
    spent = {name: _apart(_first_reads, name, pages, warm) for name in ordered}
    say(f"round {number + 1}: " + ", ".join(f"{n} {s:.3f} s" for n, s in spent.items()))
    return spent


def _apart(measured: Callable[..., float], *arguments: object) -> float:
    """Return what *measured* returns in a new process."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, arguments)


def _first_reads(name: str, pages: list[Known], warm: list[Known]) -> float:
    """Return the CPU seconds in which the extractor called *name* reads *pages*."""
    extract = {"fast": _fast, "full": _full, "mean": _mean, **_peers()}[name]
    for known in warm:
        extract(known)
    started = time.process_time()
    for known in pages:
        extract(known)
    return time.process_time() - started


def _feature_pass(pages: list[Known], warm: list[Known]) -> float:
    """Return the CPU milliseconds of features and labeller for the median page."""
    spent = []
    for known in (*warm, *pages):
        examined = examine(known.page)
        blocks, words = examined.evidence.blocks, examined.evidence.head.words()
        started = time.process_time()
        TRAINED.body.probabilities(block_features(blocks, words))
        spent.append(1000 * (time.process_time() - started))
    return median(spent[len(warm) :])


def _rounded(values: list[float]) -> float:
    return round(median(values), 3)


def _ms(rounds: list[dict[str, float]], name: str, pages: int) -> float:
    return _rounded([1000 * spent[name] / pages for spent in rounds])


def _ratio(rounds: list[dict[str, float]], peer: str, ours: str) -> dict[str, float]:
    ratios = [spent[peer] / spent[ours] for spent in rounds]
    key = f"speed.{ours}_vs_{peer}"
    return {key: _rounded(ratios), f"{key}_spread": round(spread(ratios), 3)}


def _fast(known: Known) -> object:
    return read_fast(known.page, known.model)


def _full(known: Known) -> object:
    return read(known.page, with_ledger=False)


def _mean(known: Known) -> object:
    return read(known.page, known.model, with_ledger=False)


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
        peers["resiliparse"] = _resiliparse
    return peers
