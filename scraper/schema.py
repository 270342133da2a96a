"""The JSON Schema (2020-12) of what :meth:`Article.to_json` writes."""

from __future__ import annotations

from typing import Any

from scraper.items import SCHEMA_VERSION, BlockKind, Kind

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_TIME = {"type": ["string", "null"], "format": "date-time"}


def article_schema() -> dict[str, Any]:
    """Return the schema; its ``$id`` carries the version that records state."""
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
        "text": _TEXT,
        "captions": _TEXTS,
        "blocks": {"type": "array", "items": _block()},
        "images": {
            "type": "array",
            "items": _object(url=_TEXT, caption=_TEXT, credit=_TEXT),
        },
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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tinsach:article:{SCHEMA_VERSION}",
        "title": "Article",
        **_object(**properties),
    }


def _block() -> dict[str, Any]:
    return _object(
        kind={"enum": [kind.value for kind in BlockKind]}, text=_TEXT, time=_TEXT
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
    )


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401  JSON values
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
