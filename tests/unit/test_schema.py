from __future__ import annotations

import ast
from datetime import datetime
from inspect import getsource
from itertools import pairwise

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import validator_for

from scraper.exports.jsonl import chunks_of
from scraper.items import SCHEMA_VERSION, Article, BlockKind, Kind
from scraper.schema import article_schema, chunk_schema, write_schemas
from tests.unit.test_items import BARE, WHOLE


def check(record):
    Draft202012Validator(article_schema()).validate(record)


@pytest.mark.parametrize("schema", [article_schema(), chunk_schema()])
def test_a_schema_is_a_valid_one_of_2020_12(schema):
    assert validator_for(schema) is Draft202012Validator
    Draft202012Validator.check_schema(schema)


def test_a_schema_names_the_version_that_records_state():
    assert article_schema()["$id"] == f"urn:tinsach:article:{SCHEMA_VERSION}"
    assert chunk_schema()["$id"] == f"urn:tinsach:chunk:{SCHEMA_VERSION}"


def test_the_published_schemas_are_current(project, tmp_path):
    write_schemas(tmp_path)
    published = project / "docs" / "schema"
    written = {file.name: file.read_text("utf-8") for file in tmp_path.iterdir()}
    assert written == {f.name: f.read_text("utf-8") for f in published.iterdir()}
    assert sorted(written) == ["article.schema.json", "chunk.schema.json"]


def test_the_schema_of_a_chunk_requires_every_field_and_no_other():
    schema, (chunk, *_) = chunk_schema(), chunks_of(WHOLE, 5)
    assert schema["required"] == list(schema["properties"]) == list(chunk)
    with pytest.raises(ValidationError):
        Draft202012Validator(schema).validate(chunk | {"score": 1})


@pytest.mark.parametrize("article", [WHOLE, BARE], ids=["whole", "bare"])
def test_every_article_fits_the_schema(article):
    check(article.to_dict())


def test_the_schema_requires_every_field_and_no_other():
    schema = article_schema()
    assert schema["required"] == list(WHOLE.to_dict())
    assert {*schema["properties"]} == {*WHOLE.to_dict(links=True)}
    with pytest.raises(ValidationError):
        check(WHOLE.to_dict() | {"score": 1})


@pytest.mark.parametrize("name", article_schema()["required"])
def test_a_record_that_lacks_a_field_does_not_fit(name):
    record = WHOLE.to_dict()
    del record[name]
    with pytest.raises(ValidationError, match=name):
        check(record)


@pytest.mark.parametrize(
    "change",
    [
        {"schema_version": SCHEMA_VERSION + 1},
        {"id": ""},
        {"kind": "poem"},
        {"title": None},
        {"blocks": [{"kind": "poem", "text": "", "time": ""}]},
        {"blocks": [{"kind": "quote", "text": ""}]},
        {"images": [{"url": "x"}]},
        {"authors": "Mạnh Tú"},
        {"published_at": 5},
        {"content_fingerprint": "xyz"},
        {"extraction": {}},
        {"revision": 0},
    ],
)
def test_a_wrong_value_does_not_fit(change):
    with pytest.raises(ValidationError):
        check(WHOLE.to_dict() | change)


@pytest.mark.parametrize("values", [Kind, BlockKind])
def test_every_kind_is_allowed(values):
    assert str([kind.value for kind in values])[1:-1] in str(article_schema())


def test_every_field_of_the_record_is_described_where_it_is_defined():
    body = ast.parse(getsource(Article)).body[0].body
    described = {
        field.target.id
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }
    computed = {"schema_version", "id", "text", "captions"}
    assert set(article_schema()["properties"]) - computed <= described
    assert all(getattr(Article, name).__doc__ for name in computed - {"schema_version"})


def test_times_are_iso_8601_with_an_offset():
    record = WHOLE.to_dict()
    for name in ("published_at", "modified_at", "fetched_at"):
        assert article_schema()["properties"][name]["format"] == "date-time"
        assert datetime.fromisoformat(record[name]).tzinfo
