"""tinsach under its own name: all public names of the package ``scraper``, and the add-on.

``import tinsach`` loads the package that lies beside this one, and its names when they
are first used. ``python -m tinsach`` runs the command.

``scraper`` is a common name, and a ``scraper.py`` in a folder that comes first on
``sys.path`` would be imported in its place. The command, the add-on and every child
process import this module first, so that ``scraper`` is the installed package whatever
else is called so. Raises ImportError if another ``scraper`` was imported before.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

    from scraper import *  # noqa: F403  whatever is public there
    from scraper.addon import ArticleItem, TinsachAddon
    from tinsach import errors

_OBJECTS_OF_START = 50_000
"""Objects after which garbage is looked for: modules that are loaded leave none."""
_PACKAGE = Path(__file__).parent.with_name("scraper") / "__init__.py"


def main() -> int:
    """Run the command ``tinsach``; see :func:`scraper.cli.main`."""
    gc.set_threshold(_OBJECTS_OF_START)
    from scraper.cli import main as run

    try:
        return run()
    finally:
        gc.freeze()  # the end of a process looks for garbage in all that it holds


def _load_package() -> ModuleType:
    loaded = sys.modules.get("scraper")
    if loaded is None:
        return _load_from_here()
    if (origin := getattr(loaded, "__file__", None)) != str(_PACKAGE):
        raise ImportError(
            f"tinsach cannot run in this process: its package scraper is hidden by"
            f" {origin or 'another module of that name'}; rename that one"
        )
    return loaded


def _load_from_here() -> ModuleType:
    folder = str(_PACKAGE.parent)
    spec = spec_from_file_location(
        "scraper", _PACKAGE, submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{_PACKAGE} cannot be loaded; install tinsach again")
    module = module_from_spec(spec)
    sys.modules["scraper"] = module
    spec.loader.exec_module(module)
    return module


_package = _load_package()
__all__ = ["ArticleItem", "TinsachAddon", "errors"]
__all__ += _package.__all__


def _load(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'tinsach' has no attribute {name!r}")
    if name in _package.__all__:
        return getattr(_package, name)
    if name == "errors":
        return import_module("tinsach.errors")
    return getattr(import_module("scraper.addon"), name)


def _list_names() -> list[str]:
    return sorted(__all__)


if not TYPE_CHECKING:  # to a checker of types, every name would be one that there is
    __getattr__, __dir__ = _load, _list_names
