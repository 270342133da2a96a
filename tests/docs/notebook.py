"""Runs the Python blocks of a page in one namespace, in a process of its own.

``python -m tests.docs.notebook``: a JSON line of place, line, language and source in, a
JSON line of what was raised out. Warnings are errors.
"""

from __future__ import annotations

import doctest
import io
import json
import subprocess
import sys
import traceback
import warnings
from typing import TYPE_CHECKING, Any

from tests.warm import warm

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Notebook:
    """The process that runs the blocks."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._python = subprocess.Popen(
            [warm().python, "-m", "tests.docs.notebook"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env=env,
        )

    def run(self, page: str, line: int, language: str, source: str) -> str:
        """Return what is wrong with the block, "" where nothing is."""
        asked = json.dumps([page, line, language, source])
        self._python.stdin.write(asked + "\n")
        self._python.stdin.flush()
        answer = self._python.stdout.readline()
        return json.loads(answer) if answer else "the process ended"

    def close(self) -> None:
        self._python.kill()
        self._python.communicate()


def run_block(page: str, line: int, language: str, source: str, names: Any) -> str:
    """Run one block in *names*; return what is wrong, "" where nothing is."""
    if language == "pycon":
        return _run_session(page, line, source, names)
    try:
        code = compile("\n" * (line - 1) + source, page, "exec")
        exec(code, names)
    except Exception:
        return traceback.format_exc()
    return ""


def _run_session(page: str, line: int, source: str, names: Any) -> str:
    test = doctest.DocTestParser().get_doctest(source, names, page, page, line - 1)
    told = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    runner.run(test, out=told.write, clear_globs=False)
    names.update(test.globs)
    return told.getvalue()


def _serve() -> None:
    warnings.simplefilter("error")
    warnings.filterwarnings(
        "ignore", "SOCKS support in urllib3"
    )  # as in pyproject.toml
    answers, sys.stdout = sys.stdout, io.StringIO()
    names: dict[str, Any] = {"__name__": "__main__"}
    for line in sys.stdin:
        wrong = run_block(*json.loads(line), names=names)
        answers.write(json.dumps(wrong) + "\n")
        answers.flush()


if __name__ == "__main__":
    _serve()
