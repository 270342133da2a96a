"""Pages kept on disk: HTML files, folders, manifests, WARC files, standard input.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.lazy import lazy

if TYPE_CHECKING:
    from scraper.saved.archive import iter_archive
    from scraper.saved.files import MAX_PAGE_BYTES, SavedPage
    from scraper.saved.inputs import iter_saved
    from scraper.saved.kept import Kept, archive_folder, iter_newest, own_archive
    from scraper.saved.records import Capture
    from scraper.saved.removing import prune_archive, remove_records
    from scraper.saved.writing import ArchiveWriter

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
    "Capture": "scraper.saved.records",
    "Kept": "scraper.saved.kept",
    "SavedPage": "scraper.saved.files",
    "archive_folder": "scraper.saved.kept",
    "iter_archive": "scraper.saved.archive",
    "iter_newest": "scraper.saved.kept",
    "iter_saved": "scraper.saved.inputs",
    "own_archive": "scraper.saved.kept",
    "prune_archive": "scraper.saved.removing",
    "remove_records": "scraper.saved.removing",
}
__getattr__, __dir__ = lazy(__name__, _HOMES)
