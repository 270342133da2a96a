"""``tinsach.toml``: settings in a file, which the environment and options go before."""

from __future__ import annotations

import os
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError
from scraper.options import CONTACT, SETTINGS, read_contact, read_switch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "tinsach.toml"
VARIABLE = "TINSACH_CONFIG"
"""Names another file."""
_BY_KEY = {setting.key: setting for setting in SETTINGS}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The *file* that was read, None for none, and its *values* by variable.

    *given* are the variables that the environment had set.
    """

    file: Path | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def missing_in(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return the values whose variables are not set: those that hold."""
        return {n: value for n, value in self.values.items() if not environment.get(n)}


def find_file() -> Path | None:
    """Return the file in force: of TINSACH_CONFIG, of this folder, else of the user.

    Raises ConfigurationError where TINSACH_CONFIG names none.
    """
    if named := os.environ.get(VARIABLE):
        if not Path(named).is_file():
            raise ConfigurationError(f"{VARIABLE} is {named}: there is no such file")
        return Path(named).absolute()
    of_user = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    places = (Path(NAME), Path(of_user) / "tinsach" / NAME)
    return next((place.absolute() for place in places if place.is_file()), None)


def load(file: Path | None) -> Configuration:
    """Return the settings of *file*; raises ConfigurationError that names what is wrong."""
    if file is None:
        return Configuration()
    try:
        record = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from error
    values = {}
    for key, value in _flat(record):
        if key not in _BY_KEY:
            raise ConfigurationError(f"{file}: {key} is no setting{_nearest(key)}")
        setting = _BY_KEY[key]
        try:
            values[setting.variable] = setting.read(value, file.parent)
        except ValueError as error:
            raise ConfigurationError(f"{file}: {key} takes {error}") from None
    return Configuration(file, values)


def apply() -> None:
    """Set for good, in this process, what the file says and the environment does not.

    Raises ConfigurationError for a file, or a variable, that makes no sense.
    """
    os.environ.update(load(find_file()).missing_in(os.environ))
    _check_variables()


@contextmanager
def applied() -> Iterator[Configuration]:
    """Do as :func:`apply` while the block runs; yield what the file had to say."""
    before = dict(os.environ)
    try:
        configuration = load(find_file())
        holding = configuration.missing_in(before)
        os.environ.update(holding)
        _check_variables()
        yield Configuration(configuration.file, holding, frozenset(before))
    finally:
        for variable in (setting.variable for setting in SETTINGS):
            os.environ.pop(variable, None)
            if variable in before:
                os.environ[variable] = before[variable]


def _check_variables() -> None:
    """Raise ConfigurationError for a variable that makes no sense."""
    read_contact(os.environ.get(CONTACT, ""))
    for setting in SETTINGS:
        if setting.is_switch:
            read_switch(setting.variable, os.environ.get(setting.variable))


def _flat(record: Mapping[str, object], of: str = "") -> Iterator[tuple[str, object]]:
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{of}{key}.")
        else:
            yield f"{of}{key}", value


def _nearest(key: str) -> str:
    near = get_close_matches(key, _BY_KEY, n=1)
    # As long as it stands there no command runs, the one that lists them neither.
    listed = "; take it out, then `tinsach config show` lists them all"
    return f"; is {near[0]} meant?" if near else listed
