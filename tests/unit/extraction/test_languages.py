from __future__ import annotations

import tomllib
from dataclasses import fields
from importlib.resources import files

import pytest

from scraper.extraction import languages
from scraper.extraction.languages import Phrases, phrases
from scraper.text import compare_key

FILES = sorted(e.name for e in files(languages).iterdir() if e.name.endswith(".toml"))


def listed(name):
    return tomllib.loads((files(languages) / name).read_text("utf-8"))


def test_vietnamese_english_and_french_are_known_whole():
    known = {name: set(listed(name)) for name in FILES}
    for name in ("en.toml", "fr.toml", "vi.toml"):
        assert {"residual", "byline_labels", "walls", "function_words"} <= known[name]


@pytest.mark.parametrize("name", FILES)
def test_a_language_file_holds_the_known_lists_and_no_other(name):
    assert set(listed(name)) <= {field.name for field in fields(Phrases)}


@pytest.mark.parametrize("name", FILES)
def test_every_entry_of_a_language_is_among_the_phrases_of_all(name):
    for field, values in listed(name).items():
        assert {compare_key(value) for value in values} <= getattr(phrases(), field)


@pytest.mark.parametrize("name", FILES)
def test_no_entry_of_a_language_stands_twice(name):
    for field, values in listed(name).items():
        assert len(values) == len(set(values)), field


def test_phrases_are_compared_without_case_and_tone_placement():
    assert compare_key("TỪ KHOÁ") in phrases().residual
