"""Extraction of archive files (shards) into Parquet, by site and day.

Under the folder *out*, ``site=SITE/day=YYYY-MM-DD/SHARD-N.parquet`` holds articles by the
schema of :mod:`scraper.exports.parquet`, and ``_shards/SHARD.json`` says that the shard is
done. The names depend only on the shard, so that an interrupted one is overwritten.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import logging
import re
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

from scraper.archive import iter_archive
from scraper.errors import ConfigurationError, ExtractionError
from scraper.exports import FORMATS
from scraper.fleet import connected_to_ray
from scraper.workers import ReaderPool
from scraper.workers.reader import stored_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from scraper.archive import SavedPage
    from scraper.items import Article, Page
    from scraper.sitemodel import SiteModel

    ModelOf = Callable[[Page], SiteModel | None]


_WARC = re.compile(r"(?i)\.warc(\.gz|\.zst|\.lz4)?$")
_GZIP = b"\x1f\x8b"
_LIST = re.compile(r"(?i)\.(paths|txt)(\.gz)?$")


def iter_shards(inputs: Iterable[str]) -> Iterator[str]:
    """Yield the WARC files that *inputs* name, without duplicates.

    An input is a WARC file, a folder of them, or a list (``.paths``, ``.txt``, also
    ``.gz``) with one path per line, relative to the list or, as in lists of Common Crawl,
    to the root of its bucket. Raises ConfigurationError for anything else.
    """
    seen: set[str] = set()
    for given in inputs:
        for shard in _expand(given):
            if shard not in seen:
                seen.add(shard)
                yield shard


def opened(place: str) -> tuple[Any, str]:
    """Return the file system of *place*, a path or a URI, and the path within it."""
    from pyarrow import fs

    if "://" in place:
        found: tuple[Any, str] = fs.FileSystem.from_uri(place)
        return found
    return fs.LocalFileSystem(), str(Path(place).absolute())


def _expand(given: str) -> Iterator[str]:
    name = urlsplit(given).path if "://" in given else given
    if _LIST.search(name):
        yield from _listed(given)
    elif _WARC.search(name):
        yield _there(given)
    else:
        yield from _below(given)


def _there(given: str) -> str:
    system, path = opened(given)
    if not system.get_file_info(path).is_file:
        raise ConfigurationError(f"{given}: no such file")
    return given if "://" in given else path


def _below(given: str) -> Iterator[str]:
    from pyarrow import fs

    system, path = opened(given)
    if system.get_file_info(path).type is not fs.FileType.Directory:
        raise ConfigurationError(
            f"{given}: not a WARC file, a folder of them, or a list (.paths, .txt)"
        )
    parts = urlsplit(given) if "://" in given else None
    selector = fs.FileSelector(path, recursive=True)
    for info in sorted(system.get_file_info(selector), key=lambda each: each.path):
        if info.is_file and _WARC.search(info.path):
            yield info.path if parts is None else _uri(parts, info.path)


def _listed(given: str) -> Iterator[str]:
    system, path = opened(given)
    try:
        with system.open_input_stream(path, compression=None) as file:
            body: bytes = file.read()
        body = gzip.decompress(body) if body.startswith(_GZIP) else body
    except (OSError, EOFError) as error:
        raise ConfigurationError(f"{given}: {error}") from error
    for line in body.decode("utf-8", "replace").split("\n"):
        if name := line.strip():
            yield name if "://" in name else _beside(given, name)


def _beside(given: str, name: str) -> str:
    """Return the path of *name* in the list *given*: beside the list, or in its bucket."""
    parts = urlsplit(given)
    if parts.scheme:
        return _uri(parts, f"{parts.netloc}/{name.lstrip('/')}")
    return str(Path(given).absolute().parent / name)


def _uri(of: SplitResult, path: str) -> str:
    """Return the URI of *path* in the file system of *of*, with the same options."""
    return f"{of.scheme}://{path}{'?' if of.query else ''}{of.query}"


_MOST = 5_000
"""Articles in memory before they are written."""
_AHEAD = 1 << 20
"""Bytes of one read, since each may be a request to another machine."""
_UNDATED = "unknown"
_DONE = "_shards"
_OK = 200


@dataclass(frozen=True, slots=True)
class Job:
    """One shard to extract into *out* with the models of *store*, if any."""

    shard: str
    out: str
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The result of a shard. *fast* counts articles read with a model.

    *error* says where the file is damaged; *is_new* is False if it was done earlier.
    """

    shard: str
    pages: int = 0
    articles: int = 0
    fast: int = 0
    failed: int = 0
    files: int = 0
    error: str = ""
    is_new: bool = True


def iter_extracted(jobs: Iterable[Job], *, workers: int | None) -> Iterator[Extracted]:
    """Extract the shards of *jobs* in order on this machine, with *workers* processes."""
    with ReaderPool(workers=workers) as pool:
        for job in jobs:
            yield extract(job, pool)


