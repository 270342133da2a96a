"""The reference page of the commands, made from the commands themselves.

``python -m scraper.cli.reference > docs/commands.md``; a test holds the page current.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import typer.main

from scraper.cli import output
from scraper.cli.app import make_app
from scraper.cli.commands import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION = """\
# Commands

Made from the code by `python -m scraper.cli.reference > docs/commands.md`.
Results go to standard output, everything else to standard error. Exit codes: 0 done,
1 something failed, 2 wrong arguments; of `tinsach crawl` also 3 nothing new and
4 unhealthy.
"""


def render_reference() -> str:
    """Return the page as Markdown."""
    commands = list(iter_commands(typer.main.get_command(make_app())))
    rows = (f"| `tinsach {name}` | {_first_line(c)} |" for name, c in commands)
    table = ["| command | does |", "|---|---|", *rows, ""]
    parts = (_section(name, command) for name, command in commands)
    return "\n".join([_INTRODUCTION, *table, *parts])


def iter_commands(group: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  click
    """Yield the commands of *group* with their names, and those of groups in it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {sub}", c) for sub, c in iter_commands(command))
        else:
            yield name, command


def _section(name: str, command: Any) -> str:  # noqa: ANN401  bundled click
    context = command.make_context(name, [], resilient_parsing=True)
    pieces = " ".join(command.collect_usage_pieces(context))
    records = (parameter.get_help_record(context) for parameter in command.params)
    return "\n".join(
        [
            f"## {name}",
            "",
            f"`tinsach {name} {pieces}`",
            "",
            inspect.cleandoc(command.help),
            "",
            "| argument | meaning |",
            "|---|---|",
            *(f"| `{_escape(r[0])}` | {_escape(r[1])} |" for r in records if r),
            "",
            *_examples(name),
        ]
    )


def _examples(name: str) -> list[str]:
    shown = (f"{line}  # {meaning}" for line, meaning in EXAMPLES[name])
    return ["```sh", *shown, "```", ""]


def _first_line(command: Any) -> str:  # noqa: ANN401  bundled click
    return str(command.help).strip().partition("\n")[0]


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    output.write_text(render_reference())
