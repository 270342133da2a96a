"""One page gives one record, whichever entry point reads it.

What is fetched over HTTP is compared in tests/crawl/test_entry_points.py.
"""

from __future__ import annotations

import gzip
import json
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

import scraper
from scraper.archive import ArchiveWriter, Capture
from scraper.items import Page
from scraper.storage import Address
from tests.unit.cli.kit import start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KNOWN_TO_ONE = frozenset({"id", "fetched_at"})
"""Fields that an entry point may know more of: a file has a name, which is the id of its
record, and a WARC file says when a page was fetched."""
SETS = ("aed", "fundus-tests", "postlight", "turing", "vn2", "wcxb")
FETCHED = datetime(2026, 11, 28, tzinfo=UTC)
HEADERS = (("Content-Type", "text/html"),)
SMALL = 120_000
"""Bytes of a page that is read in less than 0.1 s."""
LONGEST = 600


def record_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in fields if name not in KNOWN_TO_ONE}


def differing(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the values of the fields in which two records differ."""
    names = {*one, *other}
    pairs = {name: (one.get(name), other.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def iter_gold(folder: Path) -> Iterator[Page]:
    """Yield the gold pages of *folder* that declare a URL, with that one."""
    for packed in sorted((folder / "pages").glob("*.html.gz")):
        page = Page("", gzip.decompress(packed.read_bytes()))
        if page.url:
            yield page


def extract_by_command(*arguments: object, given: bytes) -> list[dict[str, Any]]:
    pipes = {"stdin": subprocess.PIPE}
    with start("extract", "--model", "none", *arguments, **pipes) as child:
        out, _ = child.communicate(given, timeout=LONGEST)
    assert child.returncode == 0
    return [record_of(json.loads(line)) for line in out.decode().splitlines()]


def write_files(folder: Path, pages: list[Page]) -> Path:
    """Write *pages* as files whose order by name is that of *pages*."""
    folder.mkdir()
    for number, page in enumerate(pages):
        (folder / f"{number:03}.html").write_bytes(page.body)
    return folder


def write_manifest(path: Path, files: Path, count: int) -> Path:
    """List the first *count* of *files* by their paths alone."""
    rows = ({"path": str(files / f"{n:03}.html")} for n in range(count))
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def write_archive(folder: Path, pages: list[Page]) -> Path:
    writer = ArchiveWriter(folder)
    for page in pages:
        fetched = replace(page, fetched_at=FETCHED)
        writer.write(Capture(fetched, Address(page.url), answered=HEADERS))
    (path,) = folder.glob("*.warc.gz")
    return path


def check_entry_points(tmp_path: Path, pages: list[Page], again: int) -> None:
    """Assert that Python reads *pages* as the command does from files.

    The first *again* are read from a manifest and a WARC file as well, the first one
    from standard input.
    """
    files = write_files(tmp_path / "files", pages)
    manifest = write_manifest(tmp_path / "pages.jsonl", files, again)
    archive = write_archive(tmp_path / "warc", pages[:again])
    inputs = (files, manifest, archive, "-")
    found = extract_by_command(*inputs, given=pages[0].body)
    expected = [record_of(scraper.extract(page.body).to_dict()) for page in pages]
    wanted = [*expected, *expected[:again], *expected[:again], expected[0]]
    for got, record in zip(found, wanted, strict=True):
        assert differing(got, record) == {}, record["url"]


def test_a_sample_of_gold_pages_reads_the_same_everywhere(shared_data, tmp_path):
    sample = []
    for name in SETS:
        small = (p for p in iter_gold(shared_data / name) if len(p.body) < SMALL)
        sample += islice(small, 4)
    assert len(sample) == 4 * len(SETS)
    check_entry_points(tmp_path, sample, again=3)


@pytest.mark.slow(first=True)
def test_every_page_of_aed_reads_the_same_everywhere(shared_data, tmp_path):
    pages = [*iter_gold(shared_data / "aed")]
    assert len(pages) > 200
    check_entry_points(tmp_path, pages, again=len(pages))
