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
        """Return the file that holds *model*; it is written once, or if it is gone."""
        known = self._paths.get(id(model))
        if known is None or not known[1].exists():
            known = model, _write(model, self._own_folder())
            self._paths[id(model)] = known
        return known[1]

    def _own_folder(self) -> Path:
        """Return the folder; a new one where something has cleaned up the old one."""
        if self._folder is None or not Path(self._folder.name).is_dir():
            self.remove()
            self._folder = TemporaryDirectory(
                prefix="models-", dir=scratch_folder(), ignore_cleanup_errors=True
            )
        return Path(self._folder.name)

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
