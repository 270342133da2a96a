"""The application: all commands, and what happens on an error or a signal."""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scraper import __version__, configuration
from scraper.cli import output
from scraper.cli.commands import Commands
from scraper.errors import ConfigurationError, ScraperError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

INTERRUPTED = 128 + signal.SIGINT


class _Commands(TyperGroup):
    """Turns the error of a command into one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  types of the bundled click
        try:
            return super().invoke(ctx)
        except ConfigurationError as error:
            output.say(f"tinsach: {error}")
            raise typer.Exit(2) from error
        except ScraperError as error:
            output.say(f"tinsach: {error}")
            raise typer.Exit(1) from error
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            output.discard_results()
            raise typer.Exit(0) from None


COMMANDS = (
    "demo",
    "crawl",
    "fetch",
    "extract",
    "explain",
    "export",
    "search",
    "browse",
    "mcp",
    "history",
    "report",
    "near-duplicates",
    "reextract",
    "forget",
    "discover",
    "new-site",
    "sites",
    "doctor",
)
"""Each is a function in the module of the same name."""
GROUPS = ("model", "runs", "store", "config")
"""Each is the ``app`` of the module of the same name."""


def make_app(only: str | None = None) -> Commands:
    """Return all commands, or only the command or group *only* if it exists.

    Loading and building the others takes longer than reading a page.
    """
    app = Commands(
        cls=_Commands,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(tinsach)
    is_known = only in (*COMMANDS, *GROUPS)
    for name in COMMANDS:
        if not is_known or name == only:
            app.command()(getattr(_module_of(name), name.replace("-", "_")))
    for name in GROUPS:
        if not is_known or name == only:
            app.add_typer(_module_of(name).app, name=name)
    return app


def _module_of(name: str) -> ModuleType:
    return import_module(f"scraper.cli.{name.replace('-', '_')}")


def _print_version(wanted: bool) -> None:
    if wanted:
        output.write_text(f"tinsach {__version__}\n")
        raise typer.Exit


def tinsach(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
) -> None:
    """Crawl a news portal, keep the article, drop everything else, prove it."""


def _end_at_signals() -> None:
    """Let SIGTERM end the command as Ctrl-C does: without partial files or workers.

    Neither prints anything. Scrapy handles the signals of a crawl.
    """
    with suppress(ValueError):  # not in the main thread
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _end)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _end)


def _end(number: int, _frame: object) -> None:
    """End the command without printing anything, whatever it is doing.

    Errors of the interrupted work are not logged, nor those that a second signal causes
    while the interpreter exits.
    """
    logging.disable()
    sys.unraisablehook = _ignore
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    sys.exit(128 + number)


def _ignore(_: object) -> None:
    pass


def _tolerates_settings(given: Sequence[str]) -> bool:
    """Return True for help, the version, and the commands that show invalid settings."""
    return given[:1] in ([], ["config"]) or bool(
        {"-h", "--help", "--version"} & {*given}
    )


def run(given: Sequence[str]) -> int:
    """Run the command line *given*; see :func:`scraper.cli.main`."""
    output.prepare_streams()
    _end_at_signals()
    try:
        with configuration.applied(lenient=_tolerates_settings(given)) as holding:
            os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "scraper.settings")
            app = make_app(given[0] if given else None)
            app(args=given, prog_name="tinsach", obj=holding)
    except ConfigurationError as error:
        output.say(f"tinsach: {error}")
        return 2
    except SystemExit as end:
        if isinstance(end.code, str):
            output.say(end.code)
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
        return output.finish(code)
    except OSError as error:
        return output.fail(error)
    except Exception:
        output.say(traceback.format_exc().rstrip())
        return 1
    return 0
