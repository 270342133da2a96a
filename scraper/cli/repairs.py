"""``tinsach doctor --repair``: what is mended, and where the damaged is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.cli import output
from scraper.cli.checks import Check
from scraper.cli.models import model_chooser
from scraper.cli.store_checks import look_for_damage
from scraper.crawling.hinted import hinted
from scraper.errors import ScraperError
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scraper.storage.salvaging import Lost, Salvaged

_AGAIN = "the next crawl fetches their pages anew"


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
    from scraper.storage import open_store
    from scraper.storage.location import locate
    from scraper.storage.repairing import repair

    path = locate(url).file
    if path and path.exists() and path.stat().st_size and look_for_damage(url):
        done = repair(url)
        restored = _restore(url, done.saved.lost)
        with open_store(url, create=False) as store:
            saved = f"{store.count()} articles are saved"
        aside = f"the damaged store is {done.aside}"
        parts = [saved, *_iter_lost(done.saved, restored), aside]
        yield Check("repair", ok=True, detail=f"{path}: {'; '.join(parts)}")


def _iter_lost(saved: Salvaged, restored: int) -> Iterator[str]:
    """Yield what was damaged, and what becomes of it."""
    lost = len(saved.lost)
    older = sum(each.is_older for each in saved.lost)
    if lost:
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
    from scraper.sitemodel import SiteModel
    from scraper.storage import open_store
    from scraper.storage.location import locate

    if not locate(url).is_there:
        return
    with open_store(url, create=False) as store:
        for listed in store.models.list_models():
            record = store.models.load_model(listed.site, listed.version) or ""
            try:
                SiteModel.from_json(record)
            except ScraperError as error:
                store.models.forget_models(listed.site)
                detail = f"{listed.site}: {error}; forgotten, the next crawl learns it"
                yield Check("repair", ok=True, detail=detail)


def _iter_archive() -> Iterator[Check]:
    from scraper.saved import own_archive
    from scraper.saved.mending import cut_off, find_cut

    for path, size in find_cut(own_archive()):
        aside = cut_off(path)
        detail = f"{path}: {size:,} bytes at its end are moved to {aside}"
        yield Check("repair", ok=True, detail=detail)
