"""Models as files, so that a page goes to its worker with a name and not with a model."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from scraper.scratch import scratch_folder

if TYPE_CHECKING:
    from scraper.sitemodel import SiteModel


class ModelFiles:
    """A temporary folder, made for the first model, with one file a version."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._paths: dict[int, tuple[SiteModel, Path]] = {}

    def path_of(self, model: SiteModel) -> Path:
        """Return the file that holds *model*; it is written once."""
        known = self._paths.get(id(model))
        if known is None:
            if self._folder is None:
                self._folder = TemporaryDirectory(
                    prefix="models-", dir=scratch_folder(), ignore_cleanup_errors=True
                )
            known = model, _write(model, Path(self._folder.name))
            self._paths[id(model)] = known
        return known[1]

    def remove(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = None
        self._paths.clear()


def _write(model: SiteModel, folder: Path) -> Path:
    path = folder / f"{model.version}.json"
    part = path.with_suffix(".part")
    part.write_text(model.to_json(), "utf-8")
    part.replace(path)
    return path
