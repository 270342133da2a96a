"""``tinsach doctor``: the set-up of this machine, and what the live site shows."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.archive_checks import iter_archive_checks
from scraper.cli.arguments import AllowPrivateOption, StoreOption, complete_spider
from scraper.cli.checks import iter_machine_checks
from scraper.cli.repairs import iter_repairs
from scraper.cli.store_checks import iter_store_checks
from scraper.options import is_quiet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from scraper.cli.checks import Check
    from scraper.crawling.doctor_host import Check as SiteCheck


def doctor(
    spider: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete_spider,
            help="Also ask the live site of this spider.",
        ),
    ] = None,
    *,
    portal: Annotated[
        str | None, typer.Option(help="Another address of that site.")
    ] = None,
    store: StoreOption = None,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Repair what is damaged in the store and the archive; the damaged files"
            " stay beside what is made of them. No crawl may run meanwhile.",
        ),
    ] = False,
    allow_private: AllowPrivateOption = False,
) -> None:
    """Check the set-up, and say what to do; with a spider also its live site.

    Of the machine: versions, extras, folders, disk, clock, alerts; of the store: its
    tables, the latest runs (of the spider, where one is given), times ahead of the clock,
    what is kept and for how long, the site models. Of the site: TLS, robots.txt, the clock against the server's, a feed, a section, articles.

    What is damaged stays as it is, unless --repair is given.
    """
    console = output.make_console(sys.stdout)
    failed = 0
    mended = iter_repairs(store) if repair else iter(())
    for check in chain(mended, _iter_checks(spider, portal, store)):
        if not (check.ok and is_quiet()):
            _print(console, check)
        failed += not check.ok
    if failed:
        output.say(f"tinsach: {failed} of the checks failed")
        raise typer.Exit(1)


def _iter_checks(
    spider: str | None, portal: str | None, store: str | None
) -> Iterator[Check | SiteCheck]:
    yield from iter_machine_checks()
    yield from iter_store_checks(store, spider)
    yield from iter_archive_checks(store)
    if spider is not None:
        from scraper.crawling.doctor import check_site

        yield from check_site(spider, portal)


def _print(console: Console, check: Check | SiteCheck) -> None:
    from rich.text import Text

    mark = Text("ok     ", "green") if check.ok else Text("failed ", "red")
    console.print(
        Text.assemble(mark, f"{check.name:12} ", check.detail), soft_wrap=True
    )
