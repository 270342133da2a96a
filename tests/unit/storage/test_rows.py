from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.items import Block, BlockKind
from scraper.storage import rows
from scraper.storage.rows import to_article, to_columns

AT = datetime(2025, 7, 1, 8, 0, 5, tzinfo=UTC)


def test_a_paragraph_is_a_number_and_no_word_stands_twice(make):
    article = make(1, "Mưa lớn.", lead="Sapo.", lead_source="page")
    columns = to_columns(article)
    assert (columns["text"], columns["lead_length"]) == ("Sapo.\n\nMưa lớn.", 5)
    assert columns["blocks"] == "[8]"
    assert columns["fields"] == '{"lead_source":"page"}'


def test_a_field_that_blocks_will_have_is_stored_and_comes_back():
    fields = {
        "kind": "paragraph",
        "text": "Mưa lớn.",
        "time": "",
        "links": [["a", "b"]],
    }
    stored = rows._measured(Block(BlockKind.PARAGRAPH, "Mưa lớn."), fields)
    assert stored == {"length": 8, "links": [["a", "b"]]}
    row = {"text": "Mưa lớn.", "lead_length": 0, "blocks": rows._encode([stored])}
    assert rows._cut(row) == [fields]


@pytest.mark.parametrize(
    "moment",
    [
        AT,
        AT.replace(microsecond=717000),
        AT.astimezone(timezone(timedelta(hours=7))),
        AT.replace(microsecond=1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=7))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-7))),
    ],
)
def test_a_time_comes_back_as_it_was_printed(make, moment):
    article = make(1, published_at=moment)
    columns = to_columns(article)
    assert columns["published_at"].microsecond == 0
    back = to_article(columns).published_at
    assert back.isoformat() == moment.isoformat()


def test_what_a_database_cannot_hold_is_left_out_before_lengths_are_taken(make):
    article = make(1, "a\0b \ud83d hết", title="\0")
    columns = to_columns(article)
    assert (columns["title"], columns["text"]) == ("", "ab ? hết")
    assert to_article(columns).blocks == (Block(BlockKind.PARAGRAPH, "ab ? hết"),)
    escaped = replace(article, title="\\u0000", blocks=article.blocks[:0])
    assert to_article(to_columns(escaped)).title == "\\u0000"
