"""``tinsach extract``: reads saved pages into records or texts, without a network."""

from __future__ import annotations

import json
import re
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    SAVED_PAGES,
    Form,
    ImagesOption,
    LinksOption,
    ModelOption,
    PageFormat,
    StoreOption,
    WorkersOption,
    model_chooser,
)
from scraper.crawling.spiders import hinted
from scraper.errors import ConfigurationError
from scraper.exports import PAGE_FORMATS, Extras, encoded, exporter, render
from scraper.items import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.archive import SavedPage
    from scraper.cli.output import Report
    from scraper.errors import ExtractionError
    from scraper.items import Page
    from scraper.workers import Reader

    ReadAll = Callable[
        [Iterable[Page]], Iterable[tuple[Page, Article | ExtractionError]]
    ]
    Outcome = tuple[SavedPage, Article | str]
    """A saved page with its article, or with the reason why it has none."""

_ADDRESS = re.compile(r"(?i)(https?):/+(.*)")
"""What Path makes of a URL."""


@dataclass(slots=True)
class Tally:
    """Counts the pages by outcome."""

    written: int = 0
    articles: int = 0
    failed: int = 0
    left_out: int = 0
    without_text: int = 0


def extract(  # noqa: PLR0913  each is an option of its own
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help=SAVED_PAGES),
    ],
    *,
    format_: Annotated[
        PageFormat | None,
        typer.Option(
            "--format",
            "-f",
            help="Default: by the file extension, else json: one object per line.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE|FOLDER",
            help="A file for all pages, or a folder (ending with /) for a file per page."
            " Default: standard output.",
        ),
    ] = None,
    links: LinksOption = False,
    images: ImagesOption = False,
    model: ModelOption = "auto",
    store: StoreOption = None,
    workers: WorkersOption = None,
) -> None:
    """Extract the articles of saved pages, as JSON objects or texts, in input order.

    A page that cannot be read becomes a JSON object of kind "error", or no text; the
    exit code is then 1.
    """
    from scraper.archive import iter_saved

    form = Form.of(_choose_format(format_, out), links=links, images=images)
    _refuse_addresses(inputs)
    sources = [iter_saved(path) for path in inputs]
    model_of = model_chooser(model, inputs=inputs, store=store, workers=workers)
    tally = Tally()
    wanted = _requested((page for source in sources for page in source), tally)
    first = list(islice(wanted, 2))
    with _reading(len(first), workers) as (reader, report):
        read = partial(reader.read_all, model_of=model_of)
        pages = chain(first, wanted)
        outcomes = _count(_iter_outcomes(pages, read), tally, report)
        if out and output.is_folder(out):
            _write_files(outcomes, form, Path(out), tally)
        else:
            _write_one_file(outcomes, form, Path(out) if out else None, tally)
    _sum_up(tally)


@contextmanager
def _reading(pages: int, workers: int | None) -> Iterator[tuple[Reader, Report]]:
    """Yield a reader and a progress report; a single page needs no pool."""
    if pages > 1:
        from scraper.workers import ReaderPool

        with (
            ReaderPool(workers=workers) as pool,
            output.show_progress("extract") as report,
        ):
            yield pool, report
    else:
        from scraper.workers import SingleReader

        with SingleReader() as single:
            yield single, lambda *_: None


def _choose_format(given: PageFormat | None, out: str | None) -> PageFormat:
    if given or out is None or output.is_folder(out):
        return given or PageFormat("json")
    of_files = {each.name: name for name, each in PAGE_FORMATS.items()}
    return PageFormat(of_files[output.format_of(Path(out), among=of_files) or "jsonl"])


def _refuse_addresses(inputs: list[Path]) -> None:
    for path in inputs:
        if address := _ADDRESS.fullmatch(str(path)):
            url = f"{address[1]}://{address[2]}"
            raise ConfigurationError(
                f"{url} is a URL; to fetch it use: tinsach fetch {url}"
            )


