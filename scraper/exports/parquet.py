"""Parquet: the fields of the JSON record as typed columns.

Times are UTC timestamps in microseconds; only the other formats keep the offset that the
site printed. Blocks and images are lists of structs, and so is ``extraction.dropped``
(rule, count), since not every reader supports maps. The metadata of the file holds
``schema_version``. Row groups of 500 articles are written as they arrive.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from scraper.errors import ConfigurationError
from scraper.exports import Format
from scraper.items import SCHEMA_VERSION
from scraper.schema import FIELDS, Type, in_utc, parts_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from scraper.items import Article

_ROW_GROUP = 500


def write(articles: Iterable[Article], out: BinaryIO) -> int:
    """Write *articles*; raises ConfigurationError if pyarrow is not installed."""
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
    fields = {name: _type(arrow, schema) for name, schema in FIELDS.items()}
    return arrow.schema(fields, metadata={"schema_version": str(SCHEMA_VERSION)})


def _type(arrow: Any, schema: Mapping[str, Any]) -> pa.DataType:  # noqa: ANN401
    """Return the type of a column or of a part of one with *schema*."""
    match type_of(schema):
        case Type.TEXTS:
            return arrow.list_(arrow.string())
        case Type.TIME:
            return arrow.timestamp("us", "UTC")
        case Type.FLAG:
            return arrow.bool_()
        case Type.INTEGER:
            return arrow.int64()
        case Type.NUMBER:
            return arrow.float64()
        case Type.COUNTS:
            count = {"rule": arrow.string(), "count": arrow.int64()}
            return arrow.list_(arrow.struct(count))
        case Type.RECORDS if "items" in schema:
            return arrow.list_(_type(arrow, schema["items"]))
        case Type.RECORDS:
            parts = parts_of(schema).items()
            return arrow.struct({name: _type(arrow, part) for name, part in parts})
        case _:
            return arrow.string()


def _row(article: Article) -> dict[str, Any]:
    record: dict[str, Any] = _clean(article.to_dict())
    for name, schema in FIELDS.items():
        if type_of(schema) is Type.TIME:
            record[name] = in_utc(getattr(article, name))
    dropped = record["extraction"]["dropped"].items()
    record["extraction"]["dropped"] = [{"rule": r, "count": n} for r, n in dropped]
    return record


def _clean(value: Any) -> Any:  # noqa: ANN401  a JSON value
    """Return *value* with "?" for unpaired surrogates, which pyarrow refuses."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list():
            return [_clean(part) for part in value]
        case dict():
            return {_clean(key): _clean(part) for key, part in value.items()}
        case _:
            return value


FORMAT = Format(
    name="parquet",
    extensions=(".parquet",),
    write=write,
    is_binary=True,
    require=load_arrow,
)
