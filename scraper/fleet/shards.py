"""Archives in shards: WARC files, folders of them, lists as Common Crawl has them, s3://."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WARC = re.compile(r"(?i)\.warc(\.gz|\.zst|\.lz4)?$")
_GZIP = b"\x1f\x8b"
_LIST = re.compile(r"(?i)\.(paths|txt)(\.gz)?$")


def iter_shards(inputs: Iterable[str]) -> Iterator[str]:
    """Yield the WARC files that *inputs* name, each once, folders and lists in their order.

    A list (``.paths``, ``.txt``, also ``.gz``) has one a line, relative to itself, or, as
    in Common Crawl's, to the root of its bucket where it lies in one. Raises
    ConfigurationError for what is none of these, or not there.
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
            f"{given}: no WARC file, no folder of some and no list (.paths, .txt)"
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
    """Return what *name* in the list *given* is: beside the list, or in its bucket."""
    parts = urlsplit(given)
    if parts.scheme:
        return _uri(parts, f"{parts.netloc}/{name.lstrip('/')}")
    return str(Path(given).absolute().parent / name)


def _uri(of: SplitResult, path: str) -> str:
    """Return the URI of *path* in the file system of another one, whose options it keeps."""
    return f"{of.scheme}://{path}{'?' if of.query else ''}{of.query}"
