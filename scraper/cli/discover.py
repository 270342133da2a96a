"""``tinsach discover``: the sources that list the articles of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import AllowPrivateOption, JsonLinesOption
from scraper.errors import DiscoveryError

if TYPE_CHECKING:
    from scraper.sites.new_site import Source

_COLUMNS = ("kind", "articles", "newest", "found by", "URL", "title")


def discover(
    url: Annotated[str, typer.Argument(metavar="URL", help="Front page of a site.")],
    *,
    as_json: JsonLinesOption = False,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Find the feeds, sitemaps and sections of a site, and the newest article of each.

    In a pipe: kind, articles, newest, found by, URL, title, tab-separated.
    """
    from scraper.sites.new_site import discover as find_sources

    found: list[Source] = []
    with output.show_progress(f"discover {url}") as report:
        for source in find_sources(url):
            found.append(source)
            report(len(found), 0, sum(each.items for each in found))
    if not found:
        raise DiscoveryError(
            f"{url}: found no feed, sitemap or section that lists articles"
        )
    if as_json:
        output.write_json_lines(map(_record, found))
    else:
        output.print_rows(_COLUMNS, map(_row, found))


def _record(source: Source) -> dict[str, Any]:
    return {
        "kind": source.kind.value,
        "url": source.url,
        "articles": source.items,
        "newest": source.newest.isoformat() if source.newest else None,
        "found_by": source.found_by.value,
        "title": source.title,
    }


def _row(source: Source) -> tuple[str, ...]:
    at = source.newest
    return (
        source.kind.value,
        str(source.items),
        clock.shown(at) if at else "-",
        source.found_by.value,
        source.url,
        source.title or "-",
    )
