"""Archive files whose end a crash has cut: found, and cut off at the last whole record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.saved.kept import archive_files
from scraper.saved.members import end_of_sound
from scraper.saved.writing import locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def find_cut(folder: Path) -> Iterator[tuple[Path, int]]:
    """Yield each file of the archive in *folder* that ends in half a record.

    With it the bytes of that half. Raises OSError.
    """
    for path in archive_files(folder):
        with path.open("rb") as file:
            rest = path.stat().st_size - end_of_sound(file)
        if rest:
            yield path, rest


def cut_off(path: Path) -> Path:
    """Move what is no whole record from the end of *path* to a file beside it.

    Returns that file. Raises OSError.
    """
    aside = path.with_name(f"{path.name}.rest")
    with locked(path) as file:
        end = end_of_sound(file)
        file.seek(end)
        aside.write_bytes(file.read())
        file.truncate(end)
    return aside
