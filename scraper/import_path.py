"""Import of ``scraper``: lazy names, child processes, and clashes on the import path."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_OWN = Path(__file__).with_name("__init__.py")
_PROGRAM = """\
import gc, sys
gc.set_threshold(50_000)
sys.path += [folder for folder in {folders!r} if folder not in sys.path]
import runpy, tinsach
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


def lazy(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of *package*.

    *homes* maps each public name to the module that defines it; ``__all__`` of the
    package lists them.
    """

    def load(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return load, lambda: list(sys.modules[package].__all__)


def module_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs *module* as ``python -m`` does, but safely.

    ``python -m`` imports from the working folder first; this command does not (``-P``), so
    that ``scraper`` is the installed package. The folders of this process's ``sys.path``
    come last in the child's, so that it finds, for example, the settings of a Scrapy
    project. Garbage is collected less often, since importing modules leaves none.
    """
    folders = [folder or str(Path.cwd()) for folder in sys.path]
    program = _PROGRAM.format(folders=folders, module=module)
    return [sys.executable, "-P", "-c", program, *arguments]


def find_namesake(folders: Iterable[str]) -> str:
    """Return the file of another ``scraper`` in *folders*, "" if there is none."""
    for folder in folders:
        spec = PathFinder.find_spec("scraper", [folder or str(Path.cwd())])
        if spec and spec.origin and not _OWN.samefile(spec.origin):
            return spec.origin
    return ""
