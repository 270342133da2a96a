"""``tinsach store``: back it up, put a copy back, move it to another database, upgrade it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import StoreOption, store_url
from scraper.cli.progress import SECONDS_A_LINE

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what is there already.")
]

app = typer.Typer(
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

    size = back_up(store_url(store), file, force=force)
    output.say(f"tinsach: {file}: {size / 1e6:.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="A copy that `store backup` made.")],
    *,
    force: ForceOption = False,
    store: StoreOption = None,
) -> None:
    """Put a copy in the place of the store; with --force also over one that is there."""
    from scraper.storage import restore as put_back

    version = put_back(store_url(store), file, force=force)
    output.say(f"tinsach: restored from {file}, tables of version {version}")


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

    counts = copy_store(store_url(source), store_url(target) or "", report=Told())
    for name, count in counts.items():
        output.say(f"tinsach: {name}: {count:,} rows")
    output.say("tinsach: the copy says what its source says")


class Told:
    """Writes a line every few seconds: how much of a table is there."""

    def __init__(self) -> None:
        self._last = clock.monotonic()

    def __call__(self, table: str, rows: int) -> None:
        if clock.monotonic() - self._last >= SECONDS_A_LINE:
            self._last = clock.monotonic()
            output.say(f"tinsach: {table}: {rows:,} rows so far")


def upgrade(*, store: StoreOption = None) -> None:
    """Bring the tables up to date; every other command does so too when it opens them."""
    from scraper.storage import upgrade as bring_up_to_date

    before, after = bring_up_to_date(store_url(store))
    if before == after:
        output.say(f"tinsach: the tables are of version {after}, the newest")
    else:
        output.say(f"tinsach: upgraded from version {before} to {after}")


app.command("backup")(backup)
app.command("restore")(restore)
app.command("copy")(copy)
app.command("upgrade")(upgrade)
