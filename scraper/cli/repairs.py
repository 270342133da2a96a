"""``tinsach doctor --repair``: what is mended, and where the damaged is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.archive_checks import lost_pages, read_archive
from scraper.cli.checks import Check
from scraper.cli.store_checks import iter_damaged_models
from scraper.errors import ScraperError
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.saved.damage import Contents

_AGAIN = (
    "what is missing comes with the next crawl, or out of the archive with"
    " `tinsach crawl SPIDER --replay ARCHIVE`"
)


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
    from scraper.storage import wal
    from scraper.storage.location import locate
    from scraper.storage.repairing import find_damage, repair

    path = locate(url).file
    if path and path.exists() and (damage := wal.check(path, repair=True)):
        detail = f"{path}: {damage}; {damage.outcome}"
        yield Check("repair", ok=True, detail=detail)
    if path and path.exists() and path.stat().st_size and find_damage(url):
        done = repair(url)
        kept = f"{done.articles} articles are saved, {done.lost} rows are lost"
        where = f"the damaged store is {done.aside}"
        yield Check("repair", ok=True, detail=f"{path}: {kept}; {where}; {_AGAIN}")


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
    from scraper.saved import own_archive
    from scraper.saved.damage import move_aside

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
