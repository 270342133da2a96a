from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from scraper.errors import ConfigurationError
from scraper.exports import FORMATS, render
from scraper.exports.csv_table import LONGEST
from scraper.items import Article
from scraper.schema import FLAT, article_schema


def written(fmt, *articles) -> str:
    out = io.BytesIO()
    assert FORMATS[fmt].write(iter(articles), out) == len(articles)
    return out.getvalue().decode("utf-8-sig")


def rows(*articles) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", *articles), newline="")))


def test_the_formats_are_those_that_are_documented():
    assert list(FORMATS) == [
        *("csv", "html", "jsonl", "markdown", "parquet", "sqlite", "text")
    ]


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_article_makes_a_valid_file(fmt):
    assert FORMATS[fmt].write([], io.BytesIO()) == 0


def test_json_lines_follow_the_schema_and_come_back(full, make):
    lines = written("jsonl", full, make("a\u2028b\nc")).splitlines(keepends=True)
    records = [json.loads(line) for line in written("jsonl", full).split("\n")[:-1]]
    jsonschema.validate(records[0], article_schema())
    assert Article.from_dict(records[0]) == full
    assert "Đoạn một." in lines[0]


def test_a_json_line_is_one_line(full):
    assert written("jsonl", full, full).count("\n") == 2


def test_one_article_as_json_is_an_object(full):
    assert json.loads(render(full, "json")) == full.to_dict()
    assert render(full, "json").endswith("}\n")


def test_a_csv_row_holds_every_field_that_fits_a_cell(full):
    (row,) = rows(full)
    assert list(row) == list(FLAT)
    assert set(full.to_dict()) - set(row) == {
        "schema_version",
        "blocks",
        "images",
        "extraction",
    }
    assert row["text"] == full.text
    assert row["authors"] == "An; Bình"
    assert row["published_at"] == "2025-07-11T14:06:23+07:00"
    assert (row["modified_at"], row["paywalled"], row["revision"]) == ("", "false", "1")
    assert row["confidence"] == "0.5"


def test_csv_says_its_encoding_as_excel_asks_for_it(make):
    out = io.BytesIO()
    FORMATS["csv"].write([make("Tin sạch")], out)
    assert out.getvalue().startswith(b"\xef\xbb\xbfid,url,")


@pytest.mark.parametrize("letter", ["ữ", "🌧"])
def test_csv_cuts_a_text_that_a_cell_of_excel_does_not_hold(make, letter):
    most = LONGEST // (len(letter.encode("utf-16-le")) // 2)
    whole, longer = letter * most, letter * (most + 1)
    (fits,) = rows(make(whole))
    (cut,) = rows(make(longer))
    assert fits["text"] == whole
    assert cut["text"].startswith(letter * (most - 100))
    assert cut["text"].endswith(f"{letter} … (cut: {most + 1:,} characters)")
    assert len(cut["text"].encode("utf-16-le")) // 2 <= LONGEST


def test_csv_keeps_quotes_commas_and_line_breaks(make):
    (row,) = rows(make('Dòng "một", hết\ndòng hai', title='a,"b"'))
    assert row["text"] == 'Dòng "một", hết\ndòng hai'
    assert row["title"] == 'a,"b"'


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", " =", "\t\n@", "＝", "－"])
def test_csv_makes_a_formula_harmless(make, sign):
    cell = f"{sign}HYPERLINK(1)"
    (row,) = rows(make(title=cell, authors=(cell, "An"), lead="a = b"))
    assert row["title"] == f"'{cell}"
    assert row["authors"] == f"'{cell}; An"
    assert row["lead"] == "a = b"


def test_plain_text_is_title_facts_and_text(full):
    facts = "2025-07-11 14:06+07:00 · Tin: An (TTXVN) · Thời sự · " + full.url
    assert render(full, "text") == f"{full.title}\n{facts}\n\n{full.text}\n"


def test_without_a_byline_the_authors_are_named(make):
    article = make("a", authors=("An",), agency="TTXVN")
    assert "An, TTXVN · https" in render(article, "text")
    assert render(make(agency="TTXVN"), "text").splitlines()[1].startswith("TTXVN ·")


@pytest.mark.parametrize("fmt", ["text", "markdown"])
def test_a_rule_parts_articles(make, fmt):
    shown = written(fmt, make("một"), make("hai"))
    first, second = render(make("một"), fmt), render(make("hai"), fmt)
    rule = shown.removeprefix(first).removesuffix(second)
    assert rule.strip() in {"=" * 72, "---"}


@pytest.mark.parametrize("fmt", FORMATS)
def test_half_a_surrogate_breaks_no_format(make, fmt):
    assert FORMATS[fmt].write([make("a \ud83d b", title="\udc00")], io.BytesIO()) == 1


def test_an_unknown_format_is_refused_with_the_known_ones(make):
    with pytest.raises(ConfigurationError, match="'pdf' is unknown: use one of html,"):
        render(make(), "pdf")


_MEASURE = """
import sys, tracemalloc
from scraper.exports import FORMATS
from scraper.items import Article, Block, BlockKind, Kind

def articles(count):
    for n in range(count):
        url = f"https://example.vn/{n}"
        blocks = (Block(BlockKind.PARAGRAPH, f"Nội dung {n} " * 20),)
        yield Article(url=url, canonical_url=url, site="example.vn",
                      kind=Kind.ARTICLE, title="Tin", blocks=blocks)

fmt, count = sys.argv[1], int(sys.argv[2])
with open("/dev/null", "wb") as out:
    FORMATS[fmt].write(articles(600), out)  # imports and caches
    before = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
    assert FORMATS[fmt].write(articles(count), out) == count
after = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
print(int(after) - int(before))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize("fmt", ["csv", "html", "parquet"])
def test_memory_stays_flat_over_many_articles(fmt):
    # 20,000 articles are some 20 MB of JSON and 60 MB of objects.
    command = [sys.executable, "-c", _MEASURE, fmt, "20000"]
    run = subprocess.run(command, check=True, capture_output=True, timeout=120)
    assert int(run.stdout) < 16_000
