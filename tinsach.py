"""tinsach under its own name: loads the package ``scraper`` that lies beside this file.

``scraper`` is a common name, and a ``scraper.py`` in a folder that comes first on
``sys.path`` would be imported in its place. The command, the add-on and every child
process import this module first, so that ``scraper`` is the installed package whatever
else is called so. Raises ImportError if another ``scraper`` was imported before.
"""

from __future__ import annotations

import gc
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.addon import ArticleItem, TinsachAddon

__all__ = ["ArticleItem", "TinsachAddon", "main"]
_OBJECTS_OF_START = 50_000
"""Objects after which garbage is looked for: modules that are loaded leave none."""
_PACKAGE = Path(__file__).with_name("scraper") / "__init__.py"


def main() -> int:
    """Run the command ``tinsach``; see :func:`scraper.cli.main`."""
    gc.set_threshold(_OBJECTS_OF_START)
    from scraper.cli import main as run

    try:
        return run()
    finally:
        gc.freeze()  # the end of a process looks for garbage in all that it holds


def _load_package() -> None:
    loaded = sys.modules.get("scraper")
    if loaded is None:
        _load_from_here()
    elif (origin := getattr(loaded, "__file__", None)) != str(_PACKAGE):
        raise ImportError(
            f"tinsach cannot run in this process: its package scraper is hidden by"
            f" {origin or 'another module of that name'}; rename that one"
        )


def _load_from_here() -> None:
    folder = str(_PACKAGE.parent)
    spec = spec_from_file_location(
        "scraper", _PACKAGE, submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{_PACKAGE} cannot be loaded; install tinsach again")
    module = module_from_spec(spec)
    sys.modules["scraper"] = module
    spec.loader.exec_module(module)


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'tinsach' has no attribute {name!r}")
    from scraper import addon

    return getattr(addon, name)


_load_package()

if __name__ == "__main__":
    sys.exit(main())
