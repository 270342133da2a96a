"""``tinsach doctor --repair``: what is mended, and where the damaged is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.cli.checks import Check
from scraper.cli.store_checks import iter_damaged_models
from scraper.errors import ScraperError
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator

_AGAIN = (
    "what is missing comes with the next crawl, or out of the archive with"
    " `tinsach crawl SPIDER --replay ARCHIVE`"
)


def iter_repairs(given: str | None) -> Iterator[Check]:
    """Mend the store, its models and the archive; yield a line for each that needed it."""
    url = store_url(given)
    try:
        yield from _iter_store(url)
        yield from _iter_models(url)
        yield from _iter_archive()
    except (OSError, ScraperError) as error:
        yield Check("repair", ok=False, detail=str(error))


def _iter_store(url: str | None) -> Iterator[Check]:
    from scraper.storage.location import locate
    from scraper.storage.repairing import find_damage, repair

    path = locate(url).file
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


def _iter_archive() -> Iterator[Check]:
    from scraper.saved import own_archive
    from scraper.saved.mending import cut_off, find_cut

    for path, size in find_cut(own_archive()):
        aside = cut_off(path)
        detail = f"{path}: {size:,} bytes at its end are moved to {aside}"
        yield Check("repair", ok=True, detail=detail)