def _requested(pages: Iterable[SavedPage], tally: Tally) -> Iterator[SavedPage]:
    """Yield all pages except the images, feeds, redirects and errors of WARC files."""
    for saved in pages:
        if saved.is_asked_for:
            yield saved
        else:
            tally.left_out += 1


def _iter_outcomes(pages: Iterable[SavedPage], read: ReadAll) -> Iterator[Outcome]:
    for saved, outcome in _read_in_order(pages, read):
        if isinstance(outcome, Article):
            yield saved, outcome
        else:
            yield saved, saved.error or str(outcome)


def _read_in_order(
    pages: Iterable[SavedPage], read: ReadAll
) -> Iterator[tuple[SavedPage, Article | ExtractionError | None]]:
    """Yield every saved page with its outcome, or with None if it holds no page."""
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


def _count(
    outcomes: Iterable[Outcome], tally: Tally, report: Report
) -> Iterator[Outcome]:
    """Count and yield *outcomes*; report the lines of a manifest that name no page."""
    for done, (saved, outcome) in enumerate(outcomes, 1):
        tally.failed += not isinstance(outcome, Article)
        if saved.page is None and not saved.id:
            output.say(f"tinsach: {outcome}")
            continue
        tally.articles += isinstance(outcome, Article) and bool(outcome.text)
        yield saved, outcome
        report(done, 0, tally.articles)


def _write_one_file(
    outcomes: Iterable[Outcome], form: Form, path: Path | None, tally: Tally
) -> None:
    with output.open_output(path) as stream:
        if form.fmt == "json":
            for outcome in outcomes:
                record = _record(*outcome, form.extras)
                stream.write(_encoded(record) + b"\n")
                tally.written += 1
        else:
            articles = (article for _, article in _with_text(outcomes, tally))
            tally.written = exporter(*form)(articles, stream)


def _write_files(
    outcomes: Iterable[Outcome], form: Form, folder: Path, tally: Tally
) -> None:
    """Write a file per page, named after the id of the page."""
    fmt, extras = form
    names = output.FileNames(folder, fmt)
    chosen = _without_errors(outcomes) if fmt == "json" else _with_text(outcomes, tally)
    for saved, article in chosen:
        with output.open_output(names.of(saved.id, article.id)) as stream:
            if fmt == "json":
                record = _record(saved, article, extras)
                stream.write(_encoded(record, indent=2) + b"\n")
            else:
                stream.write(encoded(render(article, fmt, extras)))
        tally.written += 1


def _record(saved: SavedPage, outcome: Article | str, extras: Extras) -> dict[str, Any]:
    if not isinstance(outcome, Article):
        return {"id": saved.id, "url": saved.url, "kind": "error", "error": outcome}
    record = outcome.to_dict(**extras._asdict())
    return record | {"id": saved.id if saved.id != "-" else record["id"]}


def _encoded(record: dict[str, Any], indent: int | None = None) -> bytes:
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "replace")


def _without_errors(
    outcomes: Iterable[Outcome],
) -> Iterator[tuple[SavedPage, Article]]:
    """Yield the pages that could be read; report why the others could not."""
    for saved, outcome in outcomes:
        if isinstance(outcome, Article):
            yield saved, outcome
        else:
            output.say(f"tinsach: {saved.id}: {outcome}")


def _with_text(
    outcomes: Iterable[Outcome], tally: Tally
) -> Iterator[tuple[SavedPage, Article]]:
    """Yield the pages with an article, and count the others."""
    for saved, article in _without_errors(outcomes):
        if article.kind.has_text and article.text:
            yield saved, article
        else:
            tally.without_text += 1


def _sum_up(tally: Tally) -> None:
    if tally.left_out:
        output.note(f"tinsach: skipped, not an HTML page: {tally.left_out}")
    if tally.without_text:
        output.note(f"tinsach: skipped, no article: {tally.without_text}")
    if tally.failed:
        output.say(f"tinsach: {tally.failed} failed, {tally.written} written")
        raise typer.Exit(1)
