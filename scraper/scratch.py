"""The temporary folder of this process, and those left behind by killed processes.

A process removes its folder at its end. A killed process cannot: the next one that needs a
folder removes it. The lock in each folder shows whether its owner lives; the kernel
releases it however the process ends, also in another container that shares the folder.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    import fcntl
except (
    ImportError
):  # pragma: no cover  without locks, no folder of another process is removed
    fcntl = None  # type: ignore[assignment]

PREFIX = "tinsach-"
_NEW = ".tinsach-"
"""Prefix of a folder whose lock is not held yet, so that it is not an orphan."""
_LOCK = "lock"
_AN_HOUR = 3600

_lock = threading.Lock()
_mine: dict[tuple[int, Path], Path] = {}
"""By process and root: a fork creates a folder of its own."""
_held: list[int] = []
"""The lock stays held while its file is open."""


def scratch_folder(root: Path | None = None) -> Path:
    """Return the folder of this process in *root*, by default that of temporary files.

    The first call creates it, and removes those of killed processes of this user. It is
    removed when the process ends. Raises OSError.
    """
    with _lock:
        root = Path(tempfile.gettempdir()) if root is None else root
        key = os.getpid(), root
        if key not in _mine:
            for orphan in _iter_orphans(root):
                shutil.rmtree(orphan, ignore_errors=True)
            _mine[key] = _make(root)
            atexit.register(_remove, key)
        elif not _mine[key].is_dir():  # something has cleaned up the temporary files
            _mine[key] = _make(root)
        return _mine[key]


def _make(root: Path) -> Path:
    new = Path(tempfile.mkdtemp(prefix=_NEW, dir=root))
    handle = os.open(new / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    _held.append(handle)
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)
    return new.rename(new.with_name(new.name.removeprefix(".")))


def _remove(key: tuple[int, Path]) -> None:
    if key[0] == os.getpid():
        shutil.rmtree(_mine.pop(key), ignore_errors=True)


def _iter_orphans(root: Path) -> Iterator[Path]:
    """Yield the folders of this user under *root* whose owners have ended."""
    if fcntl is None:  # pragma: no cover
        return
    for path in root.glob(f"{PREFIX}*"):
        if _is_own(path) and _is_free(path / _LOCK):
            yield path
    for path in root.glob(f"{_NEW}*"):  # file times are real even if TINSACH_NOW is set
        if _is_own(path) and time.time() - path.lstat().st_mtime > _AN_HOUR:
            yield path


def _is_own(path: Path) -> bool:
    with suppress(OSError):
        return path.lstat().st_uid == os.getuid() and not path.is_symlink()
    return False


def _is_free(lock: Path) -> bool:
    """Return True if nobody holds *lock*; False if there is none, and it is not ours."""
    try:
        handle = os.open(lock, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
