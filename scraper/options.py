"""Every setting (limits, waits, sizes, folders): default, key, variable and meaning."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper import kinds
from scraper.errors import ConfigurationError
from scraper.urls import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


QUIET = "TINSACH_QUIET"
"""The variable that limits output to results and errors."""
CONTACT = "TINSACH_CONTACT"
"""The variable with the contact of the person who crawls."""
NO_CONTACT = (
    f"sites cannot see who crawls them: set {CONTACT}, or contact in tinsach.toml, to"
    " your e-mail address or web page"
)
"""The message for users who set no contact."""
ALERTS = "TINSACH_ALERTS"
"""The variable that lists the URLs that alerts are sent to."""
ZONE = "TINSACH_ZONE"
"""The variable with the zone in which days are counted and times are shown."""
RENDER, BROWSER = "TINSACH_RENDER", "TINSACH_BROWSER"
SANDBOX = "TINSACH_BROWSER_SANDBOX"
"""The variables of the extra ``browser``: for which sites, which one, and how."""
MOST_WORKERS = 512
MOST_DAYS = 36_500
MOST_KEPT = 1_000_000
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its *key* in a file, its *variable*, and what it may be.

    *default* and *example* are for people, *example* as TOML writes it.
    """

    key: str
    variable: str
    kind: kinds.Kind
    default: str
    example: str
    meaning: str
    secret: bool = False

    def parse(self, text: str) -> Any:  # noqa: ANN401  what its kind makes of it
        """Return the value of *text*; raises ConfigurationError that says what is valid."""
        try:
            return self.kind.parse(text)
        except ValueError:
            found = self.shown(text)
            raise ConfigurationError(
                f"{self.variable} is {found!r}: write {self.kind.takes}"
            ) from None

    def read_file(self, value: object, file: Path) -> str:
        """Return the text of *value* in *file*; raises ConfigurationError as parse()."""
        try:
            return self.kind.read_file(value, file.parent)
        except ValueError:
            found = self.shown(value) if isinstance(value, str) else value
            raise ConfigurationError(
                f"{file}: {self.key} is {found!r}: write {self.kind.in_file}"
            ) from None

    def shown(self, value: str) -> str:
        """Return *value* without its password, for messages."""
        return "***" if value and self.secret else masked(value)


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit in *unit* from the setting *variable*; 0 is no limit."""

    variable: str
    unit: str

    @property
    def default(self) -> int:
        return int(BY_VARIABLE[self.variable].default)

    def read(self, settings: Mapping[str, object]) -> int:
        """Return the limit in *settings*, else the default.

        Raises ConfigurationError if it is not a whole number.
        """
        return int(read(self.variable, settings.get(self.variable)))

    def said(self, settings: Mapping[str, object]) -> str:
        """Return the limit in words."""
        number = self.read(settings)
        return f"{number:,} {self.unit}" if number else "no limit"


DAYS_OF_PAGES = Bound("TINSACH_KEEP", "days")
PAGES = Bound("TINSACH_KEEP_PAGES", "pages")
RUNS = Bound("TINSACH_KEEP_RUNS", "days")
URLS = Bound("TINSACH_KEEP_URLS", "days")
MODELS = Bound("TINSACH_KEEP_MODELS", "versions")
BOUNDS = (DAYS_OF_PAGES, PAGES, RUNS, URLS, MODELS)
"""Documented in docs/operations.md."""


def read_switch(name: str, value: object) -> bool:
    """Return the boolean *value* of the variable or Scrapy setting *name*; None is False.

    Raises ConfigurationError if it is neither in ON nor in OFF, in any case.
    """
    try:
        return kinds.parse_switch("" if value is None else str(value))
    except ValueError:
        raise ConfigurationError(
            f"{name} is {value!r}: write {kinds.SWITCH.takes}"
        ) from None


def home_folder() -> Path:
    """Return the folder of TINSACH_HOME, else ``tinsach-home`` here."""
    return expanded(os.environ.get("TINSACH_HOME") or "tinsach-home")


def expanded(path: str) -> Path:
    """Return *path* with ``~`` expanded, as a shell would do."""
    return Path(os.path.expanduser(path))  # noqa: PTH111  "~nobody" stays


def read_contact() -> str:
    """Return the contact in the User-Agent, "" if none is set."""
    return read(CONTACT, os.environ.get(CONTACT)) or ""


def is_quiet() -> bool:
    """Return True if only results and errors are wanted."""
    return bool(read(QUIET, os.environ.get(QUIET)))


def read(variable: str, given: object) -> Any:  # noqa: ANN401  what its kind makes of it
    """Return the value of the text *given* for *variable*, by default its default.

    None if there is no default. Raises ConfigurationError for an invalid value.
    """
    setting = BY_VARIABLE[variable]
    text = "" if given is None else str(given)
    text = text or setting.default
    return setting.parse(text) if text else None


def current(variable: str) -> str:
    """Return the text that the environment has for *variable*, else its default."""
    return os.environ.get(variable) or BY_VARIABLE[variable].default


def nearest(name: str, known: Iterable[str], near: float = 0.8) -> str:
    """Return the one of *known* closest to *name*, "" if none is *near* enough."""
    return next(iter(get_close_matches(name, known, 1, near)), "")


SETTINGS = (
    Setting(
        "home",
        "TINSACH_HOME",
        kinds.PATH,
        "./tinsach-home",
        '"tinsach-home"',
        "folder of the store, the archive, the quarantine, the demo and spiders of yours",
    ),
    Setting(
        "store",
        "TINSACH_STORE",
        kinds.STORE,
        "articles.db in the home",
        '"articles.db"',
        "the store: a SQLite file, or the SQLAlchemy URL of one or of a database of"
        " PostgreSQL",
    ),
    Setting(
        "archive",
        "TINSACH_ARCHIVE",
        kinds.ARCHIVE,
        "false",
        "true",
        "a crawl keeps raw pages: true in the folder archive of the home; or a folder",
    ),
    Setting(
        "keep",
        "TINSACH_KEEP",
        kinds.whole(0, MOST_DAYS),
        "0",
        "90",
        "days that a crawl keeps raw pages and quarantined ones; 0: no limit",
    ),
    Setting(
        "keep_pages",
        "TINSACH_KEEP_PAGES",
        kinds.whole(0, MOST_KEPT),
        "500",
        "500",
        "pages of the quarantine that are kept, the newest; 0: no limit",
    ),
    Setting(
        "keep_runs",
        "TINSACH_KEEP_RUNS",
        kinds.whole(0, MOST_DAYS),
        "400",
        "400",
        "days that the reports of runs are kept; 0: no limit",
    ),
    Setting(
        "keep_urls",
        "TINSACH_KEEP_URLS",
        kinds.whole(0, MOST_DAYS),
        "90",
        "90",
        "days that URLs of articles are kept that no source lists and no run visits any"
        " more; 0: no limit",
    ),
    Setting(
        "keep_models",
        "TINSACH_KEEP_MODELS",
        kinds.whole(0, MOST_KEPT),
        "5",
        "5",
        "versions of a site's model that are kept: the newest, beside a pinned one; 0: no"
        " limit",
    ),
    Setting(
        "contact",
        CONTACT,
        kinds.CONTACT,
        "",
        '"you@example.org"',
        "your e-mail address, or a page of yours: portals see it in the User-Agent",
    ),
    Setting(
        "workers",
        "TINSACH_WORKERS",
        kinds.whole(0, MOST_WORKERS),
        "0",
        "2",
        "processes that read pages in a crawl; 0: one a core",
    ),
    Setting(
        "read_timeout",
        "TINSACH_READ_TIMEOUT",
        kinds.seconds(0.01, _DAY),
        "30",
        "30",
        "seconds after which reading a page is given up; a crawl keeps the page in quarantine",
    ),
    Setting(
        "retry_pause",
        "TINSACH_RETRY_PAUSE",
        kinds.seconds(0, _DAY),
        "5",
        "5",
        "seconds of the first pause where a server asks for one and does not say how long",
    ),
    Setting(
        "retry_after_max",
        "TINSACH_RETRY_AFTER_MAX",
        kinds.seconds(0, _DAY),
        "300",
        "300",
        "seconds that a server may ask a crawl to wait, at most",
    ),
    Setting(
        "allow_private",
        "TINSACH_ALLOW_PRIVATE",
        kinds.SWITCH,
        "false",
        "false",
        "addresses of this machine and its network are asked too",
    ),
    Setting(
        "quiet",
        QUIET,
        kinds.SWITCH,
        "false",
        "true",
        "nothing but results and errors: no progress, notes, warnings or table of a run",
    ),
    Setting(
        "zone",
        ZONE,
        kinds.ZONE,
        "Asia/Ho_Chi_Minh",
        '"Asia/Ho_Chi_Minh"',
        "time zone in which days are counted and times are shown",
    ),
    Setting(
        "render",
        RENDER,
        kinds.HOSTS,
        "",
        '["example.com"]',
        "sites, or hosts, whose pages a browser renders, since scripts build them; with"
        " commas; needs `pip install 'tinsach[browser]'`",
    ),
    Setting(
        "browser",
        BROWSER,
        kinds.PATH,
        "",
        '"/usr/bin/chromium"',
        "the browser's executable, a Chromium; without it that of Playwright",
    ),
    Setting(
        "browser_sandbox",
        SANDBOX,
        kinds.SWITCH,
        "true",
        "true",
        "the browser keeps its own sandbox; false if it cannot, as for root",
    ),
    Setting(
        "scrapy_settings",
        "SCRAPY_SETTINGS_MODULE",
        kinds.MODULE,
        "scraper.settings",
        '"scraper.settings"',
        "module of the Scrapy settings of a crawl",
    ),
    Setting(
        "alerts",
        ALERTS,
        kinds.URLS,
        "",
        '["mailtos://tinsach:password@mail.example?to=you@example.org"]',
        "URLs of apprise to which a run sends what is wrong with it, with commas or"
        " blanks; needs `pip install 'tinsach[health]'`",
        secret=True,
    ),
)
BY_VARIABLE = {setting.variable: setting for setting in SETTINGS}
BY_KEY = {setting.key: setting for setting in SETTINGS}
