from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import scraper

HEAVY = ("lxml", "trafilatura", "scrapy", "twisted", "sqlalchemy", "courlan")


def run(code):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_public_names_are_sorted_and_documented():
    assert sorted(scraper.__all__) == scraper.__all__
    assert dir(scraper) == scraper.__all__
    for name in set(scraper.__all__) - {"__version__"}:
        assert inspect.getdoc(getattr(scraper, name))


@pytest.mark.parametrize("name", scraper.__all__)
def test_every_public_name_can_be_had(name):
    assert getattr(scraper, name) is not None


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="no attribute 'scrape'"):
        scraper.scrape  # noqa: B018


def test_a_star_import_brings_the_public_names():
    code = "from scraper import *; print(sorted(set(dir()) & {'extract', 'Article'}))"
    assert run(code).strip() == "['Article', 'extract']"


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, scraper; print([n for n in {HEAVY} if n in sys.modules])"
    assert run(code).strip() == "[]"


def test_extracting_loads_no_crawler():
    code = "import sys, scraper; scraper.extract; print('scrapy' in sys.modules)"
    assert run(code).strip() == "False"


def test_importing_the_package_loads_nothing_beyond_python():
    code = (
        "import sys; before = set(sys.modules); import scraper; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    assert set(run(code).split()) <= {"scraper", *sys.stdlib_module_names}
