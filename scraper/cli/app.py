"""The commands together, and what every one of them does with an error."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from scraper import __version__, configuration
from scraper.cli import (
    browse,
    config,
    crawl,
    demo,
    discover,
    doctor,
    explain,
    export,
    extract,
    fetch,
    forget,
    history,
    mcp,
    model,
    near_duplicates,
    new_site,
    output,
    reextract,
    report,
    runs,
    search,
    sites,
    store,
)
from scraper.cli.commands import Commands
from scraper.errors import ConfigurationError, ScraperError

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class _Commands(TyperGroup):
    """Ends every command the same way: one clear line, the right exit code."""

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


app = Commands(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        output.write_text(f"tinsach {__version__}\n")
        raise typer.Exit


@app.callback()
def tinsach(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and end.",
        ),
    ] = False,
) -> None:
    """Crawl a news portal, keep the article, drop everything else, prove it."""


for _command in (
    demo.demo,
    crawl.crawl,
    fetch.fetch,
    extract.extract,
    explain.explain,
    export.export,
    search.search,
    browse.browse,
    mcp.mcp,
    history.history,
    report.report,
    near_duplicates.near_duplicates,
    reextract.reextract,
    forget.forget,
    discover.discover,
    new_site.new_site,
    sites.sites,
    doctor.doctor,
):
    app.command()(_command)
app.add_typer(model.app, name="model")
app.add_typer(runs.app, name="runs")
app.add_typer(store.app, name="store")
app.add_typer(config.app, name="config")


def _end_in_order_at_sigterm() -> None:
    """Let SIGTERM end the command as an error would: no half file, no worker stays.

    A crawl has a way of its own to end, by Scrapy.
    """
    with suppress(ValueError):  # not in the main thread
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; see :func:`scraper.cli.main`."""
    output.prepare_streams()
    _end_in_order_at_sigterm()
    try:
        with configuration.applied() as holding:
            os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "scraper.settings")
            app(args=arguments, prog_name="tinsach", obj=holding)
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
    return 0
