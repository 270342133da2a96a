"""The JSON Schemas (2020-12) of published records, and the columns of tables of articles.

``python -m scraper.schema docs/schema`` writes them as files.
"""

from __future__ import annotations

import json
import sys
from dataclasses import Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin, get_type_hints

from scraper.items import SCHEMA_VERSION, Article, Block

if TYPE_CHECKING:
    from collections.abc import Mapping


Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_POSITION: Schema = {"type": "integer", "minimum": 0}


def article_schema() -> Schema:
    """Return the schema of :meth:`Article.to_dict`, derived from the fields of Article.

    Its ``$id`` has the version that records state. Fields that a record has only on request
    are described, and not required.
    """
    properties: Schema = {
        "schema_version": {"const": SCHEMA_VERSION},
        "id": {"type": "string", "minLength": 1},
    }
    for name, schema in _properties(Article).items():
        properties[name] = schema
        if name == "lead_links":
            captions = {"type": "array", "items": _TEXT}
            properties |= {"text": _TEXT, "captions": captions}
    del properties["ledger"]
    images = properties["images"]
    block = _object("links", "images", **_properties(Block), images=images)
    properties["blocks"] = {"type": "array", "items": block}
    return _schema("Article", properties, "lead_links")


def chunk_schema() -> Schema:
    """Return the schema of a line of ``tinsach export --chunks``."""
    article = article_schema()["properties"]
    properties: Schema = {
        "schema_version": {"const": SCHEMA_VERSION},
        "id": {"type": "string", "pattern": "^[0-9a-f]{16}-[0-9]+$"},
        "article_id": article["id"],
        "revision": article["revision"],
        "position": _POSITION,
        "chunks": {"type": "integer", "minimum": 1},
        "url": article["url"],
        "title": article["title"],
        "published_at": article["published_at"],
        "gone_at": article["gone_at"],
        "site": article["site"],
        "section": article["section"],
        "language": article["language"],
        "kind": article["kind"],
        "heading": _TEXT,
        "start": _POSITION,
        "text": {"type": "string", "minLength": 1},
    }
    return _schema("Chunk", properties)


def write_schemas(folder: Path) -> None:
    """Write each schema into *folder*, as ``article.schema.json`` and so on."""
    for name, schema in (("article", article_schema()), ("chunk", chunk_schema())):
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.schema.json").write_text(text, "utf-8")


def _schema(title: str, properties: Schema, *optional: str) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tinsach:{title.lower()}:{SCHEMA_VERSION}",
        "title": title,
        **_object(*optional, **properties),
    }


def _properties(record: type) -> Schema:
    """Return the schemas of the fields of *record*, a dataclass."""
    types = get_type_hints(record)
    return {each.name: _of_field(types[each.name], each) for each in fields(record)}


def _of_field(kind: Any, described: Field[Any]) -> Schema:  # noqa: ANN401  a type
    stated = described.metadata.get("schema", {})
    return dict(stated) if "enum" in stated else _of_type(kind) | stated


def _of_type(kind: Any) -> Schema:  # noqa: ANN401  a type
    """Return the schema of a value of the type *kind* in JSON."""
    if is_dataclass(kind):
        return _object(**_properties(cast("type", kind)))
    if kind in _PLAIN:
        return _PLAIN[kind]
    if get_origin(kind) is tuple:
        return {"type": "array", "items": _of_type(get_args(kind)[0])}
    if get_origin(kind) is dict:
        return {"type": "object", "additionalProperties": _of_type(get_args(kind)[1])}
    return {"enum": [each.value for each in kind]}


def _object(*optional: str, **properties: Any) -> Schema:  # noqa: ANN401  JSON values
    """Return the schema of an object whose *properties* but the *optional* are required."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


_PLAIN: dict[Any, Schema] = {
    str: _TEXT,
    bool: {"type": "boolean"},
    int: _POSITION,
    float: {"type": "number"},
    float | None: {"type": ["number", "null"]},
    datetime | None: {"type": ["string", "null"], "format": "date-time"},
}
"""No number of a record is negative."""


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


def type_of(schema: Mapping[str, Any]) -> Type:
    """Return the type of a value that *schema*, a JSON Schema, describes."""
    # An enumeration has no type; its values are strings.
    named = schema.get("type", "string")
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


def parts_of(schema: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the schemas of the required properties of *schema*, by name."""
    return {name: schema["properties"][name] for name in schema["required"]}


FIELDS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
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


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
