"""One site, one file: what is true of that site only.

The user's own files are in the folder ``spiders`` of TINSACH_HOME. They are code that every
command runs: a folder that other users own or may write to is skipped with a warning.
"""

import logging
import os
import stat
from pathlib import Path

from scraper.options import home_folder

_HOME = home_folder()


def _is_trusted(folder: Path) -> bool:
    """Return True if only this user or root can have written what is in *folder*."""
    if not hasattr(os, "getuid") or not folder.is_dir():
        return True
    found = folder.stat()
    is_own = found.st_uid in {os.getuid(), 0}
    return is_own and not found.st_mode & stat.S_IWOTH


_OWN = (_HOME / "spiders").absolute()
if _is_trusted(_OWN):
    __path__ = [*__path__, str(_OWN)]
else:
    logging.getLogger(__name__).warning(
        "%s is another user's, or others may write to it: its spiders are not loaded;"
        " `chmod o-w` the folder, or copy it",
        _OWN,
    )
