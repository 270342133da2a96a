"""``tinsach fetch``: fetches pages and prints their articles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    PLAIN_TEXT,
    AllowPrivateOption,
    Form,
    ImagesOption,
    LinksOption,
    OneModelOption,
    PageFormat,
    StoreOption,
    WorkersOption,
    model_chooser,
)
from scraper.errors import ConfigurationError, ScraperError
from scraper.exports import PAGE_FORMATS, exporter, render
from scraper.items import Kind
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.cli.arguments import ModelOf
    from scraper.items import Article

    Fetched = Iterable[tuple[str, Article | ScraperError]]

_NO_ARTICLE = {
    Kind.LISTING: "a listing page, not an article",
    Kind.BLOCKED: "blocked by a consent, bot or login wall",
    Kind.OTHER: "not an article: no text was found on it",
}


def fetch(  # noqa: PLR0913  each is an option of its own
    urls: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL", help="URLs of articles."),
    ] = None,
    *,
    inputs: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="File of further URLs, one per line; - for standard input.",
        ),
    ] = None,
    format_: Annotated[
        PageFormat, typer.Option("--format", "-f", help="Output format.")
    ] = PLAIN_TEXT,
    unordered: Annotated[
        bool,
        typer.Option(
            "--unordered",
            help="Print articles as they arrive, not in the order of the input.",
        ),
    ] = False,
    model: OneModelOption = "stored",
    links: LinksOption = False,
    images: ImagesOption = False,
    store: StoreOption = None,
    workers: WorkersOption = None,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Fetch pages and print their articles, each read with the stored model of its site.

    An article of several pages is printed whole. Several hosts are fetched from in
    parallel, each once a second. A page that cannot be fetched or has no article is
    reported with the reason; the exit code is then 1.
    """
    named = urls or []
    _refuse_files(named)
    form = Form.of(format_, links=links, images=images)
    if len(named) == 1 and inputs is None:
        _print_one(named[0], form, model, store)
    elif named or inputs:
        wanted = _iter_wanted(named, inputs)
        model_of = model_chooser(model, store=store)
        _fetch_many(wanted, form, model_of, workers, unordered)
    else:
        raise typer.BadParameter("name a URL, or a file of URLs with -i FILE")


def fetch_article(url: str, choose_model: Callable[[], ModelOf]) -> Article:
    """Return the whole article at *url*, read within the limits of a worker.

    While the downloader starts, *choose_model* is called and the reader is loaded. Raises
    FetchRefused and ExtractionError.
    """
    from scraper.crawling.downloader import Downloader

    with Downloader() as downloader:
        from scraper.crawling.fetch import fetch_parts, read_parts
        from scraper.workers import SingleReader

        with SingleReader(warm=True) as reader, output.show_waiting(f"fetch {url}"):
            model_of = choose_model()
            pages = fetch_parts(url, downloader, reader=reader)
            downloader.close()  # ends its thread, so that the reader may fork
            return read_parts(pages, model_of, reader=reader)


def explain_kind(article: Article) -> str:
    """Return why *article* has no text, in words."""
    return f"{article.url} is {_NO_ARTICLE[article.kind]}"


def _is_printed(article: Article, fmt: PageFormat) -> bool:
    return article.kind.has_text or bool(article.text) or fmt == "json"


def _print_one(url: str, form: Form, model: str, store: str | None) -> None:
    article = fetch_article(url, lambda: model_chooser(model, store=store))
    if _is_printed(article, form.fmt):
        output.write_text(render(article, *form))
    if not article.kind.has_text:
        output.say(f"tinsach: {explain_kind(article)}")
        raise typer.Exit(1)


def _fetch_many(
    urls: Iterable[str],
    form: Form,
    model_of: ModelOf,
    workers: int | None,
    unordered: bool,
) -> None:
    from scraper.api import Session

    failures: list[str] = []
    with Session(workers=workers, model_of=model_of) as session:
        fetched = session.fetch_many(urls, ordered=not unordered)
        articles = _iter_articles(fetched, form.fmt, failures)
        write = exporter(PAGE_FORMATS[form.fmt].name, form.extras)
        write(articles, output.results())
    if failures:
        output.say(f"tinsach: {len(failures)} failed")
        raise typer.Exit(1)


def _iter_articles(
    fetched: Fetched, fmt: PageFormat, failures: list[str]
) -> Iterator[Article]:
    """Yield the articles to print; report the other pages and add them to *failures*."""
    with output.show_progress("fetch") as report:
        for done, (url, outcome) in enumerate(fetched, 1):
            if isinstance(outcome, ScraperError):
                reason = str(outcome)
            else:
                reason = "" if outcome.kind.has_text else explain_kind(outcome)
                if _is_printed(outcome, fmt):
                    yield outcome
                    output.results().flush()
            if reason:
                failures.append(url)
                output.say(f"tinsach: {reason}")
            report(done, 0, done - len(failures))


def _iter_wanted(named: list[str], file: Path | None) -> Iterator[str]:
    """Yield the URLs *named*, then those of *file*; skip empty lines and comments (#)."""
    yield from named
    if file is None:
        return
    try:
        with sys.stdin if str(file) == "-" else file.open(encoding="utf-8") as lines:
            for line in lines:
                if (url := line.strip()) and not url.startswith("#"):
                    _refuse_markup(url, file)
                    yield url
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not a list of URLs: {error}") from error


def _refuse_markup(line: str, file: Path) -> None:
    if line.startswith("<"):
        raise ConfigurationError(
            f"{file} is not a list of URLs: it contains {line[:20]!r};"
            f" for a saved page use: tinsach extract {file}"
        )


def _refuse_files(urls: list[str]) -> None:
    for url in urls:
        if not is_http(url):
            raise ConfigurationError(
                f"{url} is not an http or https URL; {_suggestion(url)}"
            )


def _suggestion(url: str) -> str:
    of_file = f"for a file use: tinsach extract {url}"
    bare = is_http(f"https://{url}") and "://" not in url and not Path(url).exists()
    return f"did you mean https://{url}? {of_file}" if bare else of_file
