"""What ``tinsach doctor`` looks at in the archive: every record, and who refers to it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scraper.cli.checks import Check
from scraper.cli.progress import show_waiting
from scraper.errors import ScraperError
from scraper.storage.location import is_missing, locate, store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from scraper.saved.damage import Contents

_REPAIR = "`tinsach doctor --repair` moves it aside"
_SHOWN = 20
"""Bad records that have a line of their own; the others are counted."""


def iter_archive_checks(given: str | None) -> Iterator[Check]:
    """Read every record of the archive, if there is one, and check the references to it.

    The references are those of the articles in the store, if that can be read.
    """
    from scraper.saved import own_archive

    folder = own_archive()
    if not folder.is_dir():
        return
    try:
        files = read_archive(folder)
        lost = lost_pages(given, files)
    except (OSError, ValueError) as error:
        yield Check("archive", ok=False, detail=f"{folder}: {error}")
        return
    bad = [each for found in files.values() for each in found.bad]
    for each in bad[:_SHOWN]:
        yield Check("archive", ok=False, detail=f"{each}: {_REPAIR}")
    if len(bad) > _SHOWN:
        detail = f"{len(bad) - _SHOWN} more records are damaged: {_REPAIR}"
        yield Check("archive", ok=False, detail=detail)
    yield from _iter_lost(lost)
    if not bad and not lost:
        count = sum(len(found.starts) for found in files.values())
        detail = f"{folder}: every record can be read, {count:,} in {len(files)} files"
        yield Check("archive", ok=True, detail=detail)


def _iter_lost(lost: dict[str, str]) -> Iterator[Check]:
    names = Counter(reference.partition("#")[0] for reference in lost.values())
    for name, count in names.items():
        detail = (
            f"{name}: {count} articles refer to records that it does not have:"
            " `tinsach doctor --repair` lets their pages be fetched again"
        )
        yield Check("archive", ok=False, detail=detail)


def read_archive(folder: Path) -> dict[str, Contents]:
    """Return what each file of the archive in *folder* holds; raises OSError, ValueError."""
    from scraper.saved.damage import read_file
    from scraper.saved.kept import archive_files

    paths = archive_files(folder)
    size, done, files = sum(path.stat().st_size for path in paths), 0, {}
    with show_waiting("archive") as update:
        for path in paths:
            files[path.name] = read_file(path, _report(update, done, size))
            done += path.stat().st_size
    return files


def _report(
    update: Callable[[str], None], before: int, size: int
) -> Callable[[int], None]:
    total = f"{size / 1e6:,.0f} MB"
    return lambda done: update(f"archive: {(before + done) / 1e6:,.0f} of {total}")


def lost_pages(given: str | None, files: dict[str, Contents]) -> dict[str, str]:
    """Return the references of articles that lead to no sound record, by their URLs.

    A file that is not there was pruned. Of a store that cannot be read nothing is known:
    its own check says so.
    """
    from scraper.storage import open_store, wal

    url = store_url(given)
    if is_missing(url):
        return {}
    try:
        if (path := locate(url).file) and wal.check(path):
            return {}
        with open_store(url, create=False) as store:
            return {
                url: reference
                for url, reference in store.iter_archived()
                if _is_lost(reference, files)
            }
    except (OSError, ScraperError):
        return {}


def _is_lost(reference: str, files: dict[str, Contents]) -> bool:
    name, _, start = reference.partition("#")
    found = files.get(name)
    return found is not None and not (start.isdecimal() and found.has(int(start)))
