from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from scraper.exports import FORMATS
from scraper.items import SCHEMA_VERSION

pq = pytest.importorskip("pyarrow.parquet")


def table(*articles):
    out = io.BytesIO()
    assert FORMATS["parquet"].write(iter(articles), out) == len(articles)
    return pq.read_table(io.BytesIO(out.getvalue()))


def test_every_field_of_the_record_is_a_column(full):
    fields = set(full.to_dict()) - {"schema_version"}
    assert set(table(full).column_names) == fields


def test_values_come_back_typed(full):
    (row,) = table(full).to_pylist()
    record = full.to_dict()
    for name in ("id", "title", "text", "captions", "tags", "blocks", "images"):
        assert row[name] == record[name]
    assert row["published_at"] == datetime(2025, 7, 11, 7, 6, 23, tzinfo=UTC)
    assert row["modified_at"] is None
    assert row["extraction"]["dropped"] == [{"rule": "related", "count": 2}]
    assert row["extraction"]["confidence"] == 0.5
    assert row["paywalled"] is False


def test_the_schema_does_not_depend_on_the_articles(full, make):
    assert table().schema == table(full).schema == table(make()).schema
    version = table().schema.metadata[b"schema_version"]
    assert version == str(SCHEMA_VERSION).encode()


def test_row_groups_are_written_as_they_come(make):
    out = io.BytesIO()
    sizes = []

    def coming():
        for number in range(1100):
            sizes.append(out.tell())
            yield make(f"Bài {number}")

    assert FORMATS["parquet"].write(coming(), out) == 1100
    file = pq.ParquetFile(io.BytesIO(out.getvalue()))
    groups = range(file.num_row_groups)
    assert [file.metadata.row_group(n).num_rows for n in groups] == [500, 500, 100]
    assert sizes[1000] > sizes[500] > sizes[0]


def test_without_pyarrow_the_message_says_what_to_install():
    code = (
        "import io, sys; sys.modules['pyarrow'] = None\n"
        "from scraper.errors import ConfigurationError\n"
        "from scraper.exports import FORMATS\n"
        "try: FORMATS['parquet'].write([], io.BytesIO())\n"
        "except ConfigurationError as error: sys.exit(str(error))\n"
    )
    command = [sys.executable, "-c", code]
    run = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=300
    )
    assert "pip install 'tinsach[parquet]'" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_formats_are_loaded_without_pyarrow():
    code = "import sys, scraper.exports; sys.exit('pyarrow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)