def iter_extracted_on_ray(
    jobs: Sequence[Job], *, address: str | None, workers: int | None
) -> Iterator[Extracted]:
    """Extract the shards of *jobs*, each a block of a Ray dataset; yield the results.

    *address* is as for :func:`scraper.fleet.connected_to_ray`; *workers* limits how many
    shards are read at a time. A shard is read again if its worker or machine dies.
    """
    with connected_to_ray(address):
        import ray.data as datasets

        datasets.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        rows = datasets.from_items(
            [asdict(job) for job in jobs], override_num_blocks=len(jobs)
        )
        tasks = datasets.TaskPoolStrategy(size=workers)
        for row in rows.map(_extract_row, num_cpus=1, compute=tasks).iter_rows():
            yield Extracted(**row)


def _extract_row(row: dict[str, Any]) -> dict[str, Any]:
    return asdict(extract(Job(**row), _pool()))


@cache
def _pool() -> ReaderPool:
    """Return the reader of this Ray process, in a worker that may hang or die."""
    return ReaderPool(workers=1)


def extract(job: Job, pool: ReaderPool) -> Extracted:
    """Extract a shard, unless it was done earlier, and return the result.

    A damaged shard gives what can be read of it. It is not marked as done, so that the
    next run tries again.
    """
    system, out = opened(job.out)
    name = hashlib.sha256(job.shard.encode()).hexdigest()[:12]
    mark = f"{out}/{_DONE}/{name}.json"
    if system.get_file_info(mark).is_file:
        with system.open_input_stream(mark) as file:
            return Extracted(**json.loads(file.read()) | {"is_new": False})
    parts = _Parts(system, out, name)
    counts: Counter[str] = Counter()
    errors: list[str] = []
    pages = _iter_pages(job.shard, counts, errors)
    for _, outcome in pool.read_all(pages, model_of=_model_of(job.store)):
        if isinstance(outcome, ExtractionError):
            counts["failed"] += outcome.harmful
        elif not outcome.fault:
            counts["articles"] += 1
            counts["fast"] += outcome.extraction.method == "fast"
            parts.add(outcome)
    parts.flush()
    found = Extracted(
        job.shard,
        counts["pages"],
        counts["articles"],
        counts["fast"],
        counts["failed"],
        parts.written,
        "; ".join(errors),
    )
    if not errors:
        with parts.whole(mark) as file:
            file.write(json.dumps(asdict(found)).encode())
    return found


def _iter_pages(shard: str, counts: Counter[str], errors: list[str]) -> Iterator[Page]:
    """Yield the pages of *shard* that were served as HTML with status 200."""
    for saved in _iter_saved(shard, errors):
        if saved.page is None:
            if saved.url:
                counts["failed"] += 1
            else:
                errors.append(saved.error)
        elif saved.page.status == _OK and "html" in (saved.page.content_type or "html"):
            counts["pages"] += 1
            yield saved.page


def _iter_saved(shard: str, errors: list[str]) -> Iterator[SavedPage]:
    try:
        system, path = opened(shard)
        with system.open_input_file(path) as file:
            yield from iter_archive(Path(path), io.BufferedReader(file, _AHEAD))
    except (OSError, ValueError) as error:
        errors.append(f"{shard}: {error}")


class _Parts:
    """Collects articles and writes them to files by site and day."""

    def __init__(self, system: Any, out: str, name: str) -> None:  # noqa: ANN401  pyarrow has no types
        self._system = system
        self._out = out
        self._name = name
        self._held: dict[str, list[Article]] = defaultdict(list)
        self._count = 0
        self._round = 0
        self.written = 0

    def add(self, article: Article) -> None:
        day = article.published_at
        partition = f"site={article.site}/day={f'{day:%Y-%m-%d}' if day else _UNDATED}"
        self._held[partition].append(article)
        self._count += 1
        if self._count == _MOST:
            self.flush()

    def flush(self) -> None:
        for partition, articles in self._held.items():
            path = f"{self._out}/{partition}/{self._name}-{self._round}.parquet"
            with self.whole(path) as file:
                FORMATS["parquet"].write(articles, file)
        self.written += len(self._held)
        self._held.clear()
        self._count, self._round = 0, self._round + 1

    @contextmanager
    def whole(self, path: str) -> Iterator[BinaryIO]:
        """Yield a file that appears at *path* when the block ends without an error."""
        self._system.create_dir(path.rpartition("/")[0], recursive=True)
        with self._system.open_output_stream(f"{path}.part") as file:
            yield file
        self._system.move(f"{path}.part", path)


_models = cache(stored_models)
"""Cached, since a Ray process reads many shards with the same store."""


def _model_of(store: str | None) -> ModelOf:
    return _models(store) if store else lambda _: None
