"""The application: all commands with their examples, errors, and signals."""

from __future__ import annotations

import inspect
import logging
import os
import signal
import sys
import traceback
from contextlib import suppress
from functools import wraps
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from scraper import __version__, configuration
from scraper.cli import output
from scraper.errors import ConfigurationError, ScraperError
from scraper.options import QUIET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType


EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "demo": [("tinsach demo", "crawl a replica portal on this machine")],
        "crawl": [
            (
                "tinsach crawl baotintuc -a limit=50",
                "new articles of a site with a spider, at most fifty",
            ),
            (
                "tinsach crawl news -a site=https://example.com -a limit=20",
                "explore any other site, at most twenty articles",
            ),
            ("tinsach crawl --all --jobs 4", "every site, four at a time"),
        ],
        "fetch": [
            ("tinsach fetch https://example.com/tin.html", "one article as text"),
            (
                "tinsach fetch https://example.com/tin.html -f json | jq .title",
                "its record, for another program",
            ),
        ],
        "extract": [
            (
                "tinsach extract pages/ -o articles.jsonl",
                "saved pages, without a network",
            ),
            (
                "tinsach extract pages/ -f markdown -o texts/",
                "a Markdown file per page",
            ),
            (
                "tinsach extract pages/ -f markdown -o texts/ --links --images",
                "with links and images",
            ),
            ("curl -s https://example.com/tin.html | tinsach extract -", "from a pipe"),
        ],
        "explain": [
            ("tinsach explain tin.html", "each block, kept or dropped, and why"),
            ("tinsach explain tin.html -o page.html", "the same for a browser"),
        ],
        "export": [
            ("tinsach export --since 7d -o week.csv", "the last seven days as a table"),
            ("tinsach export --site baotintuc.vn | jq -r .title", "into a pipe"),
            ("tinsach export --chunks 200", "chunks for retrieval, one per line"),
            ("tinsach export --follow", "each article as it is stored"),
        ],
        "search": [
            ("tinsach search thu vien", "Vietnamese marks may be left out"),
            ("tinsach search '\"cải cách\"' --limit 5", "a phrase"),
        ],
        "browse": [
            ("tinsach browse", "the store at http://127.0.0.1:8001/, read only"),
            (
                "tinsach browse --store old.db --port 8002 --open",
                "another store, opened",
            ),
        ],
        "mcp": [
            ("tinsach mcp", "the server that an assistant starts"),
            ("tinsach mcp --store articles.db", "with another store"),
        ],
        "history": [
            ("tinsach history https://example.com/tin.html", "what changed, and when")
        ],
        "report": [
            ("tinsach report", "the last thirty days, in report.html"),
            ("tinsach report --site baotintuc.vn --since 7d -o week.html", "one site"),
        ],
        "near-duplicates": [
            (
                "tinsach near-duplicates https://example.com/tin.html",
                "other articles with the same story",
            )
        ],
        "reextract": [
            ("tinsach reextract", "read the archive again and show what would change"),
            ("tinsach reextract crawl.warc.gz -o out", "WARC files into Parquet"),
        ],
        "forget": [
            ("tinsach forget https://example.com/tin.html", "remove it for good")
        ],
        "discover": [
            ("tinsach discover https://example.com", "feeds, sitemaps and sections")
        ],
        "new-site": [
            ("tinsach new-site https://example.com", "write a spider for a site")
        ],
        "sites": [("tinsach sites", "the sites with a spider")],
        "doctor": [
            ("tinsach doctor", "is this machine set up correctly?"),
            ("tinsach doctor baotintuc", "does the live site match its spider?"),
        ],
        "model list": [("tinsach model list", "the models of all sites")],
        "model show": [
            (
                "tinsach model show baotintuc.vn > model.json",
                "one model, to read and edit",
            )
        ],
        "model learn": [
            ("tinsach model learn pages/", "from saved pages, into the store")
        ],
        "model pin": [
            ("tinsach model pin baotintuc.vn 7f4c7130dd4e7af5", "keep a version in use")
        ],
        "model unpin": [("tinsach model unpin baotintuc.vn", "use the newest again")],
        "model import": [
            ("tinsach model import model.json", "an edited model, pinned")
        ],
        "model forget": [
            ("tinsach model forget baotintuc.vn", "remove the models of a site")
        ],
        "runs list": [
            ("tinsach runs list baotintuc", "the newest runs of a job"),
            ("tinsach runs list --json | jq .verdict", "their verdicts"),
        ],
        "runs show": [("tinsach runs show 1", "all counts of a run")],
        "store backup": [("tinsach store backup articles.bak", "while crawls run")],
        "store restore": [
            (
                "tinsach store restore articles.bak --force",
                "replace the store by a backup",
            )
        ],
        "store copy": [
            (
                "tinsach store copy old.db postgresql://user:word@host/tinsach",
                "copy into another database, and compare",
            )
        ],
        "store upgrade": [("tinsach store upgrade", "after a new version of tinsach")],
        "config show": [("tinsach config show", "all settings and their origins")],
        "config example": [
            ("tinsach config example > tinsach.toml", "a file with every setting")
        ],
    }
)


