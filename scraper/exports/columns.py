"""The columns of CSV, Parquet and SQLite: fields of the published schema with types."""

from __future__ import annotations

from datetime import UTC
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from scraper.schema import article_schema

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    Schema = Mapping[str, Any]


class Type(Enum):
    """The type of a column. RECORDS are objects or lists of them, COUNTS numbers by name."""

    TEXT = auto()
    TEXTS = auto()
    TIME = auto()
    FLAG = auto()
    INTEGER = auto()
    NUMBER = auto()
    RECORDS = auto()
    COUNTS = auto()


def type_of(schema: Schema) -> Type:
    """Return the type of a value that *schema*, a JSON Schema, describes."""
    named = schema.get(
        "type", "string"
    )  # an enumeration has no type; its values are strings
    name = named if isinstance(named, str) else named[0]
    if name == "array":
        return Type.TEXTS if schema["items"] == {"type": "string"} else Type.RECORDS
    if name == "object":
        return Type.RECORDS if "properties" in schema else Type.COUNTS
    if schema.get("format") == "date-time":
        return Type.TIME
    return _SCALARS[name]


_SCALARS = {
    "string": Type.TEXT,
    "boolean": Type.FLAG,
    "integer": Type.INTEGER,
    "number": Type.NUMBER,
}


def parts_of(schema: Schema) -> dict[str, Schema]:
    """Return the schemas of the required properties of *schema*, by name."""
    return {name: schema["properties"][name] for name in schema["required"]}


FIELDS: Mapping[str, Schema] = MappingProxyType(
    {n: s for n, s in parts_of(article_schema()).items() if n != "schema_version"}
)
"""The schemas of the columns of Parquet, by field."""
FLAT: Mapping[str, Type] = MappingProxyType(
    {
        name: type_of(schema)
        for name, schema in FIELDS.items()
        if type_of(schema) is not Type.RECORDS
    }
    | {"confidence": Type.NUMBER}
)
"""The columns of CSV and SQLite: the fields that fit a cell, and the confidence."""
OMITTED = frozenset(article_schema()["properties"]) - FLAT.keys()
"""Fields of the record that are not such columns."""


def flatten(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of *record* with the confidence of its extraction added."""
    confidence = record.get("extraction", {}).get("confidence")
    return {**record, "confidence": confidence}


def in_utc(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(UTC)
