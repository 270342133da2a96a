from __future__ import annotations

import inspect
import re

import pytest

from scraper import errors

TREE = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and value.__module__ == errors.__name__
]


@pytest.mark.parametrize("error", TREE)
def test_every_error_of_the_package_is_a_scraper_error(error):
    assert issubclass(error, errors.ScraperError)


@pytest.mark.parametrize("error", TREE)
def test_the_text_of_an_error_is_what_it_was_given(error):
    assert str(error("https://bao.example/a: a PDF")) == "https://bao.example/a: a PDF"


@pytest.mark.parametrize("error", TREE)
def test_every_error_says_what_it_means(error):
    assert inspect.getdoc(error)
    assert error.__doc__ != error.__base__.__doc__


def test_the_drawn_tree_is_the_real_one():
    drawn = re.findall(r"^ {4}(.*── |)([A-Z]\w+)", errors.__doc__, re.MULTILINE)
    depths = {name: len(branch) // 4 for branch, name in drawn}
    assert depths == {e.__name__: e.__mro__.index(errors.ScraperError) for e in TREE}


@pytest.mark.parametrize(
    "error", [errors.NoMainContent, errors.UndecodablePage, errors.ExtractionTimeout]
)
def test_what_goes_wrong_with_a_page_is_an_extraction_error(error):
    assert issubclass(error, errors.ExtractionError)
