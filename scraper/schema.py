"""The JSON Schemas (2020-12) of published records: articles and their chunks.

``python -m scraper.schema docs/schema`` writes them as files.
"""

from __future__ import annotations

import json
import sys
from dataclasses import Field, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast, get_args, get_origin, get_type_hints

from scraper.items import SCHEMA_VERSION, Article, Block

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


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
