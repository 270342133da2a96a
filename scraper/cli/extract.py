"""``tinsach extract``: saved pages to JSON lines, no network."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli import output
from scraper.cli.arguments import SAVED_PAGES, StoreOption, WorkersOption
from scraper.cli.files import format_of, open_output
from scraper.cli.hinted import hinted
from scraper.cli.models import ModelOption, model_chooser
from scraper.cli.progress import show_progress
from scraper.items import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.cli.progress import Report
    from scraper.errors import ExtractionError
    from scraper.items import Page
    from scraper.saved import SavedPage

    ReadAll = Callable[
        [Iterable[Page]], Iterable[tuple[Page, Article | ExtractionError]]
    ]

_HTML = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(slots=True)
class Tally:
    """What became of the pages so far."""

    written: int = 0
    articles: int = 0
    failed: int = 0
    left_out: int = 0


def extract(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help=SAVED_PAGES),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="JSON lines; default standard output."),
    ] = None,
    model: ModelOption = "auto",
    store: StoreOption = None,
    workers: WorkersOption = None,
) -> None:
    """Read saved pages: one JSON object a page, in the order of the input.

    A page that cannot be read gives an object of kind "error"; exit 1 at the end.
    """
    from scraper.saved import iter_saved
    from scraper.workers import ReaderPool

    format_of(out, among=["jsonl"])
    sources = [iter_saved(path) for path in inputs]
    model_of = model_chooser(model, inputs=inputs, store=store, workers=workers)
    tally = Tally()
    wanted = left_in((page for source in sources for page in source), tally)
    with (
        show_progress("extract") as report,
        open_output(out) as stream,
        ReaderPool(workers=workers) as pool,
    ):
        read = partial(pool.read_all, model_of=model_of)
        for record in _iter_records(wanted, read, tally):
            stream.write(
                json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
            )
            stream.write(b"\n")
            _count(record, tally, report)
    _sum_up(tally)


def left_in(pages: Iterable[SavedPage], tally: Tally) -> Iterator[SavedPage]:
    """Yield all but a WARC file's images, feeds, redirects and error pages."""
    for saved in pages:
        page = saved.page
        if saved.line or page is None or _is_html_answer(page):
            yield saved
        else:
            tally.left_out += 1


def _is_html_answer(page: Page) -> bool:
    return page.status == HTTPStatus.OK and (page.content_type or "text/html") in _HTML


def _iter_records(
    pages: Iterable[SavedPage], read: ReadAll, tally: Tally
) -> Iterator[dict[str, Any]]:
    for saved, outcome in _read_in_order(pages, read):
        if saved.page is None and not saved.id:
            tally.failed += 1
            output.say(f"tinsach: {saved.error}")
        elif isinstance(outcome, Article):
            record = outcome.to_json()
            yield record | {"id": saved.id if saved.id != "-" else record["id"]}
        else:
            error = saved.error or str(outcome)
            yield {"id": saved.id, "url": saved.url, "kind": "error", "error": error}


def _read_in_order(
    pages: Iterable[SavedPage], read: ReadAll
) -> Iterator[tuple[SavedPage, Article | ExtractionError | None]]:
    """Yield every saved page with its outcome, None for those that hold no page."""
    ahead: deque[SavedPage] = deque()

    def take() -> Iterator[Page]:
        for saved in pages:
            ahead.append(saved)
            if saved.page is not None:
                yield hinted(saved.page)

    for _, outcome in read(take()):
        while (saved := ahead.popleft()).page is None:
            yield saved, None
        yield saved, outcome
    for saved in ahead:
        yield saved, None


def _count(record: dict[str, Any], tally: Tally, report: Report) -> None:
    tally.written += 1
    tally.failed += record["kind"] == "error"
    tally.articles += bool(record.get("text"))
    report(tally.written, 0, tally.articles)


def _sum_up(tally: Tally) -> None:
    if tally.left_out:
        output.note(f"tinsach: {tally.left_out} records are no HTML page, left out")
    if tally.failed:
        total = tally.written
        output.say(f"tinsach: {tally.failed} failed, {total} objects written")
        raise typer.Exit(1)
