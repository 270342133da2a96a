"""``tinsach export``: writes stored articles in one of the formats."""

from __future__ import annotations

import os
import select
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    ImagesOption,
    LinksOption,
    SinceOption,
    SiteOption,
    StoreOption,
    UntilOption,
    check_site,
    query_of,
    reading,
)
from scraper.errors import ConfigurationError
from scraper.exports import FORMATS, Extras, exporter
from scraper.exports.jsonl import write_chunks
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.items import Article
    from scraper.storage import Query, Store

    Write = Callable[[Iterable[Article], BinaryIO], int]


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """A request to stop, which takes effect after the current line."""

    def __init__(self, waker: int) -> None:
        self.is_requested = False
        self._waker = waker

    def wait(self, seconds: float, results: BinaryIO) -> None:
        """Wait *seconds*, or until a stop is requested.

        Raises BrokenPipeError if the reader of *results* has gone.
        """
        poll = select.poll()
        poll.register(self._waker, select.POLLIN)
        with suppress(OSError, ValueError):  # it has no file descriptor
            poll.register(results.fileno(), 0)
        if any(number != self._waker for number, _ in poll.poll(seconds * 1000)):
            raise BrokenPipeError


@contextmanager
def stopping() -> Iterator[Stop]:
    """Let the first signal request a stop; the second has its usual effect."""
    waker, wake = os.pipe()
    stop = Stop(waker)
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def ask(number: int, _frame: object) -> None:
        stop.is_requested = True
        os.write(wake, b"!")
        signal.signal(number, before[signal.Signals(number)])

    try:
        for number in _SIGNALS:
            signal.signal(number, ask)
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(waker)
        os.close(wake)


PAUSE = 1.0
"""Seconds between two polls of the store."""


def follow_changes(
    store: Store, query: Query, write: Write, *, after: int | None
) -> None:
    """Write the articles of *query* that are stored or changed after the number *after*.

    None starts now, or at the beginning if *query* has a first day. Each change is
    written once, in the order of changes. Returns on a signal or at the limit of *query*;
    raises BrokenPipeError if the reader has gone. In each case it prints the number from
    which to continue.
    """
    if after is None:
        after = 0 if query.since else store.last_change()
    follower = _Follower(store, query, write, after)
    output.note(f"following changes after number {after}; Ctrl-C ends it")
    try:
        with stopping() as stop, output.open_output(None) as results:
            follower.run(stop, results)
    except (KeyboardInterrupt, SystemExit):  # the second signal: the reader is stuck
        output.discard_results()
        raise
    finally:
        output.note(
            f"exported {follower.count} articles; continue with --after {follower.at}"
        )


class _Follower:
    """*at* is the last change that was written, *count* the number of articles."""

    def __init__(self, store: Store, query: Query, write: Write, at: int) -> None:
        self.at = at
        self.count = 0
        self._store = store
        self._query = query
        self._write = write

    def run(self, stop: Stop, results: BinaryIO) -> None:
        while not self._is_over(stop):
            self._catch_up(stop, results)
            if not self._is_over(stop):
                stop.wait(PAUSE, results)

    def _catch_up(self, stop: Stop, results: BinaryIO) -> None:
        to = self._store.last_change()
        changed = self._store.iter_changed(self._query, after=self.at, to=to)
        for change, article in changed:
            self._write([article], results)
            results.flush()
            self.at, self.count = change, self.count + 1
            if self._is_over(stop):
                return
        self.at = to

    def _is_over(self, stop: Stop) -> bool:
        return stop.is_requested or self.count == self._query.limit


ExportFormat = StrEnum(  # type: ignore[misc]  # its members are known at run time
    "ExportFormat", [(name.upper(), name) for name in FORMATS]
)


def export(  # noqa: PLR0913  each is an option of its own
    *,
    format_: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format", "-f", help="Default: by the file extension, else jsonl."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File to write. Default: standard output."),
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    site: SiteOption = None,
    section: Annotated[
        str | None, typer.Option(help="Section, ignoring case and Vietnamese marks.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, help="Maximum number of articles.")
    ] = None,
    min_confidence: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="Minimum confidence: expected share of articles with the right text (0-1).",
        ),
    ] = 0,
    no_near_duplicates: Annotated[
        bool,
        typer.Option(
            "--no-near-duplicates",
            help="Of near-duplicates, only the one published first.",
        ),
    ] = False,
    chunks: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="WORDS",
            help="Write chunks of at most so many space-separated words, one per line.",
        ),
    ] = None,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            help="Write articles as they are stored or changed, until Ctrl-C; with --since,"
            " starts with those already stored.",
        ),
    ] = False,
    after: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="NUMBER",
            help="With --follow: continue after the number that an earlier run printed.",
        ),
    ] = None,
    links: LinksOption = False,
    images: ImagesOption = False,
    store: StoreOption = None,
) -> None:
    """Export stored articles, newest first, or follow changes, oldest first."""
    chosen = _choose_format(format_, out)
    _check_lines(chosen, chunks=chunks, follow=follow)
    _check_follow(out, after=after, follow=follow)
    _check_not_the_store(out, store_url(store))
    span = query_of(since, until, site=site)
    query = replace(span, section=section, limit=limit, heads=no_near_duplicates)
    query = replace(query, confidence=min_confidence)
    write = _writer(chosen, chunks, Extras(links=links, images=images))
    with reading(store) as opened:
        if follow:
            follow_changes(opened, query, write, after=after)
        else:
            _export(opened, query, write, out)


def _export(store: Store, query: Query, write: Write, out: Path | None) -> None:
    check_site(store, query.site)
    with output.open_output(out) as stream, output.show_count("export") as counted:
        count = write(counted(store.iter_articles(query)), stream)
    if out is not None or not count:
        output.note(f"exported {count} articles" + (f" to {out}" if out else ""))


def _writer(chosen: ExportFormat, chunks: int | None, extras: Extras) -> Write:
    if not chunks:
        return exporter(chosen, extras)
    if any(extras):
        raise ConfigurationError(
            "--chunks writes plain text: leave out --links and --images"
        )
    return partial(write_chunks, most=chunks)


def _check_lines(chosen: ExportFormat, *, chunks: int | None, follow: bool) -> None:
    """Raise ConfigurationError if an option that needs JSON lines has another format."""
    for name, given in (("--chunks", chunks), ("--follow", follow)):
        if given and chosen != "jsonl":
            raise ConfigurationError(
                f"{name} writes JSON lines, not {chosen}: use --format jsonl"
            )


def _check_follow(out: Path | None, *, after: int | None, follow: bool) -> None:
    if follow and out is not None:
        raise ConfigurationError(f"--follow writes to standard output: use > {out}")
    if after is not None and not follow:
        raise ConfigurationError("--after needs --follow: add it, or use --since")


def _choose_format(given: ExportFormat | None, out: Path | None) -> ExportFormat:
    """Return the requested format; raises ConfigurationError if it cannot be written."""
    named = None if given else output.format_of(out, among=[*ExportFormat])
    chosen = given or ExportFormat(named or "jsonl")
    if require := FORMATS[chosen].require:
        require()
    if FORMATS[chosen].is_binary and out is None and sys.stdout.isatty():
        raise ConfigurationError(f"{chosen} is a binary format: add -o FILE")
    return chosen


def _check_not_the_store(out: Path | None, store: str | None) -> None:
    """Raise ConfigurationError if *out* is the file of the exported store."""
    from scraper.storage.location import locate

    file = locate(store).file
    if out is not None and file is not None and out.resolve() == file.resolve():
        raise ConfigurationError(f"{out} is the store itself: name another file")