# ruff: noqa: ANN401  types of the bundled click, and functions of any shape


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
            help="Print only results and errors. Default: $TINSACH_QUIET.",
        ),
    ],
)


class Commands(typer.Typer):
    """A group of commands that take ``--quiet`` and show examples in their help."""

    def command(
        self, name: str | None = None, **options: Any
    ) -> Callable[[Function], Function]:
        def add(function: Function) -> Function:
            said: dict[str, Any] = {
                "cls": _Command,
                "short_help": _summary_of(function),
            }
            register = super(Commands, self).command(name, **(said | options))
            register(_with_quiet(function))
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


def _summary_of(function: Callable[..., Any]) -> str:
    """Return the first paragraph, which the list of commands would otherwise cut."""
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")


def _with_quiet(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def called(*arguments: Any, quiet: bool, **options: Any) -> Any:
        if quiet:
            os.environ[QUIET] = "1"
        return function(*arguments, **options)

    signature = inspect.signature(function, eval_str=True)
    parameters = [*signature.parameters.values(), _QUIET]
    called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return called


INTERRUPTED = 128 + signal.SIGINT


class _Commands(TyperGroup):
    """Turns the error of a command into one line and an exit code."""

    def invoke(self, ctx: Any) -> Any:
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


COMMANDS = {
    "demo": "demo",
    "crawl": "crawl",
    "fetch": "fetch",
    "extract": "extract",
    "explain": "explain",
    "export": "export",
    "search": "articles",
    "browse": "articles",
    "mcp": "mcp",
    "history": "articles",
    "report": "report",
    "near-duplicates": "articles",
    "reextract": "reextract",
    "forget": "articles",
    "discover": "sites",
    "new-site": "sites",
    "sites": "sites",
    "doctor": "doctor",
}
"""The module of each command, a function of the same name in it."""
GROUPS = ("model", "runs", "store", "config")
"""Each is the ``app`` of the module of the same name."""
HELP = ("-h", "--help")


def make_app(only: str | None = None) -> Commands:
    """Return all commands, or only the command or group *only* if it exists.

    Loading and building the others takes longer than reading a page. Commands that are
    *only* listed, by a help option, have no parameters.
    """
    app = Commands(
        cls=_Commands,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": [*HELP]},
    )
    app.callback()(tinsach)
    is_known = only in (*COMMANDS, *GROUPS)
    is_list = only in HELP
    for name, module in COMMANDS.items():
        if not is_known or name == only:
            function = getattr(_load(module), name.replace("-", "_"))
            app.command()(_listed(function) if is_list else function)
    for name in GROUPS:
        if not is_known or name == only:
            group = _load(name).app
            app.add_typer(
                Commands(help=group.info.help) if is_list else group, name=name
            )
    return app


def _listed(function: Callable[..., Any]) -> Callable[[], None]:
    """Return a function with the name and the docstring of *function*."""

    def listed() -> None: ...

    listed.__name__, listed.__doc__ = function.__name__, function.__doc__
    return listed


def _load(module: str) -> ModuleType:
    return import_module(f"scraper.cli.{module}")


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
    return given[:1] in ([], ["config"]) or bool({*HELP, "--version"} & {*given})


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
