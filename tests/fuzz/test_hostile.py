"""What is made to be slow is read in proportion to its size, in every way.

``python -m bench hostile`` measures the same makes at 5 MB, in every way, each in a process
of its own.
"""

from __future__ import annotations

import pytest

from tests.fuzz.test_long_runs import assert_in_proportion
from worlds.hostile.catalogue import MAKES
from worlds.hostile.readers import WAYS, run

BY_NAME = {make.name: make for make in MAKES}
SHORT, LONG = 60_000, 300_000
TELLING = (
    *("attributes", "attributes-with-values", "mixed-marks", "title-of-bars"),
    *("tags-in-a-name", "tags-in-names"),
    *("deep-and-wide", "unclosed", "caption", "p-of-lines", "sheet-of-one-name"),
    *(
        "sheet-of-comments",
        "sheet-of-many-names",
        "json-ld-references",
        "towers-of-div",
    ),
)
"""Makes of which each once took time with the square of its size."""


@pytest.mark.parametrize("name", TELLING)
def test_what_was_slow_is_read_in_proportion(name):
    _assert_in_proportion(name, "read", SHORT)


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.slow
def test_every_make_is_read_in_proportion(name):
    make = BY_NAME[name]
    _assert_in_proportion(name, next(iter(WAYS[make.reader])), LONG)


def test_paragraphs_that_differ_in_their_last_word_are_read_in_proportion():
    _assert_in_proportion("paragraphs-alike", "read", 30 * SHORT)


@pytest.mark.parametrize(
    ("name", "way"),
    [(name, way) for name in TELLING for way in WAYS[BY_NAME[name].reader]],
)
@pytest.mark.slow
def test_what_was_slow_is_read_in_proportion_in_every_way(name, way):
    _assert_in_proportion(name, way, LONG)


def _assert_in_proportion(name: str, way: str, size: int) -> None:
    make = BY_NAME[name]
    read = WAYS[make.reader][way]
    assert_in_proportion(lambda share: run(read, make.build(size // share)))


def test_makes_have_names_of_their_own_and_the_wanted_size():
    assert len(BY_NAME) == len(MAKES)
    for make in MAKES:
        assert 20_000 < len(make.build(100_000)) < 260_000, make.name
