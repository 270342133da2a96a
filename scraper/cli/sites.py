"""Commands about sites: sites, discover, new-site.

``python -m scraper.cli.sites > docs/sites.md`` writes the page; a test checks that it is
current.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import AllowPrivateOption, JsonLinesOption
from scraper.errors import DiscoveryError
from scraper.items import Article
from scraper.options import home_folder

if TYPE_CHECKING:
    from scraper.crawling.spiders import SiteRow
    from scraper.errors import ExtractionError
    from scraper.sites.new_site import NewSite, Source


_SITE_COLUMNS = ("spider", "site", "family", "sources", "checked")
_SOURCE_COLUMNS = ("kind", "articles", "newest", "found by", "URL", "title")
_PAGE_COLUMNS = (
    "page",
    "kind",
    "published",
    "authors",
    "blocks",
    "characters",
    "title",
)
_EXPLORED = "found in the crawl"
_INTRODUCTION = """\
# Sites

Made from the spiders by `python -m scraper.cli.sites > docs/sites.md`.

`tinsach crawl SPIDER` crawls one of them, `tinsach doctor SPIDER` verifies on the live site
what its spider says. "By report" is what others wrote about the site, "explored" that
nothing was known: sources and articles are found in the crawl. Any other site:
`tinsach crawl news -a site=https://example.com`, or a spider of your own by
`tinsach new-site https://example.com`.
"""


def sites(
    *,
    as_json: JsonLinesOption = False,
) -> None:
    """List the sites with a spider, and what each was verified against.

    In a pipe: spider, URL, family, sources and verification, tab-separated.
    """
    from scraper.crawling.spiders import list_sites

    found = list(list_sites())
    if as_json:
        output.write_json_lines(map(asdict, found))
    else:
        output.print_rows(_SITE_COLUMNS, map(_site_row, found))


def _site_row(site: SiteRow) -> tuple[str, ...]:
    sources = site.sources or _EXPLORED
    return (site.spider, site.home or "-", site.family, sources, site.checked)


def render_sites() -> str:
    """Return the table of sites as Markdown."""
    from scraper.crawling.spiders import list_sites

    head = "| spider | site | family | sources known | article addresses | checked |"
    rows = (
        f"| `{each.spider}` | {_named(each)} | {each.family} |"
        f" {each.sources or _EXPLORED} | {_form(each)} | {each.checked} |"
        for each in list_sites()
    )
    return "\n".join([_INTRODUCTION, head, "|---|---|---|---|---|---|", *rows, ""])


def _named(site: SiteRow) -> str:
    return f"[{site.title}]({site.home})" if site.home else site.title


def _form(site: SiteRow) -> str:
    escaped = site.addresses.replace("|", "\\|")
    return f"`{escaped}`" if escaped else _EXPLORED


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
        output.write_json_lines(map(_source_record, found))
    else:
        output.print_rows(_SOURCE_COLUMNS, map(_source_row, found))


def _source_record(source: Source) -> dict[str, Any]:
    return {
        "kind": source.kind.value,
        "url": source.url,
        "articles": source.items,
        "newest": source.newest.isoformat() if source.newest else None,
        "found_by": source.found_by.value,
        "title": source.title,
    }


def _source_row(source: Source) -> tuple[str, ...]:
    at = source.newest
    return (
        source.kind.value,
        str(source.items),
        clock.shown(at) if at else "-",
        source.found_by.value,
        source.url,
        source.title or "-",
    )


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
    rows = [_page_row(path, result) for path, result in made.read]
    if as_json:
        output.write_json_lines([_new_site_record(made)])
    else:
        output.print_rows(_PAGE_COLUMNS, rows)
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


def _page_row(path: Path, result: Article | ExtractionError) -> tuple[str, ...]:
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


def _new_site_record(made: NewSite) -> dict[str, Any]:
    return {
        "name": made.name,
        "spider": str(made.spider),
        "pages": str(made.pages),
        "sources": made.sources,
        "articles": [
            {"path": str(path)} | _fields(result) for path, result in made.read
        ],
    }


if __name__ == "__main__":
    output.write_text(render_sites())
