"""``tinsach sites``: the sites with a spider.

``python -m scraper.cli.sites > docs/sites.md`` writes the page; a test checks that it is
current.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from scraper.cli import output
from scraper.cli.arguments import JsonLinesOption

if TYPE_CHECKING:
    from scraper.crawling.spiders import SiteRow

_COLUMNS = ("spider", "site", "family", "sources", "checked")
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
        output.print_rows(_COLUMNS, map(_row, found))


def _row(site: SiteRow) -> tuple[str, ...]:
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


if __name__ == "__main__":
    output.write_text(render_sites())
