"""``tinsach store``: back it up, put a copy back, move it to another database, upgrade it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import StoreOption
from scraper.cli.commands import Commands
from scraper.cli.output import show_waiting
from scraper.storage.location import store_url

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what is there already.")
]

app = Commands(
    help="Back up, restore, move and upgrade the store.",
    no_args_is_help=True,
)


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    *,
    force: ForceOption = False,
    store: StoreOption = None,
) -> None:
    """Copy the store into one file, as it is at this moment; a crawl may go on."""
    from scraper.storage import back_up

    with show_waiting("backup"):
        size = back_up(store_url(store), file, force=force)
    output.note(f"tinsach: {file}: {size / 1e6:.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `store backup` made.")],
    *,
    force: ForceOption = False,
    store: StoreOption = None,
) -> None:
    """Put a copy in the place of the store; with --force also over one that is there."""
    from scraper.storage import restore as put_back

    with show_waiting("restore"):
        version = put_back(store_url(store), file, force=force)
    output.note(f"tinsach: restored from {file}, tables of version {version}")


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="URL or SQLite file.")],
    target: Annotated[
        str,
        typer.Argument(metavar="TO", help="URL or SQLite file: empty, or half a copy."),
    ],
) -> None:
    """Copy a store into another, of the same database or not, and compare the two.

    A copy that was broken off is gone on with.
    """
    from scraper.storage import copy_store

    with show_waiting("copy") as tell:
        counts = copy_store(
            store_url(source),
            store_url(target) or "",
            report=lambda table, rows: tell(f"copy: {table}: {rows:,} rows"),
        )
    for name, count in counts.items():
        output.note(f"tinsach: {name}: {count:,} rows")
    output.note("tinsach: the copy says what its source says")


def upgrade(*, store: StoreOption = None) -> None:
    """Bring the tables up to date; every other command does so too when it opens them."""
    from scraper.storage import upgrade as bring_up_to_date

    with show_waiting("upgrade"):
        before, after = bring_up_to_date(store_url(store))
    if before == after:
        output.note(f"tinsach: the tables are of version {after}, the newest")
    else:
        output.note(f"tinsach: upgraded from version {before} to {after}")


app.command("backup")(backup)
app.command("restore")(restore)
app.command("copy")(copy)
app.command("upgrade")(upgrade)
