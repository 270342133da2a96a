"""``tinsach model learn`` and ``import``: the two ways a model comes into the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import SAVED_PAGES, StoreOption, WorkersOption, read_site
from scraper.cli.extract import Tally, left_in
from scraper.cli.files import open_output
from scraper.cli.progress import show_progress
from scraper.errors import ConfigurationError, ScraperError
from scraper.storage.location import store_url
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.items import Page
    from scraper.saved import SavedPage
    from scraper.sitemodel import SiteModel
    from scraper.storage import Store


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
    from scraper.saved import iter_saved
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
