"""Every setting: its key in ``tinsach.toml``, its variable, what it takes and means."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from scraper.errors import ConfigurationError
from scraper.retention import BOUNDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.retention import Bound

    Read = Callable[[object, Path], str]

ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"", "0", "false", "no", "off"})


def read_switch(name: str, value: object) -> bool:
    """Return what *value* of the variable or Scrapy setting *name* says; None is False.

    Raises ConfigurationError if it is neither one of ON nor of OFF, in whatever case.
    """
    word = "" if value is None else str(value).strip().lower()
    if word not in ON | OFF:
        raise ConfigurationError(
            f"{name} is {value!r}: write 1, true, yes or on; or 0, false, no or off"
        )
    return word in ON


QUIET = "TINSACH_QUIET"
"""The variable that says that nothing but results and errors is wanted."""
CONTACT = "TINSACH_CONTACT"
"""The variable that says where the person who crawls can be reached."""
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_WEB_PAGE = re.compile(r"https?://[^\s()<>\"\\]+", re.ASCII | re.IGNORECASE)


def read_contact(value: str) -> str:
    """Return the address that the User-Agent names for *value*, "" for "".

    That is a ``mailto:`` URL or a web page. Raises ConfigurationError if *value* is
    neither an e-mail address nor an http or https URL, in printable ASCII.
    """
    text = value.removeprefix("mailto:")
    if not text:
        return ""
    if _EMAIL.fullmatch(text):
        return f"mailto:{text}"
    if text.isascii() and text.isprintable() and _WEB_PAGE.fullmatch(value):
        return value
    raise ConfigurationError(
        f"{CONTACT} is {value!r}: write an e-mail address, or an http or https URL,"
        " without blanks and brackets"
    )


def _contact(value: object, folder: Path) -> str:
    text = _text(value, folder)
    try:
        read_contact(text)
    except ConfigurationError:
        raise ValueError(
            f"an e-mail address, or an http or https URL, not {text!r}"
        ) from None
    return text


RENDER, BROWSER = "TINSACH_RENDER", "TINSACH_BROWSER"
SANDBOX = "TINSACH_BROWSER_SANDBOX"
"""The variables of the extra ``browser``: for which sites, which one, and how."""
_HOST = re.compile(r"[\w.:-]+")


def read_hosts(name: str, value: object) -> frozenset[str]:
    """Return the hosts that *value* of the variable *name* lists, with commas.

    Raises ConfigurationError for what is no host, such as an address of a page.
    """
    listed = str(value or "").lower().split(",")
    found = frozenset(each.strip() for each in listed if each.strip())
    for each in sorted(found):
        if not _HOST.fullmatch(each):
            raise ConfigurationError(
                f"{name}: {each!r} is no site or host; write it like baotintuc.vn"
            )
    return found


def is_quiet() -> bool:
    """Return True if nothing but results and errors is wanted."""
    return read_switch(QUIET, os.environ.get(QUIET))


def _text(value: object, _: Path) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError('a text in quotation marks: "…"')
    return value


def _path(value: object, folder: Path) -> str:
    return str(folder / Path(_text(value, folder)).expanduser())


def _store(value: object, folder: Path) -> str:
    text = _text(value, folder)
    if "://" in text:
        return text
    return f"sqlite:///{quote(_path(text, folder), errors='surrogateescape')}"


def _archive(value: object, folder: Path) -> str:
    return _switch(value, folder) if isinstance(value, bool) else _path(value, folder)


def _switch(value: object, _: Path) -> str:
    if not isinstance(value, bool):
        raise ValueError("true or false")  # noqa: TRY004  said of a user's file
    return "1" if value else "0"


def _number(value: object, _: Path) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError("a number, not below 0")
    return str(value)


def _whole(value: object, _: Path) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a whole number, not below 0")
    return str(value)


def _names(value: object, folder: Path) -> str:
    if not isinstance(value, list):
        return _text(value, folder)
    return ",".join(_text(each, folder) for each in value)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting; *read* turns its value in a file into the text of its *variable*.

    *default* and *example* are for people, *example* as TOML writes it.
    """

    key: str
    variable: str
    read: Read
    default: str
    example: str
    meaning: str
    secret: bool = False

    @property
    def is_switch(self) -> bool:
        return self.read is _switch


def _alert(
    key: str, read: Read, example: str, meaning: str, *, secret: bool = False
) -> Setting:
    owner = "TINSACH" if key.endswith("_api") else "SPIDERMON"
    return Setting(
        f"alerts.{key}", f"{owner}_{key.upper()}", read, "", example, meaning, secret
    )


