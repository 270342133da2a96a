from __future__ import annotations

import pytest

from scraper.extraction.language import detect_language
from scraper.reading import read
from scraper.text import words
from tests.unit.extraction.kit import (
    ENGLISH,
    FRENCH,
    VIETNAMESE,
    paragraphs,
    story,
)

GERMAN = (
    "Der Bus mit den Büchern kam noch vor der Sonne auf den Hof der Schule, und die Kinder "
    "standen schon an der nassen Mauer, weil sie nicht länger warten wollten."
)
NUMBERS = "3 4 7 9 12 18 22 31 40 55 63 71 88 90 104 117 123 140 155 160 171 188"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ".join(VIETNAMESE), "vi"),
        (" ".join(ENGLISH), "en"),
        (" ".join(FRENCH), "fr"),
        (GERMAN, "de"),
        (NUMBERS, ""),
        (ENGLISH[0][:40], ""),
    ],
)
def test_a_language_is_told_by_its_function_words(text, code):
    assert detect_language(words(text)) == code


def test_a_page_that_declares_no_language_has_that_of_its_text():
    assert read(story(paragraphs(FRENCH), lang="")).language == "fr"


def test_what_a_page_declares_is_believed():
    assert read(story(paragraphs(FRENCH), lang="en")).language == "en"
