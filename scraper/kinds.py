"""Kinds of settings: one parser each for files, variables and options of a command."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"", "0", "false", "no", "off"})
_OTHER_WORDS = frozenset(
    {"y", "n", "t", "f", "none", "null", "nil", "never", "nan", "inf"}
    | {"enable", "enabled", "disable", "disabled"}
)
"""Words that look like a switch, and are not meant as a path."""
_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~-]"
_EMAIL = re.compile(rf"(?<!{_LOCAL}){_LOCAL}+@[\w-]+(\.[\w-]+)+", re.ASCII)
_WEB_PAGE = re.compile(r"https?://[^\s()<>\"\\]+", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"[\w.:-]+")
_URL = re.compile(r"(?<![\w+-])[a-z][\w+-]*+://\S+", re.ASCII | re.IGNORECASE)
_URL_END = re.compile(
    r"(?<![\s,])[\s,]++(?=[a-z][\w+-]*+://)", re.ASCII | re.IGNORECASE
)
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_SCHEME = re.compile(r"(sqlite|sqlite\+pysqlite|postgresql|postgresql\+psycopg)://.+")


@dataclass(frozen=True, slots=True)
class Kind:
    """The values that a setting takes.

    *parse* returns the value of a text, or raises ValueError; then *takes* completes the
    message "write …". In a file the value has one of *types*, which *in_file* describes;
    *to_text* returns its text for a variable, given the folder of the file.
    """

    takes: str
    parse: Callable[[str], Any]
    types: tuple[type, ...] = (str,)
    in_file: str = 'a text in quotation marks: "…"'
    to_text: Callable[[Any, Path], str] = lambda value, _: str(value)

    def read_file(self, value: object, folder: Path) -> str:
        """Return the text of *value* from TOML; raises ValueError without a message."""
        is_other = isinstance(value, bool) and bool not in self.types
        if is_other or not isinstance(value, self.types) or value == "":
            raise ValueError
        if isinstance(value, list) and not all(isinstance(v, str) and v for v in value):
            raise ValueError
        text = self.to_text(value, folder)
        self.parse(text)
        return text


def parse_switch(text: str) -> bool:
    word = text.strip().lower()
    if word not in ON | OFF:
        raise ValueError
    return word in ON


SWITCH = Kind(
    "1, true, yes or on; or 0, false, no or off",
    parse_switch,
    (bool,),
    "true or false",
    lambda value, _: "1" if value else "0",
)


def whole(least: int, most: int) -> Kind:
    """Return the kind of whole numbers from *least* to *most*."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text.strip(), re.ASCII):
            raise ValueError
        return int(_within(int(text), least, most))

    takes = f"a whole number from {least} to {most}"
    return Kind(takes, parse, (int,), takes)


def seconds(least: float, most: float) -> Kind:
    """Return the kind of numbers of seconds from *least* to *most*."""

    def parse(text: str) -> float:
        return float(_within(float(text), least, most))

    takes = f"seconds from {least:g} to {most:g}"
    return Kind(takes, parse, (int, float), takes)


def _within(number: float, least: float, most: float) -> float:
    if math.isnan(number) or not least <= number <= most:
        raise ValueError
    return number


def _parse_path(text: str) -> str:
    word = text.strip().lower()
    words = ON | OFF | _OTHER_WORDS
    if word in words or (word.isalpha() and get_close_matches(word, ON | OFF, 1, 0.75)):
        raise ValueError
    if "\0" in text:
        raise ValueError
    return text


def _parse_archive(text: str) -> bool | str:
    word = text.strip().lower()
    return word in ON if word in ON | OFF else _parse_path(text)


def _parse_store(text: str) -> str:
    return text if _SCHEME.fullmatch(text) else _parse_local(text)


def _parse_local(text: str) -> str:
    if "://" in text:
        raise ValueError
    return _parse_path(text)


def parse_contact(text: str) -> str:
    """Return the contact in the User-Agent: a ``mailto:`` URL or that of a web page."""
    address = text.removeprefix("mailto:")
    if _EMAIL.fullmatch(address):
        return f"mailto:{address}"
    if address.isascii() and address.isprintable() and _WEB_PAGE.fullmatch(text):
        return text
    raise ValueError


def parse_hosts(text: str) -> frozenset[str]:
    found = frozenset(_iter_listed(text.lower()))
    if not found or not all(map(_HOST.fullmatch, found)):
        raise ValueError
    return found


def _parse_urls(text: str) -> tuple[str, ...]:
    """Return the URLs in *text*; a comma within one is part of it."""
    found = tuple(_URL_END.split(text.strip()))
    if not all(map(_URL.fullmatch, found)):
        raise ValueError
    return found


def parse_zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text.strip())
    except (KeyError, OSError):  # unknown, or the name of a folder of zones
        raise ValueError from None


def _iter_listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _parse_module(text: str) -> str:
    if not _MODULE.fullmatch(text):
        raise ValueError
    return text


def _joined(value: str | list[str], _: Path) -> str:
    return value if isinstance(value, str) else ",".join(value)


def _beside(value: str, folder: Path) -> str:
    return str(folder / Path(_parse_path(value)).expanduser())


def _store_beside(value: str, folder: Path) -> str:
    if "://" in value:
        return value
    return f"sqlite:///{quote(_beside(value, folder), errors='surrogateescape')}"


def _archive_beside(value: bool | str, folder: Path) -> str:
    if isinstance(value, str) and isinstance(_parse_archive(value), str):
        return _beside(value, folder)
    return "1" if value is True or str(value).strip().lower() in ON else "0"


PATH = Kind(
    "a path; one called like a switch as ./off",
    _parse_path,
    in_file='a path in quotation marks: "…"; one called like a switch as "./off"',
    to_text=_beside,
)
ARCHIVE = Kind(
    "1 or 0, or a folder; one called like a switch as ./off",
    _parse_archive,
    (bool, str),
    'true, false or a folder in quotation marks: "…"',
    _archive_beside,
)
STORE = Kind(
    "sqlite:///articles.db, postgresql://user@host/name, or the path of a file",
    _parse_store,
    in_file='a path or a URL in quotation marks: "articles.db",'
    ' "postgresql://user@host/name"',
    to_text=_store_beside,
)
CONTACT = Kind(
    "an e-mail address, or an http or https URL, without blanks and brackets",
    parse_contact,
    in_file="an e-mail address, or an http or https URL, without blanks and brackets",
)
HOSTS = Kind(
    "sites or hosts like baotintuc.vn, with commas",
    parse_hosts,
    (str, list),
    'sites or hosts like ["baotintuc.vn"]',
    _joined,
)
URLS = Kind(
    "URLs, with commas or blanks",
    _parse_urls,
    (str, list),
    'URLs in quotation marks: ["…", "…"]',
    _joined,
)
ZONE = Kind(
    "the IANA name of a time zone, like Asia/Ho_Chi_Minh",
    parse_zone,
    in_file='the IANA name of a time zone, like "Asia/Ho_Chi_Minh"',
)
MODULE = Kind(
    "a module's name, with dots",
    _parse_module,
    in_file="a module's name, with dots",
)
