"""Keep pages that killed or stalled a worker."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from datetime import datetime
from typing import TYPE_CHECKING

from scraper.clock import now
from scraper.urls import normalise_url

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.items import Page

logger = logging.getLogger(__name__)
_A_DAY = 86400


class Quarantine:
    """A folder of ``<id>.html`` (bytes as fetched) beside ``<id>.json`` (why).

    The JSON object holds url, reason, when (ISO 8601), traceback ("" if there is none)
    and content_type. It is written last: if it exists, the bytes are complete. A page
    that is kept again replaces its former files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, page: Page, *, reason: str, traceback: str = "") -> None:
        """Save *page*; a failure to write is logged, not raised."""
        record = {
            "url": page.url,
            "reason": reason,
            "when": now().isoformat(),
            "traceback": traceback,
            "content_type": page.content_type,
        }
        name = page_id(page)
        text = json.dumps(record, ensure_ascii=False, indent=2)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._write(f"{name}.html", page.body)
            self._write(f"{name}.json", text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            logger.warning("%s could not be quarantined: %s", page.url, error)
        else:
            logger.warning("quarantined as %s: %s", self._folder / name, reason)

    def prune(self, before: datetime | None, *, most: int = 0) -> int:
        """Remove pages kept *before*, and all but the *most* newest (0: no limit).

        Returns the number of removed pages. Raises OSError.
        """
        kept = {path: _when(path) for path in self._folder.glob("*.json")}
        newest = sorted(kept, key=kept.__getitem__, reverse=True)
        old = [
            path
            for rank, path in enumerate(newest)
            if (before and kept[path] < before) or (most and rank >= most)
        ]
        for path in old:
            path.unlink(missing_ok=True)
            path.with_suffix(".html").unlink(missing_ok=True)
        self._remove_partial()
        return len(old)

    def _remove_partial(self) -> None:
        """Remove partial files of killed processes, at least a day old."""
        for path in self._folder.glob(
            ".*.part"
        ):  # file times are real even if TINSACH_NOW is set
            if time.time() - path.stat().st_mtime > _A_DAY:
                path.unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        partial = self._folder / f".{name}.part"
        try:
            partial.write_bytes(content)
            partial.replace(self._folder / name)
        except OSError:
            partial.unlink(missing_ok=True)
            raise


def _when(path: Path) -> datetime:
    """Return when the page of *path* was kept; now if the record does not say."""
    try:
        moment = datetime.fromisoformat(json.loads(path.read_text("utf-8"))["when"])
        return moment if moment.tzinfo else now()
    except (KeyError, OSError, TypeError, ValueError):
        return now()


def page_id(page: Page) -> str:
    """Return 16 hex digits: a hash of the URL of *page*."""
    url = normalise_url(page.url).encode("utf-8", "backslashreplace")
    return hashlib.sha256(url).hexdigest()[:16]
