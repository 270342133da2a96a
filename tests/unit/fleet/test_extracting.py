"""Shards as Parquet: by site and day, resumable, and readable by what people use."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.archive import ArchiveWriter, Capture
from scraper.fleet import extracting
from scraper.fleet.extracting import Job
from scraper.items import Page
from scraper.storage import Address
from tests.unit.cli.kit import ADDRESS, PAGE

DAY = datetime(2025, 7, 12, tzinfo=UTC)
SITES = ("bao.example", "khac.example")


@pytest.fixture
def shards(tmp_path) -> list[str]:
    """Two archives of three pages each, of two sites; one page of each is no article."""
    made = []
    for day in (12, 13):
        writer = ArchiveWriter(tmp_path / "archive")
        for number in range(3):
            url = ADDRESS.replace("bao.example", SITES[number % 2])
            url = url.replace(".htm", f"-{day}{number}.htm")
            body = PAGE.replace(ADDRESS.encode(), url.encode())
            body = body if number < 2 else b"<html><p>Tin</p></html>"
            moment = DAY.replace(day=day)
            writer.write(Capture(Page(url, body, fetched_at=moment), Address(url)))
        made = sorted(map(str, (tmp_path / "archive").glob("*.warc.gz")))
    return made


@pytest.fixture
def out(tmp_path) -> str:
    return str(tmp_path / "out")


def run(shards, out, **options):
    jobs = [Job(shard, out) for shard in shards]
    return list(extracting.iter_extracted(jobs, workers=1, **options))


def test_articles_lie_by_site_and_day(shards, out, tmp_path) -> None:
    found = run(shards, out)
    assert [(each.pages, each.articles, each.files) for each in found] == [
        (3, 2, 2)
    ] * 2
    assert not any(each.error or each.failed for each in found)
    files = sorted(path.parent for path in (tmp_path / "out").rglob("*.parquet"))
    assert {path.parent.name for path in files} == {f"site={site}" for site in SITES}
    assert all(path.name.startswith("day=2025-") for path in files)
    assert len(files) == 4


def test_what_was_read_is_not_read_again(shards, out, monkeypatch) -> None:
    run(shards[:1], out)
    monkeypatch.setattr(
        extracting,
        "iter_archive",
        lambda path, _: pytest.fail("read") if str(path) == shards[0] else iter(()),
    )
    assert [each.is_new for each in run(shards, out)] == [False, True]


def test_what_was_broken_off_is_written_over(shards, out, tmp_path) -> None:
    run(shards, out)
    marks = list((tmp_path / "out" / "_shards").iterdir())
    assert {json.loads(mark.read_text())["shard"] for mark in marks} == set(shards)
    before = sorted((tmp_path / "out").rglob("*.parquet"))
    marks[0].unlink()
    run(shards, out)
    assert sorted((tmp_path / "out").rglob("*.parquet")) == before


def test_a_damaged_shard_gives_what_it_holds_and_is_tried_again(shards, out) -> None:
    with Path(shards[0]).open("r+b") as file:
        file.truncate(file.seek(0, 2) - 300)
    damaged, sound = run(shards, out)
    assert damaged.error
    assert damaged.articles == 2
    assert not sound.error
    assert [each.is_new for each in run(shards, out)] == [True, False]


def test_a_shard_that_is_gone_is_told_and_passed_over(shards, out, tmp_path) -> None:
    gone, sound = run([str(tmp_path / "none.warc.gz"), shards[0]], out)
    assert "none.warc.gz" in gone.error
    assert sound.articles == 2


def test_much_is_written_in_parts(shards, out, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(extracting, "_MOST", 1)
    (found,) = run(shards[:1], out)
    assert found.files == found.articles == 2


def test_a_uri_takes_it_too(shards, out, tmp_path) -> None:
    (found,) = run([f"file://{shards[0]}"], f"file://{out}")
    assert found.articles == 2
    assert len(list((tmp_path / "out").rglob("*.parquet"))) == 2


@pytest.mark.slow(first=True)
def test_ray_gives_the_same(shards, out, tmp_path) -> None:
    pytest.importorskip("ray")
    run(shards, out)
    jobs = [Job(shard, f"{out}-ray") for shard in shards]
    found = list(extracting.iter_extracted_on_ray(jobs, address=None, workers=1))
    assert sorted(each.articles for each in found) == [2, 2]
    assert rows(f"{out}-ray") == rows(out)


def rows(out) -> list[dict[str, object]]:
    import pyarrow.dataset as ds

    table = ds.dataset(out, partitioning="hive", exclude_invalid_files=True).to_table()
    return sorted(table.to_pylist(), key=lambda row: row["url"])


def test_pyarrow_duckdb_and_datasets_read_it(shards, out, tmp_path) -> None:
    import duckdb
    from datasets import load_dataset

    run(shards, out)
    urls = sorted(row["url"] for row in rows(out))
    assert len(urls) == 4
    with duckdb.connect() as base:
        select = f"SELECT url, site, day FROM read_parquet('{out}/*/*/*.parquet')"
        told = base.execute(f"{select} ORDER BY url").fetchall()
    assert [row[0] for row in told] == urls
    assert {row[1] for row in told} == set(SITES)
    files = [str(path) for path in (tmp_path / "out").rglob("*.parquet")]
    cache = str(tmp_path / "cache")
    loaded = load_dataset("parquet", data_files=files, split="train", cache_dir=cache)
    assert sorted(loaded["url"]) == urls
    assert set(loaded.features) >= {"title", "text", "published_at", "blocks"}
