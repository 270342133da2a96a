"""What every command has: examples in its help, and ``--quiet``."""

# ruff: noqa: ANN401  types of the bundled click, and functions of any shape

from __future__ import annotations

import inspect
import os
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand

from scraper.cli.examples import EXAMPLES
from scraper.options import QUIET

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")


_QUIET = inspect.Parameter(
    "quiet",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="Nothing but results and errors; default $TINSACH_QUIET.",
        ),
    ],
)


class Commands(typer.Typer):
    """A group of commands, each of which can be silenced and shows how it is used."""

    def command(
        self, name: str | None = None, **options: Any
    ) -> Callable[[Function], Function]:
        def add(function: Function) -> Function:
            said: dict[str, Any] = {
                "cls": _Command,
                "short_help": _first_sentence(function),
            }
            register = super(Commands, self).command(name, **(said | options))
            register(_that_can_be_quiet(function))
            return function

        return add


class _Command(TyperCommand):
    """Shows arguments as click does, ``URL`` and ``[INPUT]...``, and examples at the end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for each in self._arguments():
            each.metavar = each.metavar or each.name.upper()

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        options = super().collect_usage_pieces(ctx)[:1]
        return [*options, *map(_usage_of, self._arguments())]

    def _arguments(self) -> list[Any]:
        return [each for each in self.params if isinstance(each, TyperArgument)]

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Examples"):
            for line, meaning in EXAMPLES[ctx.command_path.partition(" ")[2]]:
                formatter.write_text(line)
                with formatter.indentation():
                    formatter.write_text(meaning)


def _usage_of(argument: Any) -> str:
    name = argument.metavar if argument.required else f"[{argument.metavar}]"
    return name if argument.nargs == 1 else f"{name}..."


def _first_sentence(function: Callable[..., Any]) -> str:
    """Return it whole: of a longer one the list of commands would show the beginning."""
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")


def _that_can_be_quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def called(*arguments: Any, quiet: bool, **options: Any) -> Any:
        if quiet:
            os.environ[QUIET] = "1"
        return function(*arguments, **options)

    signature = inspect.signature(function, eval_str=True)
    parameters = [*signature.parameters.values(), _QUIET]
    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return called
