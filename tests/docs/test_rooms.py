"""CONTRIBUTING.md says where things are: its picture is current, its paths exist."""

from __future__ import annotations

import re

import pytest

from tests.docs import rooms
from tests.docs.pages import read, spans_of

PAGE = rooms.PAGE.name
_PATH = re.compile(r"(?:scraper|spiders|worlds|bench|tests|docs)/[\w./]*")


def test_the_picture_and_the_way_of_a_page_are_current():
    shown = read(PAGE).split(rooms.BEGIN)[1].split(rooms.END)[0]
    assert shown.strip() == rooms.section().strip(), "run python -m tests.docs.rooms"


def test_every_path_that_the_page_names_exists():
    paths = [span for span in spans_of(PAGE) if _PATH.fullmatch(span)]
    assert len(paths) > 40
    assert [path for path in paths if not (rooms.ROOT / path).exists()] == []


def test_a_name_that_moved_is_found_where_it_is_now():
    assert rooms.file_of("scraper.Article") == "scraper/items.py"
    with pytest.raises(LookupError, match="not in one"):
        rooms.file_of("scraper.NoSuchThing")
