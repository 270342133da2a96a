"""``tinsach doctor --repair``: what is mended, and where the damaged is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.cli import output
from scraper.cli.archive_checks import lost_pages, read_archive
from scraper.cli.checks import Check
from scraper.cli.models import model_chooser
from scraper.cli.store_checks import iter_damaged_models, look_for_damage
from scraper.crawling.hinted import hinted
from scraper.errors import ScraperError
from scraper.options import home_folder
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.saved.damage import Contents
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
    from scraper.storage.repairing import repair
    from scraper.storage.row_repairs import repair_rows

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
    from scraper.reextraction import WRITTEN, reextract
    from scraper.saved import iter_newest, own_archive
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
