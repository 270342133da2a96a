from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pyarrow.parquet
import pytest
from jsonschema import Draft202012Validator

from scraper.items import Article, Block, BlockKind, Extraction, Image, Link
from scraper.schema import article_schema, chunk_schema
from scraper.storage import open_store
from tests.unit.cli.kit import BODY, LEAD, make_article


def titles(text: str) -> list[str]:
    return [json.loads(line)["title"] for line in text.splitlines()]


def test_jsonl_is_the_default_newest_first(tinsach, stored) -> None:
    result = tinsach("export")
    assert result.code == 0
    assert titles(result.out) == [article.title for article in stored]
    assert Article.from_dict(json.loads(result.out.splitlines()[0])).text


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.jsonl", '{"schema_version"'),
        ("a.csv", "\ufeffid,"),
        ("a.md", "# Bộ Công an"),
        ("a.txt", "Bộ Công an"),
        ("a.html", "<!doctype html>"),
    ],
)
def test_the_ending_of_the_file_chooses_the_format(
    tinsach, stored, home, name: str, start: str
) -> None:
    result = tinsach("export", "-o", name)
    assert (result.code, result.out) == (0, "")
    assert result.err == f"exported 3 articles to {name}\n"
    text = (home / name).read_text("utf-8")
    assert text.lower().lstrip("\ufeff").startswith(start.lower().lstrip("\ufeff"))


def test_parquet_holds_every_article(tinsach, stored, home) -> None:
    assert tinsach("export", "--format", "parquet", "-o", "a").code == 0
    assert pyarrow.parquet.read_table(home / "a").num_rows == 3


@pytest.mark.parametrize("name", ["flat.db", "flat.sqlite"])
def test_a_flat_file_of_sqlite_holds_every_article(
    tinsach, stored, home, name: str
) -> None:
    assert tinsach("export", "-o", name).code == 0
    with closing(sqlite3.connect(home / name)) as connection:
        select = "SELECT title FROM articles ORDER BY published_at DESC"
        found = [title for (title,) in connection.execute(select)]
    assert found == [article.title for article in stored]


def test_the_store_is_not_written_over_by_what_is_exported_from_it(
    tinsach, stored, home
) -> None:
    with open_store() as store:
        own, count = store.name, store.count()
    result = tinsach("export", "-o", own)
    assert result.code == 2
    assert "is the store itself: name another file" in result.err
    with open_store() as store:
        assert store.count() == count


def test_text_holds_lead_and_body(tinsach, stored) -> None:
    out = tinsach("export", "-f", "text", "--limit", "1").out
    assert LEAD in out
    assert BODY[-1] in out


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--limit", "2"], 2),
        (["--section", "thoi su"], 3),
        (["--section", "the gioi"], 0),
        (["--site", "bao.example"], 3),
        (["--since", "2025-07-11"], 3),
        (["--since", "2025-07-12"], 0),
        (["--until", "2025-07-11"], 3),
        (["--until", "2025-07-10"], 0),
        (["--since", "2025-07-11T14:02"], 2),
        (["--until", "2025-07-11T14:02+07:00"], 1),
        (["--since", "7d"], 0),
    ],
)
def test_filters_say_which(tinsach, stored, options: list[str], count: int) -> None:
    result = tinsach("export", *options)
    assert result.code == 0
    assert len(result.out.splitlines()) == count


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--min-confidence", ".5"], [3, 1]),
        (["--min-confidence", ".5", "--limit", "1"], [3]),
        (["--min-confidence", "1"], []),
        (["--min-confidence", "0"], [3, 2, 1]),
    ],
)
def test_only_articles_that_are_sure_enough_may_be_asked_for(
    tinsach, home, options, numbers
) -> None:
    sure = {1: 0.5, 2: 0.49, 3: 0.9}
    with open_store() as store:
        store.save(
            [
                make_article(n, extraction=Extraction("careful", confidence=share))
                for n, share in sure.items()
            ]
        )
    found = titles(tinsach("export", *options).out)
    assert [int(title.split()[-1]) for title in found] == numbers


def test_a_confidence_is_a_share(tinsach, stored) -> None:
    result = tinsach("export", "--min-confidence", "90")
    assert result.code == 2
    assert "not in the range 0<=x<=1" in result.err


@pytest.mark.parametrize(
    ("options", "schema"), [([], article_schema), (["--chunks", 30], chunk_schema)]
)
def test_exported_lines_fit_the_published_schema(
    tinsach, stored, project, options, schema
) -> None:
    name = schema.__name__.replace("_", ".")
    published = json.loads(
        (project / "docs/schema" / f"{name}.json").read_text("utf-8")
    )
    lines = tinsach("export", *options).out.splitlines()
    assert len(lines) >= len(stored)
    for line in lines:
        Draft202012Validator(published).validate(json.loads(line))


