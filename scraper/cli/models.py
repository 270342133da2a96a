"""Which site model a command reads pages by: ``--model auto|none|stored|FILE``."""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scraper.cli.output import show_progress
from scraper.errors import ConfigurationError
from scraper.storage.location import store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.items import Page
    from scraper.sitemodel import SiteModel

    ModelOf = Callable[[Page], SiteModel | None]

ModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="auto|none|stored|FILE",
        help="Site models: learned from the pages given (they are read twice), none "
        "(each page alone), the store's, or a file of one.",
    ),
]
OneModelOption = Annotated[
    str,
    typer.Option(
        "--model",
        metavar="stored|none|FILE",
        help="Site model: the store's for this site, none, or a file.",
    ),
]


def model_chooser(
    choice: str,
    *,
    inputs: Sequence[Path] = (),
    store: str | None = None,
    workers: int | None = None,
) -> ModelOf:
    """Return a function from a page to the model that it is read by, None for none.

    Raises ConfigurationError where *choice* is no choice and no model's file.
    """
    match choice:
        case "none":
            return lambda _: None
        case "auto" if inputs:
            return _learned(inputs, workers)
        case "stored":
            from scraper.workers.models import stored_models

            return stored_models(store_url(store))
        case _:
            return _from_file(Path(choice))


def _learned(inputs: Sequence[Path], workers: int | None) -> ModelOf:
    pages = _iter_pages(path for path in inputs if _can_be_read_twice(path))
    first = list(islice(pages, 2))
    if len(first) < 2:  # noqa: PLR2004  a lone page shares nothing with others
        return lambda _: None
    from scraper.workers import learn_sites

    with show_progress("learn") as report:
        read = chain(first, pages)
        return learn_sites(read, workers=workers, progress=report).model_of


def _can_be_read_twice(path: Path) -> bool:
    return str(path) != "-" and (path.is_file() or path.is_dir())


def _iter_pages(paths: Iterable[Path]) -> Iterator[Page]:
    from scraper.archive import iter_saved

    for path in paths:
        for saved in iter_saved(path):
            if saved.page is not None and saved.is_asked_for:
                yield saved.page


def _from_file(path: Path) -> ModelOf:
    from scraper.sitemodel import SiteModel

    try:
        model = SiteModel.from_json(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"--model {path}: neither none nor stored, and no file that can be"
            f" read ({error.strerror or error})"
        ) from error
    except ConfigurationError as error:
        raise ConfigurationError(f"--model {path}: {error}") from error
    return lambda page: model if model.covers(page.url) else None
