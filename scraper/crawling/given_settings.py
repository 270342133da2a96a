"""Scrapy settings as ``-s NAME=VALUE`` gives them: checked before anything is asked for."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from scrapy.settings import default_settings

from scraper.errors import ConfigurationError
from scraper.options import BY_VARIABLE, nearest, read_switch

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAY_BE_NEGATIVE = ("PRIORITY",)
_LEVEL = "LOG_LEVEL"


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
        _check_level(value)
    elif isinstance(value, str) and isinstance(default, bool):
        return read_switch(name, value)
    elif isinstance(value, str) and isinstance(default, int | float):
        _check_number(name, value)
    return value


def _check_number(name: str, text: str) -> None:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    least = -math.inf if any(part in name for part in _MAY_BE_NEGATIVE) else 0
    if not math.isfinite(number) or number < least:
        raise ConfigurationError(f"{name} is {text!r}: write a number, not below 0")


def _check_level(value: object) -> None:
    levels = logging.getLevelNamesMapping()
    if value is not None and value not in levels and not str(value).isdecimal():
        raise ConfigurationError(
            f"{_LEVEL} is {value!r}: write DEBUG, INFO, WARNING, ERROR or CRITICAL"
        )
