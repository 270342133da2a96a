"""``tinsach demo``: crawls a replica portal on this machine, without a network."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.runs import print_summary
from scraper.errors import ConfigurationError, ScraperError
from scraper.options import home_folder, is_quiet
from scraper.storage.location import store_url
from scraper.text import fold, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.text import Text

    from scraper.items import Article, LedgerEntry
    from scraper.monitoring.run_report import RunReport


HOST = "127.0.0.1"
STATE = "demo.json"


@dataclass(frozen=True, slots=True)
class _Last:
    port: int
    now: datetime


@contextmanager
def serve_same_replica(home: Path, *, size: int, port: int = 0) -> Iterator[str]:
    """Run the replica within the block; yield its base URL.

    The URL of an article contains port and time, so both are saved in *home*: a second
    run finds the same articles. The port is *port* if above 0, else that of the last run
    or a free one. Raises ConfigurationError if *home* or *port* cannot be used,
    ScraperError if the portal does not start.
    """
    from scraper.demo import serving

    last = _load(home)
    if port and not is_free(port):
        raise ConfigurationError(f"port {port} is in use; leave out --port")
    chosen = port or (last.port if last and is_free(last.port) else 0)
    now = last.now if last else clock.now().replace(minute=0, second=0, microsecond=0)
    try:
        with serving(size, now=now, port=chosen) as replica:
            _save(home, _Last(int(replica.base.rpartition(":")[2]), now))
            yield replica.base
    except RuntimeError as error:
        raise ScraperError(f"demo: {error}") from error


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
    return True


def _load(home: Path) -> _Last | None:
    try:
        state = json.loads((home / STATE).read_text("utf-8"))
        return _Last(int(state["port"]), datetime.fromisoformat(state["now"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _save(home: Path, last: _Last) -> None:
    state = {"port": last.port, "now": last.now.isoformat()}
    try:
        home.mkdir(parents=True, exist_ok=True)
        (home / STATE).write_text(json.dumps(state) + "\n", "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{home} cannot be written ({error}); set TINSACH_HOME to another folder"
        ) from error


_OF_A_RUN = 3
_LINES = 34
_PARAGRAPHS = 3
_WIDTH = 62


def print_before_after(article: Article) -> None:
    """Fetch the page of *article* again and print it before and after extraction."""
    from scraper.crawling.fetch import fetch_page
    from scraper.reading import read

    again = read(fetch_page(article.url, allow_private=True))
    console = output.make_console(sys.stdout)
    seen = len(again.ledger)
    kept = sum(entry.kept for entry in again.ledger)
    console.rule(f"the page: {seen} blocks, {seen - kept} of them boilerplate")
    for line in shorten(list(iter_page_lines(again.ledger))):
        console.print(line, no_wrap=True, overflow="ellipsis")
    console.rule("the article")
    for line in iter_kept_lines(again):
        console.print(line)


def iter_page_lines(ledger: Iterable[LedgerEntry]) -> Iterator[Text]:
    """Yield the blocks of the page; a dropped one starts with "-", a long run is cut."""
    from rich.text import Text

    for kept, run in groupby(ledger, key=lambda entry: entry.kept):
        entries = list(run)
        sign, style = ("  ", "") if kept else ("- ", "dim")
        for entry in entries[:_OF_A_RUN]:
            yield Text(_page_line(sign, entry), style)
        if (more := len(entries) - _OF_A_RUN - 1) > 0:
            yield Text(f"{sign}… {more} more", style)
        if more >= 0:
            yield Text(_page_line(sign, entries[-1]), style)


def shorten(lines: list[Text]) -> list[Text]:
    """Return the first and the last of *lines*, where there are too many."""
    from rich.text import Text

    if len(lines) <= _LINES:
        return lines
    half = _LINES // 2
    return [*lines[:half], Text("  …", "dim"), *lines[-half:]]


def iter_kept_lines(article: Article) -> Iterator[Text]:
    """Yield title, origin, lead and the first paragraphs."""
    from rich.text import Text

    yield Text(article.title, "bold")
    when = article.published_at
    facts = (
        clock.shown(when) if when else "",
        article.section,
        ", ".join(article.authors),
        article.agency,
    )
    yield Text(" | ".join(fact for fact in facts if fact), "dim")
    paragraphs = article.text.split("\n\n")
    for paragraph in paragraphs[:_PARAGRAPHS]:
        yield Text(f"\n{paragraph}")
    if (more := len(paragraphs) - _PARAGRAPHS) > 0:
        yield Text(f"\n… {more} more paragraphs", "dim")


def _page_line(sign: str, entry: LedgerEntry) -> str:
    text = " ".join(entry.text.split())
    cut = text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
    return f"{sign}{cut}" if entry.kept else f"{sign}{cut}  [{entry.rule}]"


SPIDER = "baotintuc"
# The portal is ours and runs on loopback: no need to be polite.
_AT_FULL_SPEED = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "TINSACH_ALLOW_PRIVATE": True,
}


def demo(
    *,
    size: Annotated[
        int, typer.Option(min=1, max=250_000, help="Number of articles of the portal.")
    ] = 60,
    port: Annotated[
        int,
        typer.Option(min=0, max=65535, help="Port of the portal; 0 for a free one."),
    ] = 0,
) -> None:
    """Crawl a replica portal on this machine, without a network, and show the result."""
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
    """Return the report of the run, and why it failed, or ""."""
    from scraper.crawling.run import RunOptions, run_crawl
    from scraper.monitoring.health import ExitStatus
    from scraper.monitoring.recorder import verdict_of
    from scraper.monitoring.run_report import build_report

    with output.show_progress("demo") as progress:
        options = RunOptions(
            store=store_url(str(store)), progress=progress, settings=_AT_FULL_SPEED
        )
        with _signals_restored():
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
def _signals_restored() -> Iterator[None]:
    """Restore the handlers of Ctrl-C and SIGTERM that Scrapy replaces during a crawl."""
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
        line = f"Nothing is stored twice: {store} already held all {total} articles."
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
    """Return the command that runs this program again."""
    started = Path(sys.argv[0]).absolute()
    if shutil.which("tinsach") == str(started) or started.name != "tinsach":
        return "tinsach"
    return shlex.quote(os.path.relpath(started))
