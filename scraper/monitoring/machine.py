"""Check this machine: versions, extras, folders, disk, clock, contact, alerts."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__, clock
from scraper.errors import ConfigurationError
from scraper.monitoring.alerts import Alerts
from scraper.options import (
    DAYS_OF_PAGES,
    NO_CONTACT,
    PAGES,
    home_folder,
    read_contact,
)
from scraper.sites import Check

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = ("scrapy", "trafilatura", "lxml", "sqlalchemy", "pebble", "fastwarc")
EXTRAS = {
    "parquet": "export to Parquet",
    "health": "alerts by e-mail, chat or webhook",
    "postgres": "a store in PostgreSQL",
    "browse": "the store in a browser",
    "browser": "pages that scripts build",
    "mcp": "tools for a language model",
}
"""The extras for users, and what each is for."""
LEAST_FREE = 500_000_000
"""Bytes that must be free: weeks of a site, or an upgrade of a medium store."""
_GB = 1e9
_BOUNDS = {"archive": (DAYS_OF_PAGES,), "quarantine": (DAYS_OF_PAGES, PAGES)}
_OF_EXTRA = re.compile(r"(?P<name>[\w.-]++)[^;]*+;.*\bextra == ['\"](?P<extra>[\w-]+)")


def iter_machine_checks() -> Iterator[Check]:
    yield check_python()
    yield from map(check_library, LIBRARIES)
    yield from (check_extra(name, use) for name, use in EXTRAS.items())
    yield check_home()
    yield check_disk()
    yield check_clock()
    yield check_contact()
    yield check_alerts()
    yield from _iter_folders()


def check_contact() -> Check:
    """Check for a contact; a missing one is not an error."""
    found = read_contact()
    return Check("contact", ok=True, detail=found or NO_CONTACT)


def check_python() -> Check:
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    return Check(
        "python", sys.version_info >= (3, 11), f"{found}; tinsach {__version__}"
    )


def check_library(name: str) -> Check:
    try:
        return Check(name, ok=True, detail=version(name))
    except PackageNotFoundError:
        return Check(name, ok=False, detail=f"not installed; pip install {name}")


def check_extra(name: str, use: str) -> Check:
    """Check the packages of an extra; a missing one is not an error."""
    missing = [package for package in _packages_of(name) if not _is_installed(package)]
    if not missing:
        return Check(name, ok=True, detail=f"{use}: installed")
    detail = f"{use}: not installed; pip install 'tinsach[{name}]' if you want it"
    return Check(name, ok=True, detail=detail)


def _packages_of(extra: str) -> Iterator[str]:
    for line in requires("tinsach") or ():
        found = _OF_EXTRA.match(line)
        if found and found["extra"] == extra:
            yield found["name"]


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def check_home() -> Check:
    """Check that TINSACH_HOME, or the folder it would be created in, is writable."""
    home = home_folder().absolute()
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            found = f"{home}" + ("" if there == home else ", does not exist yet")
            return Check("home", ok=True, detail=found)
    except OSError as error:
        reason = f"{home} cannot be written ({error}); set TINSACH_HOME"
        return Check("home", ok=False, detail=reason)


def check_disk() -> Check:
    home = home_folder().absolute()
    there = next(folder for folder in (home, *home.parents) if folder.is_dir())
    usage = shutil.disk_usage(there)
    found = f"{usage.free / _GB:.1f} of {usage.total / _GB:.1f} GB are free"
    if usage.free >= LEAST_FREE:
        return Check("disk", ok=True, detail=found)
    advice = f"at {there}; free some space, or set TINSACH_HOME to another disk"
    return Check("disk", ok=False, detail=f"{found} {advice}")


def check_clock() -> Check:
    """Check that the time is not before the installation of this version."""
    now = clock.now()
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    found = clock.shown(now, precision="seconds")
    if now >= made - timedelta(days=1):
        return Check("clock", ok=True, detail=found)
    advice = f"before this version was installed ({made:%Y-%m-%d}); {clock.SET_CLOCK}"
    return Check("clock", ok=False, detail=f"{found} is {advice}")


def check_alerts() -> Check:
    """Check that apprise takes the URLs that alerts are sent to."""
    try:
        names = Alerts.from_environment().names
    except ConfigurationError as error:
        return Check("alerts", ok=False, detail=str(error))
    none = "not sent to anybody; docs/operations.md says how to set a URL"
    return Check("alerts", ok=True, detail=", ".join(names) or none)


def _iter_folders() -> Iterator[Check]:
    """Yield the sizes of the growing folders of TINSACH_HOME, if they exist."""
    for name in ("archive", "quarantine"):
        files = [each for each in (home_folder() / name).rglob("*") if each.is_file()]
        if files:
            size = sum(each.stat().st_size for each in files)
            bounds = ", ".join(bound.said(os.environ) for bound in _BOUNDS[name])
            detail = f"{len(files)} files, {size / _GB:.2f} GB; kept: {bounds}"
            yield Check(name, ok=True, detail=detail)
