"""Pages kept on disk: HTML files, folders, manifests, WARC files, standard input.

The names below are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.import_path import lazy

if TYPE_CHECKING:
    from scraper.archive.files import iter_saved
    from scraper.archive.folder import (
        ArchiveWriter,
        Kept,
        archive_folder,
        iter_newest,
        own_archive,
        prune_archive,
        remove_records,
    )
    from scraper.archive.warc import MAX_PAGE_BYTES, Capture, SavedPage, iter_archive

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

_NAMES = {
    "files": ("iter_saved",),
    "warc": ("MAX_PAGE_BYTES", "Capture", "SavedPage", "iter_archive"),
    "folder": (
        "ArchiveWriter",
        "Kept",
        "archive_folder",
        "iter_newest",
        "own_archive",
        "prune_archive",
        "remove_records",
    ),
}
_HOMES = {n: f"{__name__}.{module}" for module, names in _NAMES.items() for n in names}
__getattr__, __dir__ = lazy(__name__, _HOMES)
