"""``tinsach doctor``: the set-up of this machine, and what the live site shows."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import StoreOption, store_url
from scraper.errors import ScraperError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from scraper.crawling.doctor import Check as SiteCheck

LIBRARIES = ("scrapy", "trafilatura", "lxml", "sqlalchemy", "pebble", "fastwarc")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: *detail* says what was found, or what to do."""

    name: str
    ok: bool
    detail: str


def doctor(
    spider: Annotated[
        str | None, typer.Argument(help="Also ask the live site of this spider.")
    ] = None,
    *,
    portal: Annotated[
        str | None, typer.Option(help="Another address of that site.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Check the set-up; with a spider also its live site: feed, section, articles."""
    console = output.make_console(sys.stdout)
    failed = 0
    for check in _iter_checks(spider, portal, store):
        _print(console, check)
        failed += not check.ok
    if failed:
        output.say(f"tinsach: {failed} of the checks failed")
        raise typer.Exit(1)


def _iter_checks(
    spider: str | None, portal: str | None, store: str | None
) -> Iterator[Check | SiteCheck]:
    yield check_python()
    yield from map(check_library, LIBRARIES)
    yield check_home()
    yield check_store(store)
    if spider is not None:
        from scraper.crawling.doctor import check_site

        yield from check_site(spider, portal)


def check_python() -> Check:
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    return Check("python", sys.version_info >= (3, 11), found)


def check_library(name: str) -> Check:
    try:
        return Check(name, ok=True, detail=version(name))
    except PackageNotFoundError:
        return Check(name, ok=False, detail=f"not installed; pip install {name}")


def check_home() -> Check:
    """Look whether files can be made in TINSACH_HOME, or where it would be made."""
    home = Path(os.environ.get("TINSACH_HOME") or "tinsach-home").absolute()
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            found = f"{home}" + ("" if there == home else ", not there yet")
            return Check("home", ok=True, detail=found)
    except OSError as error:
        reason = f"{home} cannot be written ({error}); set TINSACH_HOME"
        return Check("home", ok=False, detail=reason)


def check_store(given: str | None) -> Check:
    """Open the store where there is one; it is not made."""
    from scraper.storage import open_store
    from scraper.storage.location import locate

    url = store_url(given)
    try:
        if not locate(url).path.exists():
            return Check("store", ok=True, detail=f"{locate(url).name}, not there yet")
        with open_store(url, create=False) as store:
            return Check("store", ok=True, detail=f"{store.count()} articles")
    except ScraperError as error:
        return Check("store", ok=False, detail=str(error))


def _print(console: Console, check: Check | SiteCheck) -> None:
    from rich.text import Text

    mark = Text("ok     ", "green") if check.ok else Text("failed ", "red")
    console.print(
        Text.assemble(mark, f"{check.name:12} ", check.detail), soft_wrap=True
    )
