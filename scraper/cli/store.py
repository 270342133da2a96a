"""``tinsach store``: backs up, restores, copies and upgrades the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import output
from scraper.cli.app import Commands
from scraper.cli.arguments import StoreOption
from scraper.storage.location import store_url

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace an existing file or store.")
]

app = Commands(
    help="Back up, restore, copy and upgrade the store.",
    no_args_is_help=True,
)


def backup(
    file: Annotated[Path, typer.Argument(help="File to write.")],
    *,
    force: ForceOption = False,
    store: StoreOption = None,
) -> None:
    """Copy the current state of the store into one file; a crawl may be running."""
    from scraper.storage import back_up

    with output.show_waiting("backup"):
        size = back_up(store_url(store), file, force=force)
    output.note(f"tinsach: {file}: {size / 1e6:.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="File made by `tinsach store backup`.")],
    *,
    force: ForceOption = False,
    store: StoreOption = None,
) -> None:
    """Replace a missing store by a backup; with --force, also an existing one."""
    from scraper.storage import restore as put_back

    with output.show_waiting("restore"):
        version = put_back(store_url(store), file, force=force)
    output.note(f"tinsach: restored from {file}, tables of version {version}")


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="URL or SQLite file.")],
    target: Annotated[
        str,
        typer.Argument(
            metavar="TO", help="URL or SQLite file: empty, or an incomplete copy."
        ),
    ],
) -> None:
    """Copy a store into another database or file, and compare the two.

    An interrupted copy is resumed.
    """
    from scraper.storage import copy_store

    with output.show_waiting("copy") as update:
        counts = copy_store(
            store_url(source),
            store_url(target) or "",
            report=lambda table, rows: update(f"copy: {table}: {rows:,} rows"),
        )
    for name, count in counts.items():
        output.note(f"tinsach: {name}: {count:,} rows")
    output.note("tinsach: the copy equals its source")


def upgrade(*, store: StoreOption = None) -> None:
    """Migrate the tables to the current version, as every other command does too."""
    from scraper.storage import upgrade as bring_up_to_date

    with output.show_waiting("upgrade"):
        before, after = bring_up_to_date(store_url(store))
    if before == after:
        output.note(f"tinsach: the tables have the current version, {after}")
    else:
        output.note(f"tinsach: upgraded from version {before} to {after}")


app.command("backup")(backup)
app.command("restore")(restore)
app.command("copy")(copy)
app.command("upgrade")(upgrade)
