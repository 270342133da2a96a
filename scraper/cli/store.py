"""``tinsach store``: copy the store, put a copy back, upgrade its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import StoreOption, store_url

ForceOption = Annotated[
    bool, typer.Option("--force", help="Replace what is there already.")
]

app = typer.Typer(
    help="Back up, restore and upgrade the store.",
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
app.command("upgrade")(upgrade)
