from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scraper.items import Block, BlockKind
from scraper.storage import open_store
from tests.unit.cli.kit import BODY, make_article

LATER = "2025-07-12T09:30:00+07:00"


@pytest.fixture
def edited(home):
    """The address of an article that was edited and then taken down."""
    from datetime import datetime

    first = make_article()
    told = (*BODY[:2], BODY[2].replace("ba xe", "bốn xe"), "Đính chính: sửa số xe.")
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in told)
    with open_store() as store:
        store.save([first])
        store.save([replace(first, blocks=blocks)])
        store.mark_gone(first.url, datetime.fromisoformat(LATER))
    return first.url


def test_history_shows_what_each_revision_changed(tinsach, edited) -> None:
    result = tinsach("history", edited)
    assert result.code == 0
    assert "revision 2" in result.out
    assert "paragraphs 1 added, 1 changed" in result.out
    assert f"  - {BODY[2]}\n" in result.out
    assert "  + Đính chính: sửa số xe.\n" in result.out
    assert result.out.endswith("found taken down 2025-07-12 09:30+07:00\n")


def test_history_as_json(tinsach, edited) -> None:
    record = json.loads(tinsach("history", edited, "--json").out)
    assert record["gone_at"] == LATER
    assert [r["revision"] for r in record["revisions"]] == [1, 2]
    assert record["revisions"][0]["changes"] == []
    kinds = [change["kind"] for change in record["revisions"][1]["changes"]]
    assert kinds == ["changed", "added"]


def test_an_address_without_an_article_is_said(tinsach, stored) -> None:
    result = tinsach("history", "https://bao.example/khac.htm")
    assert (result.code, result.out) == (1, "")
    assert (
        "no article with the URL https://bao.example/khac.htm is stored" in result.err
    )
