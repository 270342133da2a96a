"""Scrapy settings as ``-s NAME=VALUE`` gives them: checked before anything is asked for."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from typing import Any

from scrapy.settings import default_settings

from scraper.errors import ConfigurationError
from scraper.options import BY_VARIABLE, nearest, read_switch

_MAY_BE_NEGATIVE = ("PRIORITY",)
_LEVEL = "LOG_LEVEL"
_FRACTIONS = frozenset({"DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT", "DNS_TIMEOUT"})
"""Settings that Scrapy reads as fractions, though their defaults are whole."""


def checked(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings *given*, yes and no in words that Scrapy knows.

    Raises ConfigurationError for a value that its setting cannot have, and for a name
    that is nearly one of *known*, the settings of the project. Another name is that of a
    component, which only its author knows.
    """
    defaults = {**vars(default_settings), **known}
    _check_names(given, defaults)
    return {name: _checked(name, given[name], defaults.get(name)) for name in given}


def _check_names(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    for name in given:
        if name in BY_VARIABLE or name in defaults:
            continue
        if meant := nearest(name, {*defaults, *BY_VARIABLE}):
            raise ConfigurationError(f"{name} is no setting; is {meant} meant?")


def _checked(name: str, value: Any, default: object) -> Any:  # noqa: ANN401
    if name in BY_VARIABLE:
        BY_VARIABLE[name].parse("" if value is None else str(value))
    elif name == _LEVEL:
        return _read_level(value)
    elif isinstance(value, str) and isinstance(default, bool):
        return read_switch(name, value)
    elif isinstance(value, str) and isinstance(default, int | float):
        is_whole = isinstance(default, int) and name not in _FRACTIONS
        _check_number(name, value, is_whole=is_whole)
    elif isinstance(value, str) and isinstance(default, Mapping):
        _check_table(name, value)
    return value


def _check_number(name: str, text: str, *, is_whole: bool) -> None:
    try:
        number = int(text) if is_whole else float(text)
    except ValueError:
        number = math.nan
    least = -math.inf if any(part in name for part in _MAY_BE_NEGATIVE) else 0
    if not math.isfinite(number) or number < least:
        kind = "whole number" if is_whole else "number"
        raise ConfigurationError(f"{name} is {text!r}: write a {kind}, not below 0")


def _check_table(name: str, text: str) -> None:
    try:
        is_table = isinstance(json.loads(text), dict)
    except ValueError:
        is_table = False
    if not is_table:
        raise ConfigurationError(
            f'{name} is {text!r}: write a JSON object, such as {{"key": 1}}'
        )


def _read_level(value: object) -> object:
    """Return the level *value*, a number as one: logging takes no text of digits."""
    if str(value).isdecimal():
        return int(str(value))
    if value is not None and value not in logging.getLevelNamesMapping():
        raise ConfigurationError(
            f"{_LEVEL} is {value!r}: write DEBUG, INFO, WARNING, ERROR or CRITICAL"
        )
    return value