def _bound(of: Bound) -> Setting:
    meaning = f"{of.unit} {of.meaning}; 0: no limit"
    example = str(of.default or 90)
    return Setting(of.key, of.variable, _whole, str(of.default), example, meaning)


SETTINGS = (
    Setting(
        "home",
        "TINSACH_HOME",
        _path,
        "./tinsach-home",
        '"tinsach-home"',
        "folder of the store, the archive, the quarantine, the demo and spiders of yours",
    ),
    Setting(
        "store",
        "TINSACH_STORE",
        _store,
        "articles.db in the home",
        '"articles.db"',
        "the store: a SQLite file, or the SQLAlchemy URL of one or of a database of"
        " PostgreSQL",
    ),
    Setting(
        "archive",
        "TINSACH_ARCHIVE",
        _archive,
        "false",
        "true",
        "a crawl keeps raw pages: true in the folder archive of the home; or a folder",
    ),
    *(_bound(each) for each in BOUNDS),
    Setting(
        "contact",
        CONTACT,
        _contact,
        "",
        '"you@example.org"',
        "your e-mail address, or a page of yours: portals see it in the User-Agent",
    ),
    Setting(
        "workers",
        "TINSACH_WORKERS",
        _whole,
        "0",
        "2",
        "processes that read pages in a crawl; 0: one a core",
    ),
    Setting(
        "read_timeout",
        "TINSACH_READ_TIMEOUT",
        _number,
        "30",
        "30",
        "seconds after which reading a page is given up; a crawl keeps the page in quarantine",
    ),
    Setting(
        "retry_pause",
        "TINSACH_RETRY_PAUSE",
        _number,
        "5",
        "5",
        "seconds of the first pause where a server asks for one and does not say how long",
    ),
    Setting(
        "retry_after_max",
        "TINSACH_RETRY_AFTER_MAX",
        _number,
        "300",
        "300",
        "seconds that a server may ask a crawl to wait, at most",
    ),
    Setting(
        "allow_private",
        "TINSACH_ALLOW_PRIVATE",
        _switch,
        "false",
        "false",
        "addresses of this machine and its network are asked too",
    ),
    Setting(
        "quiet",
        QUIET,
        _switch,
        "false",
        "true",
        "nothing but results and errors: no progress, notes, warnings or table of a run",
    ),
    Setting(
        "render",
        RENDER,
        _names,
        "",
        '["example.com"]',
        "sites, or hosts, whose pages a browser renders, since scripts build them; with"
        " commas; needs `pip install 'tinsach[browser]'`",
    ),
    Setting(
        "browser",
        BROWSER,
        _path,
        "that of Playwright",
        '"/usr/bin/chromium"',
        "the browser's executable, a Chromium",
    ),
    Setting(
        "browser_sandbox",
        SANDBOX,
        _switch,
        "true",
        "true",
        "the browser keeps its own sandbox; false where it cannot, such as for root",
    ),
    Setting(
        "scrapy_settings",
        "SCRAPY_SETTINGS_MODULE",
        _text,
        "scraper.settings",
        '"scraper.settings"',
        "module of the Scrapy settings of a crawl",
    ),
    _alert("email_to", _names, '["you@example.org"]', "who is written to"),
    _alert("email_sender", _text, '"tinsach@example.org"', "who writes"),
    _alert("email_cc", _names, '["team@example.org"]', "who gets a copy"),
    _alert("email_bcc", _names, '["team@example.org"]', "who gets a copy, unseen"),
    _alert("email_reply_to", _text, '"you@example.org"', "who is answered"),
    _alert("smtp_host", _text, '"mail.example.org"', "the mail server"),
    _alert("smtp_port", _whole, "587", "its port; 25, with SSL 465"),
    _alert("smtp_user", _text, '"tinsach"', "where the server asks who you are"),
    _alert("smtp_password", _text, '"…"', "the word for it", secret=True),
    _alert("smtp_enforce_tls", _switch, "true", "STARTTLS"),
    _alert("smtp_enforce_ssl", _switch, "true", "TLS from the beginning"),
    _alert("slack_sender_token", _text, '"xoxb-…"', "a bot's token", secret=True),
    _alert("slack_recipients", _names, '["C0123456789"]', "ids of channels, or @users"),
    _alert("slack_api", _text, '"https://slack-gov.com/api/"', "another Slack"),
    _alert("telegram_sender_token", _text, '"…"', "a bot's token", secret=True),
    _alert("telegram_recipients", _names, '["-100123"]', "ids of chats"),
    _alert("telegram_api", _text, '"https://bot.example.org"', "a Bot API of your own"),
)
