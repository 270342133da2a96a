"""``tinsach fetch``: one page of the network to standard output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import (
    AllowPrivateOption,
    ImagesOption,
    LinksOption,
    PageFormat,
    StoreOption,
)
from scraper.cli.hinted import hinted
from scraper.cli.models import OneModelOption, model_chooser
from scraper.cli.progress import show_waiting
from scraper.errors import ConfigurationError
from scraper.items import Kind
from scraper.urls import is_http

if TYPE_CHECKING:
    from scraper.cli.models import ModelOf
    from scraper.items import Article

_NO_ARTICLE = {
    Kind.LISTING: "a listing: a page that lists articles and is none",
    Kind.BLOCKED: "blocked: a consent, bot or login wall stands before the article",
    Kind.OTHER: "no article: nothing on it reads as one",
}


def fetch(  # noqa: PLR0913  each is an option of its own
    url: Annotated[str, typer.Argument(help="Address, http or https.")],
    *,
    format_: Annotated[
        PageFormat, typer.Option("--format", "-f", help="What is printed.")
    ] = PageFormat.TEXT,
    model: OneModelOption = "stored",
    links: LinksOption = False,
    images: ImagesOption = False,
    store: StoreOption = None,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Fetch one page and print its article, read by the stored model of its site.

    An article that goes on on further pages is made whole.
    """
    if not is_http(url):
        raise ConfigurationError(f"{url} is no http or https address; {_meant(url)}")
    from scraper.exports import Extras, check_extras, render

    extras = Extras(links=links, images=images)
    check_extras(format_, extras)
    model_of = model_chooser(model, store=store)
    article = fetch_article(url, model_of)
    if article.kind.has_text or article.text or format_ is PageFormat.JSON:
        output.write_text(render(article, format_, extras))
    if not article.kind.has_text:
        output.say(f"tinsach: {explain_kind(article)}")
        raise typer.Exit(1)


def fetch_article(url: str, model_of: ModelOf) -> Article:
    """Return the whole article at *url*, read within the limits of a worker.

    Raises FetchRefused and ExtractionError.
    """
    from scraper.crawling.fetch import fetch_parts
    from scraper.joining import join
    from scraper.workers import SingleReader

    with SingleReader() as reader:
        with show_waiting(f"fetch {url}"):
            pages = [*map(hinted, fetch_parts(url, reader=reader))]
        return join([reader.submit(page, model_of(page)).result() for page in pages])


def explain_kind(article: Article) -> str:
    """Return in words why *article* has no text."""
    return f"{article.url} is {_NO_ARTICLE[article.kind]}"


def _meant(url: str) -> str:
    of_file = f"for a file use: tinsach extract {url}"
    bare = is_http(f"https://{url}") and "://" not in url and not Path(url).exists()
    return f"is https://{url} meant? {of_file}" if bare else of_file
