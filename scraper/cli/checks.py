"""What ``tinsach doctor`` looks at on this machine: no network, nothing is made."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import __version__, clock
from scraper.errors import ConfigurationError
from scraper.options import CONTACT, DAYS_OF_PAGES, PAGES, home_folder, read_contact

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
"""The extras that a user may want, and what needs them."""
NO_CONTACT = (
    f"portals cannot see who crawls: set {CONTACT}, or contact in tinsach.toml, to your"
    " e-mail address or a page of yours"
)
LEAST_FREE = 500_000_000
"""Bytes that must be free: some weeks of a portal, or one upgrade of a middling store."""
_GB = 1e9
_BOUNDS = {"archive": (DAYS_OF_PAGES,), "quarantine": (DAYS_OF_PAGES, PAGES)}
_OF_EXTRA = re.compile(r"(?P<name>[\w.-]++)[^;]*+;.*\bextra == ['\"](?P<extra>[\w-]+)")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: *detail* says what was found, or what to do."""

    name: str
    ok: bool
    detail: str


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
    """Look whether a contact is set; it is no fault if none is."""
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
    """Look whether every package of an extra is there; without it there is no fault."""
    missing = [package for package in _packages_of(name) if not _is_installed(package)]
    if not missing:
        return Check(name, ok=True, detail=f"{use}: installed")
    detail = f"{use}: not installed; pip install 'tinsach[{name}]' where you want them"
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
    """Look whether files can be made in TINSACH_HOME, or where it would be made."""
    home = home_folder().absolute()
    there = next(folder for folder in (home, *home.parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            found = f"{home}" + ("" if there == home else ", not there yet")
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
    advice = f"at {there}; make room, or let TINSACH_HOME name another disk"
    return Check("disk", ok=False, detail=f"{found} {advice}")


def check_clock() -> Check:
    """Look whether the time can be right: not before this version was installed."""
    now = clock.now()
    made = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    found = clock.shown(now, precision="seconds")
    if now >= made - timedelta(days=1):
        return Check("clock", ok=True, detail=found)
    advice = f"before this version was installed ({made:%Y-%m-%d}); {clock.SET_CLOCK}"
    return Check("clock", ok=False, detail=f"{found} is {advice}")


def check_alerts() -> Check:
    """Check that apprise takes the URLs that alerts are sent to."""
    from scraper.monitoring.alerts import Alerts

    try:
        names = Alerts.from_environment().names
    except ConfigurationError as error:
        return Check("alerts", ok=False, detail=str(error))
    none = "not sent to anybody; docs/operations.md says how to set a URL"
    return Check("alerts", ok=True, detail=", ".join(names) or none)


def _iter_folders() -> Iterator[Check]:
    """Yield what lies in the folders of TINSACH_HOME that grow, where there are any."""
    for name in ("archive", "quarantine"):
        files = [each for each in (home_folder() / name).rglob("*") if each.is_file()]
        if files:
            size = sum(each.stat().st_size for each in files)
            bounds = ", ".join(bound.said(os.environ) for bound in _BOUNDS[name])
            detail = f"{len(files)} files, {size / _GB:.2f} GB; kept: {bounds}"
            yield Check(name, ok=True, detail=detail)
