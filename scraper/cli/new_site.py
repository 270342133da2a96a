"""``tinsach new-site``: writes a spider for a site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import AllowPrivateOption, JsonLinesOption
from scraper.items import Article
from scraper.options import home_folder

if TYPE_CHECKING:
    from scraper.errors import ExtractionError
    from scraper.sites.new_site import NewSite

_COLUMNS = ("page", "kind", "published", "authors", "blocks", "characters", "title")


def new_site(
    url: Annotated[str, typer.Argument(metavar="URL", help="Front page of a site.")],
    *,
    name: Annotated[
        str,
        typer.Option(
            "--name", help="Name of the spider. Default: derived from the host."
        ),
    ] = "",
    as_json: JsonLinesOption = False,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Write a spider for a site into TINSACH_HOME, and show the fields of its articles.

    Finds the sources, writes spiders/NAME.py, saves sample pages with a manifest to
    pages/NAME, and lists the fields of each article; in a pipe, tab-separated.
    """
    from scraper.sites.new_site import add_site

    home = home_folder()
    with output.show_waiting(f"new-site {url}"):
        made = add_site(
            url, home, name=name, tell=lambda line: output.note(f"tinsach: {line}")
        )
    rows = [_row(path, result) for path, result in made.read]
    if as_json:
        output.write_json_lines([_record(made)])
    else:
        output.print_rows(_COLUMNS, rows)
    output.note(
        f"tinsach: {made.spider} is written; it has {made.sources} sources\n"
        f"check the fields above, and one page: tinsach explain {made.read[0][0]}\n"
        f"check the live site: tinsach doctor {made.name}\n"
        f"crawl: tinsach crawl {made.name}"
        if made.read
        else f"tinsach: {made.spider} is written; no article could be fetched"
    )


def _fields(result: Article | ExtractionError) -> dict[str, Any]:
    if not isinstance(result, Article):
        return {"error": str(result)}
    at = result.published_at
    return {
        "kind": result.kind.value,
        "published_at": at.isoformat(timespec="minutes") if at else None,
        "authors": list(result.authors),
        "blocks": len(result.blocks),
        "characters": len(result.text),
        "title": result.title,
    }


def _row(path: Path, result: Article | ExtractionError) -> tuple[str, ...]:
    fields = _fields(result)
    if "error" in fields:
        return (path.name, "error", "-", "-", "-", "-", fields["error"])
    authors = ", ".join(fields["authors"])
    at = result.published_at if isinstance(result, Article) else None
    texts = (fields["kind"], at and clock.shown(at), authors)
    counts = (str(fields["blocks"]), str(fields["characters"]))
    return (
        path.name,
        *(each or "-" for each in texts),
        *counts,
        fields["title"] or "-",
    )


def _record(made: NewSite) -> dict[str, Any]:
    return {
        "name": made.name,
        "spider": str(made.spider),
        "pages": str(made.pages),
        "sources": made.sources,
        "articles": [
            {"path": str(path)} | _fields(result) for path, result in made.read
        ],
    }
