"""``tinsach fetch``: one page of the network to standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import PageFormat, StoreOption
from scraper.cli.models import OneModelOption, model_chooser
from scraper.errors import ConfigurationError
from scraper.items import Kind
from scraper.urls import is_http

if TYPE_CHECKING:
    from scraper.items import Article

_NO_ARTICLE = {
    Kind.LISTING: "a listing: a page that lists articles and is none",
    Kind.BLOCKED: "blocked: a consent, bot or login wall stands before the article",
    Kind.OTHER: "no article: nothing on it reads as one",
}


def fetch(
    url: Annotated[str, typer.Argument(help="Address, http or https.")],
    *,
    format_: Annotated[
        PageFormat, typer.Option("--format", "-f", help="What is printed.")
    ] = PageFormat.TEXT,
    model: OneModelOption = "stored",
    store: StoreOption = None,
) -> None:
    """Fetch one page and print its article, read by the stored model of its site."""
    if not is_http(url):
        raise ConfigurationError(
            f"{url} is no http or https address; for a file use: tinsach extract {url}"
        )
    from scraper.crawling.fetch import fetch_page
    from scraper.exports import render
    from scraper.reading import read

    model_of = model_chooser(model, store=store)
    page = fetch_page(url)
    article = read(page, model_of(page), with_ledger=False)
    if article.kind.has_text or format_ is PageFormat.JSON:
        output.write_text(render(article, format_))
    if not article.kind.has_text:
        output.say(f"tinsach: {explain_kind(article)}")
        raise typer.Exit(1)


def explain_kind(article: Article) -> str:
    """Return in words why *article* has no text."""
    return f"{article.url} is {_NO_ARTICLE[article.kind]}"
