"""``tinsach doctor``: the set-up of this machine, and what the live site shows."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import AllowPrivateOption, StoreOption, complete_spider
from scraper.cli.checks import Check, iter_machine_checks
from scraper.cli.models import model_chooser
from scraper.cli.store_checks import (
    iter_archive_checks,
    iter_damaged_models,
    iter_store_checks,
    look_for_damage,
    lost_pages,
    read_archive,
)
from scraper.crawling.spiders import hinted
from scraper.errors import ScraperError
from scraper.options import home_folder, is_quiet
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from scraper.archive.writing import Contents
    from scraper.sites.doctor import Check as SiteCheck
    from scraper.storage.salvaging import Lost, Salvaged


_AGAIN = "the next crawl fetches their pages anew"


def iter_repairs(given: str | None) -> Iterator[Check]:
    """Repair the store, its models and the archive; yield a line for each repair."""
    url = store_url(given)
    try:
        yield from _iter_store(url)
        yield from _iter_models(url)
        yield from _iter_archive(url)
    except (OSError, ScraperError, ValueError) as error:
        yield Check("repair", ok=False, detail=str(error))


def _iter_store(url: str | None) -> Iterator[Check]:
    from scraper.storage import open_store, wal
    from scraper.storage.location import locate
    from scraper.storage.maintenance import repair, repair_rows

    place = locate(url)
    path = place.file
    if path and path.exists() and (damage := wal.check(path, repair=True)):
        detail = f"{path}: {damage}; {damage.outcome}"
        yield Check("repair", ok=True, detail=detail)
    if path and not (path.exists() and path.stat().st_size):
        return
    if look_for_damage(url):
        done = repair(url) if path else repair_rows(url, home_folder())
        restored = _restore(url, done.saved.lost)
        with open_store(url, create=False) as store:
            saved = f"{store.count()} articles are saved"
        aside = f"what was damaged is in {done.aside}"
        parts = [saved, *_iter_lost(done.saved, restored), aside]
        yield Check("repair", ok=True, detail=f"{place.name}: {'; '.join(parts)}")


def _iter_lost(saved: Salvaged, restored: int) -> Iterator[str]:
    """Yield what was damaged, and what becomes of it."""
    lost = len(saved.lost)
    older = sum(each.is_older for each in saved.lost)
    if not saved.articles and not any(each.url for each in saved.lost):
        yield f"no article could be read: {restored} are read again from the archive"
    elif lost:
        yield (
            f"{lost} were damaged: {restored} are read again from the archive, of {older}"
            f" the revision before was sound; {_AGAIN}"
        )
    if saved.rows:
        yield f"{saved.rows} other rows are lost"


def _restore(url: str | None, lost: Sequence[Lost]) -> int:
    """Read the articles that were *lost* from their pages in the archive.

    Returns how many could be. An article whose address is lost too is one that is not
    stored.
    """
    from scraper.archive import iter_newest, own_archive
    from scraper.reextraction import WRITTEN, reextract
    from scraper.storage import open_store
    from scraper.workers import ReaderPool

    if not lost or not own_archive().is_dir():
        return 0
    named = {each.url for each in lost}
    with open_store(url, create=False) as store, ReaderPool() as pool:

        def is_wanted(page: str) -> bool:
            return page in named or ("" in named and not store.known([page]))

        pages = iter_newest(own_archive(), wanted=is_wanted, passed=output.say)
        kept = (replace(each, page=hinted(each.page)) for each in pages)
        model_of = model_chooser("stored", store=url)
        tally = reextract(kept, store, pool, model_of=model_of, apply=True)
    return sum(tally.effects[effect] for effect in WRITTEN)


def _iter_models(url: str | None) -> Iterator[Check]:
    from scraper.storage import open_store
    from scraper.storage.location import locate

    if not locate(url).is_there:
        return
    with open_store(url, create=False) as store:
        for listed, fault in iter_damaged_models(store):
            store.models.forget_version(listed.site, listed.version)
            left = store.models.list_models(listed.site)
            rest = f"{left[0].version} is in use" if left else "a crawl learns it anew"
            detail = f"{listed.site}: {fault}; {listed.version} is removed, {rest}"
            yield Check("repair", ok=True, detail=detail)


def _iter_archive(url: str | None) -> Iterator[Check]:
    from scraper.archive import own_archive
    from scraper.archive.writing import move_aside

    folder = own_archive()
    if not folder.is_dir():
        return
    files = read_archive(folder)
    for name, contents in files.items():
        for bad, aside in move_aside(folder / name) if contents.bad else ():
            yield Check("repair", ok=True, detail=f"{bad}; it is moved to {aside}")
        contents.bad.clear()  # from here on nothing refers to them
    yield from _let_fetch(url, files)


def _let_fetch(url: str | None, files: dict[str, Contents]) -> Iterator[Check]:
    """Let the pages be fetched again that articles refer to in *files* in vain."""
    from scraper.storage import open_store

    if lost := lost_pages(url, files):
        with open_store(url, create=False) as store:
            store.forget_archived(list(lost))
        said = f"the archived pages of {len(lost)} articles are lost"
        detail = f"{said}; the articles stay, the next crawl fetches their pages"
        yield Check("repair", ok=True, detail=detail)


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
        from scraper.sites.doctor import check_site

        yield from check_site(spider, portal)


def _print(console: Console, check: Check | SiteCheck) -> None:
    from rich.text import Text

    mark = Text("ok     ", "green") if check.ok else Text("failed ", "red")
    console.print(
        Text.assemble(mark, f"{check.name:12} ", check.detail), soft_wrap=True
    )
