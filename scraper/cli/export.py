"""``tinsach export``: articles of the store in one of the formats."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scraper.cli import output
from scraper.cli.arguments import StoreOption, query_of, store_url
from scraper.cli.files import open_output
from scraper.cli.progress import show_count
from scraper.errors import ConfigurationError


class ExportFormat(StrEnum):
    JSONL = "jsonl"
    CSV = "csv"
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    PARQUET = "parquet"


_BY_SUFFIX = {
    ".jsonl": ExportFormat.JSONL,
    ".csv": ExportFormat.CSV,
    ".md": ExportFormat.MARKDOWN,
    ".txt": ExportFormat.TEXT,
    ".html": ExportFormat.HTML,
    ".parquet": ExportFormat.PARQUET,
}


def export(  # noqa: PLR0913  each is an option of its own
    *,
    format_: Annotated[
        ExportFormat | None,
        typer.Option(
            "--format", "-f", help="Default: by the ending of the file, else jsonl."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="File; default standard output."),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help='First day, or "7d", "12h" ago.')
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="Last day, to its end.")
    ] = None,
    site: Annotated[
        str | None, typer.Option(help="Registrable domain, such as baotintuc.vn.")
    ] = None,
    section: Annotated[
        str | None, typer.Option(help="Section, marks and case do not count.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, help="At most so many.")] = None,
    no_near_duplicates: Annotated[
        bool,
        typer.Option(
            "--no-near-duplicates",
            help="Of near-duplicates only the one published first.",
        ),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Write stored articles, newest first."""
    from scraper.exports import EXPORTERS
    from scraper.storage import open_store

    chosen = _choose_format(format_, out)
    span = query_of(since, until, site=site)
    query = replace(span, section=section, limit=limit, heads=no_near_duplicates)
    with open_store(store_url(store), create=False) as opened:
        articles = opened.iter_articles(query)
        with open_output(out) as stream, show_count("export") as counted:
            count = EXPORTERS[chosen](counted(articles), stream)
    if out is not None or not count:
        output.note(f"exported {count} articles" + (f" to {out}" if out else ""))


def _choose_format(given: ExportFormat | None, out: Path | None) -> ExportFormat:
    suffix = out.suffix.lower() if out else ""
    chosen = given or _BY_SUFFIX.get(suffix, ExportFormat.JSONL)
    if chosen is ExportFormat.PARQUET and out is None and sys.stdout.isatty():
        raise ConfigurationError("parquet is no text for a terminal: add -o FILE")
    return chosen
