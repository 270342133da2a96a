"""``tinsach new-site``: from the address of a site to a spider of its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import AllowPrivateOption
from scraper.cli.output import show_waiting
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
        str, typer.Option("--name", help="Of the spider; default: after the host.")
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: files and fields.")
    ] = False,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Write a spider for a site into TINSACH_HOME, and show how its pages read.

    Finds the sources, writes spiders/NAME.py, saves pages with a manifest in pages/NAME,
    and lists the fields of each article. In a pipe the list has tabs.
    """
    from scraper.sites.new_site import add_site

    home = home_folder()
    with show_waiting(f"new-site {url}"):
        made = add_site(
            url, home, name=name, tell=lambda line: output.note(f"tinsach: {line}")
        )
    rows = [_row(path, result) for path, result in made.read]
    if as_json:
        output.write_text(json.dumps(_record(made), ensure_ascii=False) + "\n")
    else:
        output.print_rows(_COLUMNS, rows)
    output.note(
        f"tinsach: {made.spider} is written, from {made.sources} sources\n"
        f"check the fields above, and a page: tinsach explain {made.read[0][0]}\n"
        f"verify on the live site: tinsach doctor {made.name}\n"
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
    told = (fields["kind"], at and clock.shown(at), authors)
    counts = (str(fields["blocks"]), str(fields["characters"]))
    return (path.name, *(each or "-" for each in told), *counts, fields["title"] or "-")


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
