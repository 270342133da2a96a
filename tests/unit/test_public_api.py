from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import scraper
import tinsach

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


@pytest.mark.parametrize("package", ["scraper", "tinsach"])
def test_a_star_import_brings_the_public_names(package):
    names = "{'extract', 'Article'}"
    code = f"from {package} import *; print(sorted(set(dir()) & {names}))"
    assert run(code).strip() == "['Article', 'extract']"


@pytest.mark.parametrize("package", ["scraper", "tinsach"])
def test_importing_the_package_loads_nothing_heavy(package):
    code = f"import sys, {package}; print([n for n in {HEAVY} if n in sys.modules])"
    assert run(code).strip() == "[]"


def test_extracting_loads_no_crawler():
    code = "import sys, scraper; scraper.extract; print('scrapy' in sys.modules)"
    assert run(code).strip() == "False"


def test_a_crawl_does_not_load_the_extensions_that_it_leaves_out():
    """Scrapy imports an extension that EXTENSIONS sets to None: aiohttp, a shell."""
    code = (
        "import sys; from scrapy.settings import Settings; from scrapy.utils.conf import"
        " build_component_list as listed; from scrapy.utils.misc import load_object;"
        " settings = Settings(); settings.setmodule('scraper.settings', 'project');"
        " names = listed(settings.get_component_priority_dict_with_base('EXTENSIONS'));"
        " [load_object(name) for name in names];"
        " print([n for n in ('aiohttp', 'twisted.conch') if n in sys.modules])"
    )
    assert run(code).strip() == "[]"


@pytest.mark.parametrize("package", ["scraper", "tinsach"])
def test_importing_the_package_loads_nothing_beyond_python(package):
    code = (
        f"import sys; before = set(sys.modules); import {package}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    loaded = set(run(code).split())
    assert loaded <= {"scraper", "tinsach", *sys.stdlib_module_names}


@pytest.mark.parametrize("name", scraper.__all__)
def test_every_public_name_can_be_had_by_the_name_of_the_project(name):
    assert getattr(tinsach, name) is getattr(scraper, name)


def test_the_name_of_the_project_has_the_errors_and_the_add_on_too():
    assert tinsach.errors.FetchRefused is import_module("scraper.errors").FetchRefused
    assert tinsach.TinsachAddon is import_module("scraper.addon").TinsachAddon
    more = {"ArticleItem", "TinsachAddon", "errors"}
    assert dir(tinsach) == sorted({*scraper.__all__, *more})
    with pytest.raises(AttributeError, match="'tinsach' has no attribute 'scrape'"):
        tinsach.scrape  # noqa: B018


def test_the_module_is_the_command():
    command = [sys.executable, "-m", "tinsach", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == f"tinsach {scraper.__version__}\n"


@pytest.mark.slow
def test_types_are_seen_by_both_names(tmp_path):
    seen = []
    for package in ("scraper", "tinsach"):
        file = tmp_path / f"by_{package}.py"
        names = ", ".join(f"m.{name}" for name in scraper.__all__)
        file.write_text(f"import {package} as m\nreveal_type(({names}))\nm.scrape\n")
        command = [sys.executable, "-m", "mypy", "--strict", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        shown = done.stdout.replace(str(file), "").replace("by_", "")
        revealed, missing, *_ = shown.splitlines()
        assert 'has no attribute "scrape"' in missing
        assert "Any" not in revealed
        seen.append(revealed)
    assert seen[0].partition("note:")[2] == seen[1].partition("note:")[2]
