"""Parquet, for columns: the fields of the JSON record, typed.

Times are UTC timestamps in microseconds (the offset that the site printed is in the
other formats), lists are lists, blocks and images lists of structs, and so is
``extraction.dropped`` (rule, count), since not every reader knows maps. ``schema_version`` is in the file's metadata. Row
groups of 500 articles are written as they come.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.errors import ConfigurationError
from scraper.items import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from scraper.items import Article

_ROW_GROUP = 500
_TEXTS = (
    "id",
    "url",
    "canonical_url",
    "site",
    "kind",
    "title",
    "lead",
    "lead_source",
    "text",
    "byline",
    "agency",
    "published_source",
    "modified_source",
    "section",
    "language",
    "content_fingerprint",
    "archive",
)
_LISTS = ("captions", "authors", "breadcrumbs", "tags")
_TIMES = ("published_at", "modified_at", "fetched_at", "gone_at")


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    """Write *articles*; raises ConfigurationError where pyarrow is not installed."""
    arrow, parquet = load_arrow()
    schema, count, coming = _schema(arrow), 0, iter(articles)
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        while rows := [_row(article) for article in islice(coming, _ROW_GROUP)]:
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def load_arrow() -> tuple[Any, Any]:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise ConfigurationError(
            "Parquet needs pyarrow, which is not installed:"
            " pip install 'tinsach[parquet]'"
        ) from None
    return arrow, parquet


def _schema(arrow: Any) -> pa.Schema:  # noqa: ANN401  the lazily imported module
    text, number = arrow.string(), arrow.int64()
    block = arrow.struct({"kind": text, "text": text, "time": text})
    image = arrow.struct(
        {"url": text, "caption": text, "credit": text, "position": number}
    )
    extraction = {
        "method": text,
        "model_version": text,
        "confidence": arrow.float64(),
        "kept": number,
        "dropped": arrow.list_(arrow.struct({"rule": text, "count": number})),
        "model_limited": text,
        "not_fast": text,
        "audit": text,
        "agreement": arrow.float64(),
        "parts": arrow.int32(),
        "doubt": text,
        "date_doubt": text,
    }
    fields = (
        dict.fromkeys(_TEXTS, text)
        | dict.fromkeys(_LISTS, arrow.list_(text))
        | dict.fromkeys(_TIMES, arrow.timestamp("us", "UTC"))
        | {"blocks": arrow.list_(block), "images": arrow.list_(image)}
        | {"paywalled": arrow.bool_(), "revision": number}
        | {"extraction": arrow.struct(extraction)}
    )
    return arrow.schema(fields, metadata={"schema_version": str(SCHEMA_VERSION)})


def _row(article: Article) -> dict[str, Any]:
    record: dict[str, Any] = _clean(article.to_dict())
    for name in _TIMES:
        record[name] = _utc(getattr(article, name))
    dropped = record["extraction"]["dropped"].items()
    record["extraction"]["dropped"] = [{"rule": r, "count": n} for r, n in dropped]
    return record


def _clean(value: Any) -> Any:  # noqa: ANN401  a JSON value
    """Return *value* with half a surrogate pair, which pyarrow refuses, as "?"."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [_clean(part) for part in value]
        case dict():
            return {_clean(key): _clean(part) for key, part in value.items()}
        case _:
            return value


def _utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)
