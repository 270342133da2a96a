"""``tinsach model``: the site models of the store."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper import clock
from scraper.cli import output
from scraper.cli.app import Commands
from scraper.cli.arguments import (
    SAVED_PAGES,
    StoreOption,
    WorkersOption,
    existing_store,
    read_site,
)
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
        typer.Option(
            "-o",
            "--output",
            help="Write the model of one site to this JSON file instead of the store.",
        ),
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="Registrable domain; ignore other sites.")
    ] = None,
    store: StoreOption = None,
    workers: WorkersOption = None,
) -> None:
    """Learn one model per site from saved pages, and store it.

    A page that cannot be read is reported; the exit code is then 1.
    """
    from scraper.archive import iter_saved
    from scraper.workers import learn_sites

    wanted = read_site(site) if site else ""
    sources = [iter_saved(path) for path in inputs]
    failures: list[str] = []
    pages = _iter_pages(chain.from_iterable(sources), wanted, failures)
    with output.show_progress("learn") as report:
        learned = learn_sites(pages, workers=workers, progress=report)
    models = {n: m for n, m in learned.models.items() if wanted in {"", n}}
    if not models:
        raise ScraperError(
            f"no model{' of ' * bool(wanted)}{wanted} was learned: a site needs at least"
            " two articles among the pages"
        )
    _write(models, out) if out else _save_each(models, store)
    if failures:
        output.say(f"tinsach: {len(failures)} pages could not be read")
        raise typer.Exit(1)


def import_(
    file: Annotated[
        Path, typer.Argument(help="Model as printed by `tinsach model show`, or -.")
    ],
    *,
    store: StoreOption = None,
) -> None:
    """Store an edited model as a new version, and pin it."""
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
        f" `tinsach model unpin {model.site}` removes the pin"
    )


def _iter_pages(
    saved_pages: Iterable[SavedPage], wanted: str, failures: list[str]
) -> Iterator[Page]:
    """Yield the HTML pages of the site *wanted*, or of all sites if it is "".

    A page without a URL may be of any site. Pages that cannot be read are reported and
    added to *failures*.
    """
    for saved in saved_pages:
        if not saved.is_asked_for:
            continue
        if saved.page is None:
            failures.append(saved.error)
            output.say(f"tinsach: {saved.error}")
        elif not wanted or site_of(saved.page.url) in {"", wanted}:
            yield saved.page


def _write(models: Mapping[str, SiteModel], out: Path) -> None:
    if len(models) > 1:
        raise ConfigurationError(
            f"{out} can hold one model, but the pages are of {', '.join(models)}:"
            " choose one with --site"
        )
    (model,) = models.values()
    with output.open_output(out) as stream:
        stream.write(model.to_json().encode("utf-8", "replace"))


def _save_each(models: Mapping[str, SiteModel], store: str | None) -> None:
    from scraper.storage import open_store

    with open_store(store_url(store)) as opened:
        for site, model in models.items():
            known = "" if _save(opened, model) else ", already stored"
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
        raise ConfigurationError(f"{file} is not UTF-8 text, so not a model") from error


SiteArgument = Annotated[
    str,
    typer.Argument(metavar="SITE", help="Registrable domain, such as baotintuc.vn."),
]
_COLUMNS = ("site", "version", "pages", "created", "state")

app = Commands(
    help="Show, learn, pin, edit and remove site models.",
    no_args_is_help=True,
)


def list_models(
    site: Annotated[
        str | None, typer.Argument(metavar="SITE", help="Only versions of this site.")
    ] = None,
    *,
    store: StoreOption = None,
) -> None:
    """List the stored versions by site, newest first, and which one is in use.

    In a pipe: site, version, pages, created, state (pinned, current or -), tab-separated.
    """
    wanted = read_site(site) if site else None
    with existing_store(store) as opened:
        listed = opened.models.list_models(wanted)
    if not listed:
        of_site = f" of {wanted}" if wanted else ""
        output.note(
            f"tinsach: no model{of_site} is stored;"
            " `tinsach model learn PAGES` learns one from saved pages"
        )
    else:
        output.print_rows(_COLUMNS, map(_row, listed))


def show(
    site: SiteArgument,
    *,
    version: Annotated[
        str | None,
        typer.Option(help="Version or its first characters. Default: the one in use."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Print the model of a site as JSON, to read, or to edit and import."""
    named = read_site(site)
    with existing_store(store) as opened:
        full = opened.models.full_version(named, version) if version else None
        record = opened.models.load_model(named, full)
    if record is None:
        raise StorageError(_no_model_of(named))
    output.write_text(record.rstrip("\n") + "\n")


def pin(
    site: SiteArgument,
    version: Annotated[str, typer.Argument(help="Version or its first characters.")],
    *,
    store: StoreOption = None,
) -> None:
    """Keep a version in use, whatever is learned later."""
    named = read_site(site)
    with existing_store(store) as opened:
        full = opened.models.pin(named, version)
    output.note(
        f"{named}: {full} is pinned; `tinsach model unpin {named}` removes the pin"
    )


def unpin(site: SiteArgument, *, store: StoreOption = None) -> None:
    """Use the most recently saved version again."""
    named = read_site(site)
    with existing_store(store) as opened:
        was_pinned = opened.models.unpin(named)
        (current,) = (m for m in opened.models.list_models(named) if m.current)
    said = "no longer pinned" if was_pinned else "no version was pinned"
    output.note(f"{named}: {said}; {current.version} is in use")


def forget(site: SiteArgument, *, store: StoreOption = None) -> None:
    """Remove all versions of the model of a site, and their samples."""
    named = read_site(site)
    with existing_store(store) as opened:
        versions = len(opened.models.list_models(named))
        removed = opened.models.forget_models(named)
    if not removed:
        raise StorageError(_no_model_of(named))
    output.note(f"{named}: {versions} versions, {removed - versions} samples removed")


def _no_model_of(site: str) -> str:
    return f"no model of {site} is stored; `tinsach model list` lists the stored ones"


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
