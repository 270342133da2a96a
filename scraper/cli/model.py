"""``tinsach model``: the learned site models of the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.arguments import (
    SAVED_PAGES,
    StoreOption,
    WorkersOption,
    open_output,
    read_site,
)
from scraper.cli.commands import Commands
from scraper.cli.extract import Tally, left_in
from scraper.cli.output import show_progress
from scraper.errors import ConfigurationError, ScraperError, StorageError
from scraper.storage.location import store_url
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.archive import SavedPage
    from scraper.items import Page
    from scraper.sitemodel import SiteModel
    from scraper.storage import Store, StoredModel


def learn(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="PAGES", help=SAVED_PAGES),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="JSON file of one site, not the store."),
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="Registrable domain; other sites are left out.")
    ] = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
) -> None:
    """Learn one model a site from saved pages, into the store.

    A page that cannot be read is told, and makes the exit code 1; the rest is learned.
    """
    from scraper.archive import iter_saved
    from scraper.workers import learn_sites

    wanted = read_site(site) if site else ""
    sources = [iter_saved(path) for path in inputs]
    tally = Tally()
    pages = _iter_pages((page for source in sources for page in source), wanted, tally)
    with show_progress("learn") as report:
        learned = learn_sites(pages, workers=workers, progress=report)
    models = {n: m for n, m in learned.models.items() if wanted in {"", n}}
    if not models:
        raise ScraperError(
            f"no model{' of ' * bool(wanted)}{wanted} was learned: a site needs two"
            " articles or more among the pages"
        )
    _write(models, out) if out else _save_each(models, store)
    if tally.failed:
        output.say(f"tinsach: {tally.failed} pages could not be read")
        raise typer.Exit(1)


def import_(
    file: Annotated[
        Path, typer.Argument(help="Model as `tinsach model show` prints it, or -.")
    ],
    *,
    store: StoreOption = None,
) -> None:
    """Store an edited model as a version of its own, and pin it."""
    from scraper.sitemodel import SiteModel
    from scraper.storage import open_store

    text = _read_text(file)
    try:
        model = SiteModel.from_json(text)
    except ConfigurationError as error:
        raise ConfigurationError(f"{file}: {error}") from error
    with open_store(store_url(store)) as opened:
        _save(opened, model)
        opened.models.pin(model.site, model.version)
    output.note(
        f"{model.site}: {model.version} is stored and pinned;"
        f" `tinsach model unpin {model.site}` takes the pin out"
    )


def _iter_pages(
    saved_pages: Iterable[SavedPage], wanted: str, tally: Tally
) -> Iterator[Page]:
    """Yield the HTML pages of the site *wanted* ("" for all); count and tell the rest.

    A page without an address may be of any site.
    """
    for saved in left_in(saved_pages, tally):
        if saved.page is None:
            tally.failed += 1
            output.say(f"tinsach: {saved.error}")
        elif not wanted or site_of(saved.page.url) in {"", wanted}:
            yield saved.page


def _write(models: Mapping[str, SiteModel], out: Path) -> None:
    if len(models) > 1:
        raise ConfigurationError(
            f"{out} holds one model, and the pages are of {', '.join(models)}:"
            " choose one with --site"
        )
    (model,) = models.values()
    with open_output(out) as stream:
        stream.write(model.to_json().encode("utf-8", "replace"))


def _save_each(models: Mapping[str, SiteModel], store: str | None) -> None:
    from scraper.storage import open_store

    with open_store(store_url(store)) as opened:
        for site, model in models.items():
            known = "" if _save(opened, model) else ", stored already"
            (current,) = (m for m in opened.models.list_models(site) if m.current)
            pinned = f"; {current.version} is pinned and stays in use"
            rest = pinned if current.version != model.version else ""
            output.note(
                f"{site}: {model.version} from {model.pages} pages{known}{rest}"
            )


def _save(store: Store, model: SiteModel) -> bool:
    return store.models.save_model(
        model.site, model.version, model.to_json(), pages=model.pages
    )


def _read_text(file: Path) -> str:
    try:
        body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return body.decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror or error}"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is no UTF-8 text, no model") from error


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
app.command("learn")(learn)
app.command("pin")(pin)
app.command("unpin")(unpin)
app.command("import")(import_)
app.command("forget")(forget)
