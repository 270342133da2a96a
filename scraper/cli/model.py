"""``tinsach model``: the learned site models of the store."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import learning, output
from scraper.cli.arguments import StoreOption, read_site
from scraper.cli.commands import Commands
from scraper.errors import StorageError
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.storage import StoredModel

SiteArgument = Annotated[
    str,
    typer.Argument(metavar="SITE", help="Registrable domain, such as baotintuc.vn."),
]
_COLUMNS = ("site", "version", "pages", "created", "state")

app = Commands(
    help="Show, learn, pin, edit and forget the models of sites.",
    no_args_is_help=True,
)


def list_models(
    site: Annotated[
        str | None, typer.Argument(metavar="SITE", help="Only its versions.")
    ] = None,
    *,
    store: StoreOption = None,
) -> None:
    """List the stored versions, newest first a site, and which one is in use.

    In a pipe: site, version, pages, created, state (pinned, current or -) with tabs.
    """
    from scraper.storage import open_store

    wanted = read_site(site) if site else None
    with open_store(store_url(store), create=False) as opened:
        listed = opened.models.list_models(wanted)
    if not listed:
        of_site = f" of {wanted}" if wanted else ""
        output.note(
            f"tinsach: no model{of_site} is stored;"
            " `tinsach model learn PAGES` learns one from saved pages"
        )
    elif output.is_terminal(sys.stdout):
        _print_table(listed)
    else:
        rows = (_row(model) for model in listed)
        output.write_text("".join("\t".join(row) + "\n" for row in rows))


def show(
    site: SiteArgument,
    *,
    version: Annotated[
        str | None,
        typer.Option(help="Version or its beginning; default the one in use."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Print a site's model as JSON, to read, or to edit and import again."""
    from scraper.storage import open_store

    named = read_site(site)
    with open_store(store_url(store), create=False) as opened:
        full = opened.models.full_version(named, version) if version else None
        record = opened.models.load_model(named, full)
    if record is None:
        raise StorageError(_none_of(named))
    output.write_text(record.rstrip("\n") + "\n")


def pin(
    site: SiteArgument,
    version: Annotated[str, typer.Argument(help="Version, or its beginning.")],
    *,
    store: StoreOption = None,
) -> None:
    """Keep one version in use, whatever is learned later."""
    from scraper.storage import open_store

    named = read_site(site)
    with open_store(store_url(store), create=False) as opened:
        full = opened.models.pin(named, version)
    output.note(
        f"{named}: {full} is pinned; `tinsach model unpin {named}` takes the pin out"
    )


def unpin(site: SiteArgument, *, store: StoreOption = None) -> None:
    """Use the version that was saved last again."""
    from scraper.storage import open_store

    named = read_site(site)
    with open_store(store_url(store), create=False) as opened:
        was_pinned = opened.models.unpin(named)
        (current,) = (m for m in opened.models.list_models(named) if m.current)
    said = "no longer pinned" if was_pinned else "no version was pinned"
    output.note(f"{named}: {said}; {current.version} is in use")


def forget(site: SiteArgument, *, store: StoreOption = None) -> None:
    """Remove every version of a site's model, and the samples behind them."""
    from scraper.storage import open_store

    named = read_site(site)
    with open_store(store_url(store), create=False) as opened:
        versions = len(opened.models.list_models(named))
        removed = opened.models.forget_models(named)
    if not removed:
        raise StorageError(_none_of(named))
    output.note(f"{named}: {versions} versions, {removed - versions} samples removed")


def _none_of(site: str) -> str:
    return f"no model of {site} is stored; `tinsach model list` shows what is"


def _print_table(listed: Iterable[StoredModel]) -> None:
    from rich.table import Table

    table = Table()
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column == "pages" else "left")
    for model in listed:
        when = clock.shown(model.created_at)
        site, version, pages, _, state = _row(model)
        style = "" if model.current else "dim"
        table.add_row(site, version, pages, when, state, style=style)
    output.make_console(sys.stdout).print(table)


def _row(model: StoredModel) -> tuple[str, ...]:
    state = "pinned" if model.pinned else "current" if model.current else "-"
    created = clock.shown(model.created_at, precision="seconds")
    return model.site, model.version, str(model.pages), created, state


app.command("list")(list_models)
app.command("show")(show)
app.command("learn")(learning.learn)
app.command("pin")(pin)
app.command("unpin")(unpin)
app.command("import")(learning.import_)
app.command("forget")(forget)
