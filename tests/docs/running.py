"""Runs the blocks of one page in their order, and says what was wrong."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from tests.docs.comparing import difference
from tests.docs.exceptions import ALLOW, HERE, READY, SKIPPED, STAND_INS
from tests.docs.notebook import Notebook
from tests.docs.pages import commands_in
from tests.docs.shell import Shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.docs.pages import Block, Command

COMMANDS = ("console", "sh")
PYTHON = ("python", "pycon")
ALLOWED = {"TINSACH_ALLOW_PRIVATE": "1"}
_NOTHING_NEW = 3


class Running:
    """One shell and one Python for the blocks of a page, in a new folder.

    *real* is what the stand-ins are filled with.
    """

    def __init__(self, folder: Path, env: dict[str, str], real: dict[str, str]) -> None:
        self._folder, self._env, self._real = folder, env, real

    def faults_of(self, blocks: Iterable[Block]) -> list[str]:
        """Run *blocks*; return what was wrong with each, with its place."""
        blocks = list(blocks)
        work = self._folder / "work"
        work.mkdir()
        allowed = not any(ALLOW in block.text for block in blocks)
        shell = Shell(work, self._folder, self._env | (ALLOWED if allowed else {}))
        notebook = Notebook(work, self._env | ALLOWED)
        faults = []
        try:
            if ready := blocks and READY.get(blocks[0].page):
                shell.run(ready.format(**self._real))
            for block in blocks:
                faults += self._faults_of(block, shell, notebook)
        finally:
            shell.close()
            notebook.close()
        return faults

    def _faults_of(self, block: Block, shell: Shell, notebook: Notebook) -> list[str]:
        if block.title:
            folder = Path(shell.run("pwd").text.strip())
            (folder / block.title).write_text(self._put(block.text), "utf-8")
            return []
        if block.language in PYTHON:
            text = self._put(block.text)
            told = notebook.run(block.page, block.line, block.language, text)
            return [f"{block.page}:{block.line}: {told}"] if told else []
        if block.language not in COMMANDS:
            return []
        commands = [each for each in commands_in(block) if not skip_of(each)]
        followed = zip_longest(commands, commands[1:])
        faults = [self._fault_of(command, after, shell) for command, after in followed]
        return [told for told in faults if told]

    def _fault_of(self, command: Command, after: Command | None, shell: Shell) -> str:
        """Return what is wrong; any exit code is good where the next command shows it."""
        said = shell.run(self._put(command.text))
        text = said.text.replace(self._real["base"], HERE)
        shown = after is not None and after.text == "echo $?"
        nothing_new = (
            command.text.startswith("tinsach crawl") and said.code == _NOTHING_NEW
        )
        if said.code and not shown and not nothing_new:
            return f"{command.place}: exit code {said.code}\n{text}"
        told = "" if command.output is None else difference(command.output, text)
        return told and f"{command.place}:\n{told}"

    def _put(self, text: str) -> str:
        for stand_in in STAND_INS:
            text = stand_in.put(text, self._real)
        return text


def skip_of(command: Command) -> str:
    """Return the beginning under which *command* is not run, "" where it is."""
    return next((each for each in SKIPPED if command.text.startswith(each)), "")
