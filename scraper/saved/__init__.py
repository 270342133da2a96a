"""Pages kept on disk: HTML files, folders, manifests, WARC files, standard input.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.saved.archive import Capture, iter_archive
    from scraper.saved.files import MAX_PAGE_BYTES, SavedPage
    from scraper.saved.inputs import iter_saved
    from scraper.saved.kept import Kept, archive_folder, iter_newest, own_archive
    from scraper.saved.writing import ArchiveWriter, prune_archive, remove_records

__all__ = [
    "MAX_PAGE_BYTES",
    "ArchiveWriter",
    "Capture",
    "Kept",
    "SavedPage",
    "archive_folder",
    "iter_archive",
    "iter_newest",
    "iter_saved",
    "own_archive",
    "prune_archive",
    "remove_records",
]

_HOMES = {
    "MAX_PAGE_BYTES": "scraper.saved.files",
    "ArchiveWriter": "scraper.saved.writing",
    "Capture": "scraper.saved.archive",
    "Kept": "scraper.saved.kept",
    "SavedPage": "scraper.saved.files",
    "archive_folder": "scraper.saved.kept",
    "iter_archive": "scraper.saved.archive",
    "iter_newest": "scraper.saved.kept",
    "iter_saved": "scraper.saved.inputs",
    "own_archive": "scraper.saved.kept",
    "prune_archive": "scraper.saved.writing",
    "remove_records": "scraper.saved.writing",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
