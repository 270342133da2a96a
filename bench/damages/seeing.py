"""What a reader sees of a store, an archive and models; what doctor and repair say."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scraper.archive import iter_newest
from scraper.cli.doctor import (
    iter_archive_checks,
    iter_repairs,
    iter_store_checks,
)
from scraper.errors import ScraperError
from scraper.storage import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_VIEWS = ("articles", "blocks", "revisions", "runs")
_UNSEEN = "cannot be read"


@dataclass(slots=True)
class Seen:
    """*articles* by canonical URL, *pages* by reference, *views* and *models* as text.

    *stopped* is why the articles ended early, "" if they did not.
    """

    articles: dict[str, dict[str, Any]] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)
    stopped: str = ""


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder}/articles.db"


def see(folder: Path, *, pages: bool) -> Seen:
    """Read all that there is in *folder*, as the commands do; the *pages* if wanted."""
    seen = Seen()
    try:
        with open_store(url_of(folder), create=False) as store:
            for article in store.iter_articles():
                seen.articles[article.canonical_url] = article.to_fields()
            for listed in store.models.list_models():
                record = store.models.load_model(listed.site, listed.version) or ""
                seen.models.append(f"{listed}\n{record}")
    except ScraperError as error:
        seen.stopped = str(error)
    seen.views = {name: _view(folder, name) for name in _VIEWS}
    seen.pages = _pages(folder / "archive") if pages else {}
    return seen


def _view(folder: Path, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with closing(sqlite3.connect(folder / "articles.db")) as connection:
            connection.text_factory = bytes
            for row in sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))):  # noqa: S608
                digest.update(row.encode())
    except sqlite3.Error:
        return _UNSEEN
    return digest.hexdigest()


def _pages(archive: Path) -> dict[str, str]:
    try:
        newest = list(iter_newest(archive))
    except ScraperError:
        return {}
    return {k.reference: hashlib.sha256(k.page.body).hexdigest() for k in newest}


def faults(folder: Path, *, pages: bool) -> list[str]:
    """Return what ``tinsach doctor`` finds to be wrong in *folder*, if wanted in *pages*."""
    with _settings(folder):
        url = url_of(folder)
        checks = list(iter_store_checks(url))
        checks += iter_archive_checks(url) if pages else ()
    return [check.detail for check in checks if not check.ok]


def repair(folder: Path) -> str:
    """Repair what is in *folder*; return what failed, "" if nothing did."""
    with _settings(folder):
        checks = list(iter_repairs(url_of(folder)))
    return "; ".join(check.detail for check in checks if not check.ok)


@contextmanager
def _settings(folder: Path) -> Iterator[None]:
    before = dict(os.environ)
    os.environ |= settings_of(folder)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def settings_of(folder: Path) -> dict[str, str]:
    """Return the environment of commands that are to use *folder*."""
    return {
        "TINSACH_HOME": str(folder),
        "TINSACH_STORE": url_of(folder),
        "TINSACH_ARCHIVE": str(folder / "archive"),
    }
