"""``tinsach demo``: the whole of it on this machine, without a network."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.before_after import print_before_after
from scraper.cli.progress import show_progress
from scraper.cli.replica import serve_same_replica
from scraper.cli.summary import print_summary
from scraper.options import home_folder, is_quiet
from scraper.storage.location import store_url
from scraper.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Article
    from scraper.monitoring.report import RunReport

SPIDER = "baotintuc"
# A portal of one's own on loopback needs no courtesy.
_AT_FULL_SPEED = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "TINSACH_ALLOW_PRIVATE": True,
}


def demo(
    *,
    size: Annotated[
        int, typer.Option(min=1, max=250_000, help="Articles that the portal has.")
    ] = 60,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the portal; 0: a free one.")
    ] = 0,
) -> None:
    """Crawl a replica portal on this machine and show what came out: no network."""
    home = home_folder()
    store = home / "demo.db"
    with serve_same_replica(home, size=size, port=port) as base:
        output.note(f"replica portal with {size} articles at {base}")
        report, failed = _crawl(base, store)
        if failed:
            output.say(f"tinsach: demo: {failed}")
            raise typer.Exit(1)
        article, total = _newest(store)
        if not is_quiet():
            _print_outcome(report, store, total)
            print_before_after(article)
    if not is_quiet():
        _print_next(article, store)


def _crawl(base: str, store: Path) -> tuple[RunReport, str]:
    """Return what the run did, and why it failed, "" where it did not."""
    from scraper.crawling.run import RunOptions, run_crawl
    from scraper.monitoring.health import ExitStatus
    from scraper.monitoring.recorder import verdict_of
    from scraper.monitoring.report import build_report

    with show_progress("demo") as progress:
        options = RunOptions(
            store=store_url(str(store)), progress=progress, settings=_AT_FULL_SPEED
        )
        with _signals_given_back():
            outcome = run_crawl(SPIDER, {"portal": base}, options=options)
    if outcome.reason == "shutdown":
        raise SystemExit(128 + (outcome.signal or signal.SIGINT))
    report = build_report(outcome.stats, spider=SPIDER, reason=outcome.reason)
    verdict = verdict_of(outcome.stats, report)
    if not is_quiet():
        print_summary(report, verdict.said)
    healthy = verdict.status in (ExitStatus.DONE, ExitStatus.NOTHING_NEW)
    return report, "" if healthy else verdict.said


@contextmanager
def _signals_given_back() -> Iterator[None]:
    """Undo what Scrapy does to Ctrl-C and SIGTERM: more is done after the crawl."""
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _newest(store: Path) -> tuple[Article, int]:
    from scraper.storage import Query, open_store

    with open_store(store_url(str(store)), create=False) as opened:
        return next(opened.iter_articles(Query(limit=1))), opened.count()


def _print_outcome(report: RunReport, store: Path, total: int) -> None:
    if report.new or report.changed:
        line = f"{report.new} new articles stored; {store} holds {total}."
    else:
        line = f"Nothing is stored twice: {store} held all {total} articles already."
    output.write_text(f"{line}\n\n")


def _print_next(article: Article, store: Path) -> None:
    name = _own_name()
    some_words = " ".join(words(fold(article.title))[:4])
    where = f"--store {shlex.quote(str(store))}"
    output.write_text(
        "\nNext:\n"
        f'  {name} search "{some_words}" {where}\n'
        f"  {name} export --format markdown --limit 1 {where}\n"
        f"  {name} doctor {SPIDER}                  # needs a network\n"
        f"  {name} crawl {SPIDER} -a section=thoi-su -a limit=20\n"
    )


def _own_name() -> str:
    """Return what to type to run this program again."""
    started = Path(sys.argv[0]).absolute()
    if shutil.which("tinsach") == str(started) or started.name != "tinsach":
        return "tinsach"
    return shlex.quote(os.path.relpath(started))
