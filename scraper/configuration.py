"""``tinsach.toml``: settings in a file; the environment and options override it."""

from __future__ import annotations

import os
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scraper import clock
from scraper.errors import ConfigurationError
from scraper.options import BY_KEY, BY_VARIABLE, SETTINGS, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "tinsach.toml"
VARIABLE = "TINSACH_CONFIG"
"""The variable that names another file."""
_PREFIX = "TINSACH_"
_NEAR = 0.75
"""Similarity of KEPE to KEEP. It is lower than the default of
:func:`scraper.options.nearest`, for Scrapy's settings: a name with our prefix is seldom
another program's."""
OTHERS = frozenset({VARIABLE, "TINSACH_NOW", "TINSACH_QUARANTINE"})
"""Variables and Scrapy settings of this project that a file cannot set."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The *file* that was read, None for none, and its *values* by variable.

    *given* are the variables that were set in the environment. *faults* are the errors of
    the file or a variable, for commands that run nevertheless.
    """

    file: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    faults: tuple[str, ...] = ()

    def missing_in(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the values whose variables are not set: those in force."""
        return {n: value for n, value in self.values.items() if not environment.get(n)}


def find_file() -> Path | None:
    """Return the file in force: of TINSACH_CONFIG, of this folder, else of the user.

    Raises ConfigurationError if TINSACH_CONFIG names no file.
    """
    if named := os.environ.get(VARIABLE):
        if not Path(named).is_file():
            raise ConfigurationError(f"{VARIABLE} is {named}: there is no such file")
        return Path(named).absolute()
    of_user = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    places = (Path(NAME), Path(of_user) / "tinsach" / NAME)
    return next((place.absolute() for place in places if place.is_file()), None)


def load(file: Path | None) -> Configuration:
    """Return the settings of *file*, with its errors as faults."""
    if file is None:
        return Configuration()
    try:
        record = tomllib.loads(file.read_text("utf-8"))
    except (
        OSError,
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        RecursionError,
    ) as error:
        return Configuration(file, faults=(f"{file} cannot be read: {error}",))
    values, faults = {}, []
    for key, value in _flat(record):
        try:
            setting = BY_KEY[key]
            values[setting.variable] = setting.read_file(value, file)
        except KeyError:
            faults.append(f"{file}: unknown setting {key}{_meant(key)}")
        except ConfigurationError as error:
            faults.append(str(error))
    return Configuration(file, values, faults=tuple(faults))


def apply() -> None:
    """Set the variables of the file that the environment does not set, in this process.

    Raises ConfigurationError for an invalid file or variable.
    """
    configuration = load(find_file())
    os.environ.update(configuration.missing_in(os.environ))
    _refuse((*configuration.faults, *_iter_faulty_variables()))


@contextmanager
def applied(*, lenient: bool = False) -> Iterator[Configuration]:
    """Do as :func:`apply` while the block runs; yield the configuration.

    If *lenient*, faults are yielded, not raised, and valid settings apply.
    """
    before = dict(os.environ)
    try:
        configuration = _load_leniently() if lenient else load(find_file())
        holding = configuration.missing_in(before)
        os.environ.update(holding)
        faults = (*configuration.faults, *_iter_faulty_variables())
        if not lenient:
            _refuse(faults)
        yield Configuration(configuration.file, holding, frozenset(before), faults)
    finally:
        for variable in BY_VARIABLE:
            os.environ.pop(variable, None)
            if variable in before:
                os.environ[variable] = before[variable]


def _load_leniently() -> Configuration:
    try:
        return load(find_file())
    except ConfigurationError as error:
        return Configuration(faults=(str(error),))


def _refuse(faults: tuple[str, ...]) -> None:
    """Raise ConfigurationError for the first of *faults*, if there are any."""
    if faults:
        more = f" (and {len(faults) - 1} more: tinsach config show)" * (len(faults) > 1)
        raise ConfigurationError(faults[0] + more)


def _iter_faulty_variables() -> Iterator[str]:
    """Yield the errors of the environment: invalid values and misspelt names."""
    for setting in SETTINGS:
        try:
            if text := os.environ.get(setting.variable):
                setting.parse(text)
        except ConfigurationError as error:
            yield str(error)
    try:
        clock.now()
    except ConfigurationError as error:
        yield str(error)
    yield from _iter_misspelt()


def _iter_misspelt() -> Iterator[str]:
    """Yield the variables with our prefix, in any case, that look like misspelt settings."""
    ours = (n for n in (*BY_VARIABLE, *OTHERS) if n.startswith(_PREFIX))
    known = {name.removeprefix(_PREFIX) for name in ours}
    for name in sorted(os.environ):
        is_ours = name.upper().startswith(_PREFIX)
        if is_ours and name.removeprefix(_PREFIX) not in known:
            meant = nearest(name.upper().removeprefix(_PREFIX), known, _NEAR)
            if meant:
                yield f"unknown setting {name}; is {_PREFIX}{meant} meant?"


def _flat(record: Mapping[str, object], of: str = "") -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{of}{key}.")
        else:
            yield f"{of}{key}", value


def _meant(key: str) -> str:
    near = nearest(key, BY_KEY)
    return f"; is {near} meant?" if near else "; `tinsach config show` lists them all"
