"""Gold sets: folders of ``gold.jsonl`` and the pages that it is the gold of."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.archive.files import iter_manifest
from scraper.errors import ConfigurationError
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from scraper.items import Page

GOLD = "gold.jsonl"
SHARED_DATA = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data"
"""Where the gold sets are that the floors were measured on; not part of the project."""

SAMPLED = 25
"""Of a large set one site in so many is in its sample."""
SMALL = 24
"""Pages up to which a set is its own sample."""


@dataclass(frozen=True)
class GoldSet:
    """The set in *folder*: its ``gold.jsonl`` is also a manifest of its pages.

    *is_sample*: of it only the pages of some sites, see :meth:`sampled`.
    """

    name: str
    folder: Path
    is_sample: bool = False

    def sampled(self) -> GoldSet:
        """Return the part that is quick to measure; the set itself if it is small.

        Sites are drawn by a hash, so that the sample stays as it is while a set grows,
        and whole: what their models learn, and so each prediction, is the same.
        """
        if self.is_sample or len(self.rows) <= SMALL:
            return self
        return GoldSet(f"{self.name}.sample", self.folder, is_sample=True)

    @property
    def manifest(self) -> Path:
        return self.folder / GOLD

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The gold; raises ConfigurationError if a line is not one."""
        with self.manifest.open(encoding="utf-8") as lines:
            numbered = enumerate(lines, start=1)
            rows = [self._parse(n, line) for n, line in numbered if line.strip()]
        return [row for row in rows if not self.is_sample or _is_drawn(row)]

    @cached_property
    def sites(self) -> dict[str, str]:
        """The registrable domain of each page by its id, or what stands for it."""
        return {row["id"]: _site_of(row) for row in self.rows}

    def iter_pages(
        self, only: Container[str] | None = None
    ) -> Iterator[tuple[str, Page]]:
        """Yield (id, page), one in memory at a time; what cannot be read is left out.

        With *only* no other pages than those with these ids.
        """
        wanted = {row["id"] for row in self.rows if only is None or row["id"] in only}
        for saved in iter_manifest(self.manifest, wants=wanted.__contains__):
            if saved.page is not None:
                yield saved.id, saved.page

    def _parse(self, number: int, line: str) -> dict[str, Any]:
        try:
            row = json.loads(line)
        except ValueError as error:
            raise self._wrong(number, str(error)) from None
        if not isinstance(row, dict) or not {"id", "kind"} <= row.keys():
            raise self._wrong(number, 'no object with "id" and "kind"')
        if row["kind"] == "article" and not {"text", "with"} & row.keys():
            raise self._wrong(number, 'an article with neither "text" nor "with"')
        return row

    def _wrong(self, number: int, what: str) -> ConfigurationError:
        return ConfigurationError(f"{self.manifest}, line {number}: {what}")


def _site_of(row: dict[str, Any]) -> str:
    return site_of(row.get("url") or f"https://{row.get('site') or row['id']}")


def _is_drawn(row: dict[str, Any]) -> bool:
    site = _site_of(row)
    return int(hashlib.sha256(site.encode()).hexdigest(), 16) % SAMPLED == 0


def write_set(
    name: str, folder: Path, pages: Iterable[tuple[dict[str, Any], bytes]]
) -> GoldSet:
    """Write *pages*, rows of gold with their HTML, into *folder*, which must be empty."""
    (folder / "pages").mkdir()
    with (folder / GOLD).open("w", encoding="utf-8") as gold:
        for row, body in pages:
            packed = gzip.compress(body, compresslevel=1, mtime=0)
            (folder / "pages" / f"{row['id']}.html.gz").write_bytes(packed)
            gold.write(json.dumps(row, ensure_ascii=False) + "\n")
    return GoldSet(name, folder)


def load_sets(data: Path) -> list[GoldSet]:
    """Return the sets in the folder *data*, by name; *data* may itself be one.

    Raises ConfigurationError if there is no set, or one is malformed.
    """
    if not data.is_dir():
        raise ConfigurationError(
            f"{data}: no such folder; give one with gold sets in it"
        )
    folders = [data] if (data / GOLD).is_file() else sorted(data.iterdir())
    found = [GoldSet(f.resolve().name, f) for f in folders if (f / GOLD).is_file()]
    if not found:
        raise ConfigurationError(f"{data}: no folder with a {GOLD} in it")
    for gold_set in found:
        if not gold_set.rows:
            raise ConfigurationError(f"{gold_set.manifest}: no line of gold in it")
    return found
