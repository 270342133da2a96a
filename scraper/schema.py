"""The JSON Schemas (2020-12) of what leaves the house: articles and their chunks.

``python -m scraper.schema docs/schema`` writes them as files.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from scraper.items import SCHEMA_VERSION, BlockKind, Kind

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_TIME = {"type": ["string", "null"], "format": "date-time"}


def article_schema() -> dict[str, Any]:
    """Return the schema of :meth:`Article.to_dict`; its ``$id`` carries the version that records state.

    What a record holds only if it is asked for is described, and not required.
    """
    properties: dict[str, Any] = {
        "schema_version": {"const": SCHEMA_VERSION},
        "id": {"type": "string", "minLength": 1},
        "url": _TEXT,
        "canonical_url": _TEXT,
        "site": _TEXT,
        "kind": {"enum": [kind.value for kind in Kind]},
        "title": _TEXT,
        "lead": _TEXT,
        "lead_source": {"enum": ["page", "meta", "json_ld", ""]},
        "lead_links": _LINKS,
        "text": _TEXT,
        "captions": _TEXTS,
        "blocks": {"type": "array", "items": _block()},
        "images": {"type": "array", "items": _IMAGE},
        "byline": _TEXT,
        "authors": _TEXTS,
        "agency": _TEXT,
        "published_at": _TIME,
        "published_source": _TEXT,
        "modified_at": _TIME,
        "modified_source": _TEXT,
        "section": _TEXT,
        "breadcrumbs": _TEXTS,
        "tags": _TEXTS,
        "language": _TEXT,
        "paywalled": {"type": "boolean"},
        "content_fingerprint": {"type": "string", "pattern": "^[0-9a-f]{16}$|^$"},
        "extraction": _extraction(),
        "fetched_at": _TIME,
        "archive": _TEXT,
        "revision": {"type": "integer", "minimum": 1},
        "gone_at": _TIME,
    }
    return _schema("Article", properties, "lead_links")


def chunk_schema() -> dict[str, Any]:
    """Return the schema of a line of ``tinsach export --chunks``."""
    article = article_schema()["properties"]
    properties: dict[str, Any] = {
        "schema_version": {"const": SCHEMA_VERSION},
        "id": {"type": "string", "pattern": "^[0-9a-f]{16}-[0-9]+$"},
        "article_id": article["id"],
        "revision": article["revision"],
        "position": {"type": "integer", "minimum": 0},
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
        "start": {"type": "integer", "minimum": 0},
        "text": {"type": "string", "minLength": 1},
    }
    return _schema("Chunk", properties)


def write_schemas(folder: Path) -> None:
    """Write each schema into *folder*, as ``article.schema.json`` and so on."""
    for name, schema in (("article", article_schema()), ("chunk", chunk_schema())):
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.schema.json").write_text(text, "utf-8")


def _schema(title: str, properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tinsach:{title.lower()}:{SCHEMA_VERSION}",
        "title": title,
        **_object(*optional, **properties),
    }


def _block() -> dict[str, Any]:
    return _object(
        "links",
        "images",
        kind={"enum": [kind.value for kind in BlockKind]},
        text=_TEXT,
        time=_TEXT,
        links=_LINKS,
        images={"type": "array", "items": _IMAGE},
    )


def _extraction() -> dict[str, Any]:
    counts = {
        "type": "object",
        "additionalProperties": {"type": "integer", "minimum": 1},
    }
    return _object(
        method=_TEXT,
        model_version=_TEXT,
        confidence={"type": "number", "minimum": 0, "maximum": 1},
        kept={"type": "integer", "minimum": 0},
        dropped=counts,
        model_limited=_TEXT,
        not_fast=_TEXT,
        audit=_TEXT,
        agreement={"type": ["number", "null"], "minimum": 0, "maximum": 1},
        parts={"type": "integer", "minimum": 1},
        doubt=_TEXT,
        date_doubt=_TEXT,
    )


def _object(*optional: str, **properties: Any) -> dict[str, Any]:  # noqa: ANN401  JSON values
    """Return the schema of an object whose *properties* but the *optional* are required."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


_LINKS = {
    "type": "array",
    "items": _object(text=_TEXT, url=_TEXT, start={"type": "integer", "minimum": 0}),
}
_IMAGE = _object(
    url=_TEXT,
    caption=_TEXT,
    credit=_TEXT,
    position={"type": "integer", "minimum": 0},
)


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
