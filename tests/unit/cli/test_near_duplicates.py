from __future__ import annotations

import json

import pytest

from scraper.items import Block, BlockKind
from scraper.storage import open_store
from tests.unit.cli.kit import make_article


@pytest.fixture
def wire(home):
    """A story, its near-duplicate of another site two minutes later, and another story."""
    other = "https://khac.example/tin.htm"
    block = Block(BlockKind.PARAGRAPH, " ".join(f"từ{n}" for n in range(99)))
    articles = [
        make_article(3, url=other, canonical_url=other, site="khac.example"),
        make_article(1),
        make_article(5, blocks=(block,), published_at=None),
    ]
    with open_store() as store:
        store.save(articles)
    return articles


def test_near_duplicates_are_listed_the_earliest_first(tinsach, wire) -> None:
    near_duplicate, head, _ = wire
    result = tinsach("near-duplicates", near_duplicate.url)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        f"2025-07-11 14:0{minute}+07:00\t{a.site}\t{a.url}\t{a.title}"
        for minute, a in ((1, head), (3, near_duplicate))
    ]


def test_near_duplicates_as_json_are_whole_articles(tinsach, wire) -> None:
    out = tinsach("near-duplicates", wire[1].url, "--json").out
    assert [json.loads(line)["url"] for line in out.splitlines()] == [
        wire[1].url,
        wire[0].url,
    ]


def test_an_article_without_near_duplicates_is_listed_alone(tinsach, wire) -> None:
    result = tinsach("near-duplicates", wire[2].url)
    assert result.out.startswith(f"-\tbao.example\t{wire[2].url}\t")
    assert (result.code, result.err) == (
        0,
        "tinsach: the article has no stored near-duplicate\n",
    )


def test_an_address_that_is_not_stored_is_an_error(tinsach, wire) -> None:
    result = tinsach("near-duplicates", "https://bao.example/khong-co.htm")
    assert (result.code, result.out) == (1, "")
    assert "no article with the URL https://bao.ex" in result.err


def test_an_export_may_leave_near_duplicates_out(tinsach, wire) -> None:
    out = tinsach("export", "--no-near-duplicates").out
    assert [json.loads(line)["url"] for line in out.splitlines()] == [
        wire[1].url,
        wire[2].url,
    ]


def test_search_names_the_head_of_a_near_duplicate(tinsach, wire) -> None:
    lines = tinsach("search", "thu", "vien").out.splitlines()
    assert lines.count(f"  near-duplicate of {wire[1].url}") == 1
    assert lines.index(f"  near-duplicate of {wire[1].url}") == 2
