"""What every command has: examples in its help, and ``--quiet``."""

from __future__ import annotations

import inspect
import os
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand

from scraper.options import QUIET

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


EXAMPLES: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType(
    {
        "demo": [("tinsach demo", "crawl a replica portal on this machine")],
        "crawl": [
            (
                "tinsach crawl baotintuc -a limit=50",
                "what is new at a site that has a spider, fifty articles at most",
            ),
            (
                "tinsach crawl news -a site=https://example.com -a limit=20",
                "explore any other site, twenty articles of it",
            ),
            ("tinsach crawl --all --jobs 4", "every site, four at a time"),
        ],
        "fetch": [
            ("tinsach fetch https://example.com/tin.html", "one article, to read"),
            (
                "tinsach fetch https://example.com/tin.html -f json | jq .title",
                "its record, into another tool",
            ),
        ],
        "extract": [
            ("tinsach extract pages/ -o articles.jsonl", "saved pages, no network"),
            ("tinsach extract pages/ -f markdown -o texts/", "a Markdown file a page"),
            (
                "tinsach extract pages/ -f markdown -o texts/ --links --images",
                "with links and images",
            ),
            ("curl -s https://example.com/tin.html | tinsach extract -", "from a pipe"),
        ],
        "explain": [
            ("tinsach explain tin.html", "every block, kept or dropped, and why"),
            ("tinsach explain tin.html -o page.html", "the same for a browser"),
        ],
        "export": [
            ("tinsach export --since 7d -o week.csv", "the last seven days as a table"),
            ("tinsach export --site baotintuc.vn | jq -r .title", "into a pipe"),
            ("tinsach export --chunks 200", "pieces for retrieval, a line each"),
            ("tinsach export --follow", "each article as it is stored"),
        ],
        "search": [
            ("tinsach search thu vien", "marks may be left out"),
            ("tinsach search '\"cải cách\"' --limit 5", "words that stand together"),
        ],
        "browse": [
            ("tinsach browse", "the store at http://127.0.0.1:8001/, read only"),
            ("tinsach browse --store old.db --port 8002 --open", "another one, opened"),
        ],
        "mcp": [
            ("tinsach mcp", "what an assistant starts: fetch, search and explain"),
            ("tinsach mcp --store articles.db", "its searches in another store"),
        ],
        "history": [
            ("tinsach history https://example.com/tin.html", "what changed, and when")
        ],
        "report": [
            ("tinsach report", "the last thirty days, in report.html"),
            ("tinsach report --site baotintuc.vn --since 7d -o week.html", "one site"),
        ],
        "near-duplicates": [
            ("tinsach near-duplicates https://example.com/tin.html", "who printed it")
        ],
        "reextract": [
            ("tinsach reextract", "read the archive again, and see what would change"),
            ("tinsach reextract crawl.warc.gz -o out", "WARC files into Parquet"),
        ],
        "forget": [
            ("tinsach forget https://example.com/tin.html", "take it out, keep it out")
        ],
        "discover": [
            ("tinsach discover https://example.com", "feeds, sitemaps and sections")
        ],
        "new-site": [
            ("tinsach new-site https://example.com", "write a spider for a site")
        ],
        "sites": [("tinsach sites", "the sites that have a spider")],
        "doctor": [
            ("tinsach doctor", "is this machine set up?"),
            ("tinsach doctor baotintuc", "is the live site what its spider knows?"),
        ],
        "model list": [("tinsach model list", "the models of all sites")],
        "model show": [
            ("tinsach model show baotintuc.vn > model.json", "one, to read and edit")
        ],
        "model learn": [
            ("tinsach model learn pages/", "from saved pages, into the store")
        ],
        "model pin": [
            ("tinsach model pin baotintuc.vn 7f4c7130dd4e7af5", "stay with a version")
        ],
        "model unpin": [
            ("tinsach model unpin baotintuc.vn", "follow the newest again")
        ],
        "model import": [("tinsach model import model.json", "an edited one, pinned")],
        "model forget": [
            ("tinsach model forget baotintuc.vn", "remove what was learned of a site")
        ],
        "runs list": [
            ("tinsach runs list baotintuc", "the newest runs of a job"),
            ("tinsach runs list --json | jq .verdict", "how they went"),
        ],
        "runs show": [("tinsach runs show 1", "all that a run counted")],
        "store backup": [("tinsach store backup articles.bak", "while crawls go on")],
        "store restore": [
            ("tinsach store restore articles.bak --force", "a copy over the store")
        ],
        "store copy": [
            (
                "tinsach store copy old.db postgresql://user:word@host/tinsach",
                "move into another database, compared",
            )
        ],
        "store upgrade": [("tinsach store upgrade", "after a new version of tinsach")],
        "config show": [("tinsach config show", "what holds, and where it comes from")],
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
