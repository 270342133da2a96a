"""A bash that lives as long as a page: what one command sets, the next one finds."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LONGEST = 300


@dataclass(frozen=True)
class Said:
    """The exit code and all output of a command, standard error in its place."""

    code: int
    text: str


class Shell:
    """Runs commands in *folder*; they read nothing, and none outlives the shell."""

    def __init__(self, folder: Path, scratch: Path, env: Mapping[str, str]) -> None:
        self._command, self._output = scratch / "command", scratch / "output"
        self._code = 0
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc", "-o", "pipefail"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env=env,
            start_new_session=True,
        )

    def run(self, text: str) -> Said:
        """Run *text*; ``$?`` in it is the exit code of the command before."""
        self._command.write_text(f"(exit {self._code})\n{text}\n", "utf-8")
        inner = f". '{self._command}' </dev/null >'{self._output}' 2>&1; echo $?\n"
        self._bash.stdin.write(inner.encode())
        self._bash.stdin.flush()
        ready, _, _ = select.select([self._bash.stdout], [], [], LONGEST)
        line = self._bash.stdout.readline() if ready else b""
        assert line, f"no end within {LONGEST:.0f} s, or of the shell itself: {text}"
        self._code = int(line)
        return Said(self._code, self._output.read_text("utf-8", "replace"))

    def close(self) -> None:
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.communicate()