def test_chunks_go_into_a_file_article_by_article(tinsach, stored, home) -> None:
    result = tinsach("export", "--chunks", 20, "-o", "chunks.jsonl")
    assert result.err == "exported 3 articles to chunks.jsonl\n"
    lines = (home / "chunks.jsonl").read_text("utf-8").splitlines()
    made = [json.loads(line) for line in lines]
    assert list(dict.fromkeys(c["article_id"] for c in made)) == [a.id for a in stored]
    for article in stored:
        parts = [c["text"] for c in made if c["article_id"] == article.id]
        assert " ".join(parts).split() == article.text.split()
        assert all(len(part.split()) <= 20 for part in parts)


def test_an_end_before_the_start_is_a_wrong_argument(tinsach, stored) -> None:
    result = tinsach("export", "--since", "2025-07-12", "--until", "2025-07-11")
    assert (result.code, result.out) == (2, "")
    assert (
        "--since 2025-07-12 is later than --until 2025-07-11; swap them" in result.err
    )


def test_an_empty_export_is_told(tinsach, stored) -> None:
    assert tinsach("export", "--since", "7d").err == "exported 0 articles\n"


def test_a_store_is_named_by_file_or_url(tinsach, stored, home) -> None:
    path = home / "tinsach-home" / "articles.db"
    for name in (path, f"sqlite:///{path}"):
        assert len(tinsach("export", "--store", name).out.splitlines()) == 3


def test_search_finds_words_without_their_marks(tinsach, stored) -> None:
    result = tinsach("search", "bo", "cong", "an", "--limit", "2")
    assert result.code == 0
    assert stored[0].title in result.out
    assert f"2025-07-11 14:03+07:00  {stored[0].url}" in result.out
    assert stored[2].title not in result.out


def test_search_gives_json_for_other_tools(tinsach, stored) -> None:
    result = tinsach("search", "dieu dong", "--json")
    assert sorted(titles(result.out)) == sorted(article.title for article in stored)


def test_search_without_a_hit_says_so(tinsach, stored) -> None:
    result = tinsach("search", "khongco")
    assert (result.code, result.out) == (0, "")
    assert "no stored article contains all of: khongco" in result.err


def test_make_article_can_be_stored_without_a_date(tinsach, home) -> None:
    from scraper.storage import open_store

    with open_store() as store:
        store.save([make_article(1, published_at=None)])
    assert "  https://bao.example/tin-1.htm" in tinsach("search", "tin").out


def test_a_site_of_which_nothing_is_stored_is_said(tinsach, stored, home) -> None:
    result = tinsach("export", "--site", "khac.example", "-o", "all.csv")
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        "tinsach: no article of khac.example is stored; the stored sites are bao.example\n"
    )
    near = tinsach("export", "--site", "bao.exampel")
    assert (near.code, near.out) == (1, "")
    assert near.err.endswith(" is stored; did you mean bao.example?\n")
    assert not (home / "all.csv").exists()
    late = tinsach("export", "--site", "bao.example", "--since", "2030-01-01")
    assert (late.code, late.err) == (0, "exported 0 articles\n")


def test_links_and_images_are_written_when_asked_for(tinsach, home) -> None:
    text = "Xe đến bản xa."
    article = make_article(
        blocks=(
            Block(
                BlockKind.PARAGRAPH, text, "", (Link("bản xa", "https://a.vn/b", 7),)
            ),
            Block(BlockKind.CAPTION, "Xe ở bản. Ảnh: An"),
        ),
        images=(Image("https://a.vn/xe.jpg", "Xe ở bản. Ảnh: An", "An", 1),),
    )
    with open_store() as store:
        store.save([article])
    asked = ("--links", "--images")
    [line] = tinsach("export", *asked).out.splitlines()
    assert json.loads(line)["blocks"][0]["links"] == [
        {"text": "bản xa", "url": "https://a.vn/b", "start": 7}
    ]
    assert "links" not in json.loads(tinsach("export").out)["blocks"][0]
    markdown = tinsach("export", "-f", "markdown", *asked).out
    assert "Xe đến [bản xa](https://a.vn/b)." in markdown
    assert "](https://a.vn/xe.jpg)\n\n*Xe ở bản. Ảnh: An*\n" in markdown
    assert '<a href="https://a.vn/b">' in tinsach("export", "-f", "html", *asked).out


@pytest.mark.parametrize("fmt", ["text", "csv", "parquet"])
def test_a_format_without_links_is_a_wrong_argument(tinsach, stored, home, fmt) -> None:
    result = tinsach("export", "--links", "--format", fmt, "-o", "a")
    assert (result.code, result.out) == (2, "")
    assert f"{fmt} holds no links: use --format html, json or markdown" in result.err
    assert not (home / "a").exists()


def test_chunks_hold_neither_links_nor_images(tinsach, stored) -> None:
    result = tinsach("export", "--chunks", "50", "--images")
    assert (result.code, result.out) == (2, "")
    assert "--chunks writes plain text: leave out --links and --images" in result.err
