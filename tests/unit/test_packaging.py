"""What a checkout and a wheel hold; the commands around them are .ci/run's."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from trove_classifiers import classifiers

import scraper
import spiders
from scraper.monitoring.machine import EXTRAS

SUPPORTED = ("3.11", "3.12", "3.13")
KINDS = ("build", "dev", "health", "run")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)
_PLACE = re.compile(r"://|file:/|(?<![\w.])/(?:\w+/)|index-url|find-links|trusted-host")


@pytest.fixture(scope="module")
def settings(project: Path) -> dict[str, object]:
    return tomllib.loads((project / "pyproject.toml").read_text("utf-8"))


def read_lock(project: Path, kind: str, version: str) -> str:
    return (project / "requirements" / f"{kind}-{version}.txt").read_text("utf-8")


@pytest.mark.parametrize("version", SUPPORTED)
@pytest.mark.parametrize("kind", KINDS)
def test_every_locked_package_has_hashes(
    project: Path, kind: str, version: str
) -> None:
    lock = read_lock(project, kind, version)
    parts = re.split(r"(?m)^(?=[A-Za-z0-9])", lock)[1:]
    assert parts
    assert [part for part in parts if "--hash=sha256:" not in part] == []


@pytest.mark.parametrize("version", SUPPORTED)
@pytest.mark.parametrize("kind", KINDS)
def test_no_lock_names_an_index_or_a_place_on_a_machine(
    project: Path, kind: str, version: str
) -> None:
    assert _PLACE.findall(read_lock(project, kind, version)) == []


@pytest.mark.parametrize("version", SUPPORTED)
def test_a_lock_pins_every_dependency_within_its_bounds(
    project: Path, settings: dict, version: str
) -> None:
    pins = {
        canonicalize_name(name): pin
        for name, pin in _PIN.findall(read_lock(project, "run", version))
    }
    for line in settings["project"]["dependencies"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), line


def test_what_only_a_checkout_needs_is_no_extra_of_the_package(settings: dict) -> None:
    extras = set(settings["project"]["optional-dependencies"])
    assert extras == {"ray", *EXTRAS}
    assert set(settings["dependency-groups"]) == {"dev", "fuzz", "peers"}


@pytest.mark.parametrize("version", SUPPORTED)
def test_the_lock_of_a_checkout_pins_its_dependency_group(
    project: Path, settings: dict, version: str
) -> None:
    pins = _PIN.findall(read_lock(project, "dev", version))
    pinned = {canonicalize_name(name): pin for name, pin in pins}
    for line in settings["dependency-groups"]["dev"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), line


def test_reporters_are_sent_to_no_page_that_the_project_does_not_have(
    project: Path, settings: dict
) -> None:
    text = (project / "SECURITY.md").read_text("utf-8")
    assert ("project page" in text) == ("urls" in settings["project"])


@pytest.mark.parametrize("version", SUPPORTED)
def test_what_runs_is_what_was_tested(project: Path, version: str) -> None:
    build, dev, health, run = (
        set(_PIN.findall(read_lock(project, kind, version))) for kind in KINDS
    )
    assert run <= health <= dev
    assert build <= dev


def test_the_demo_waits_for_what_it_runs_on_and_for_no_tool_of_the_tests(
    project: Path,
) -> None:
    command = ["make", "--dry-run", "--always-make", "--directory", str(project)]
    demo, lint = (
        subprocess.run([*command, goal], check=True, capture_output=True, text=True)
        for goal in ("demo", "lint")
    )
    assert "requirements/install .venv run build\n" in demo.stdout
    assert "requirements/install .venv dev\n" in lint.stdout


def test_each_supported_python_has_a_classifier(settings: dict) -> None:
    named = {c.rpartition(" ")[2] for c in settings["project"]["classifiers"]}
    assert set(SUPPORTED) <= named


def test_the_metadata_is_complete_and_its_classifiers_are_known(settings: dict) -> None:
    metadata = settings["project"]
    wanted = {"authors", "classifiers", "description", "keywords", "license", "readme"}
    assert wanted <= set(metadata)
    named = metadata["classifiers"]
    assert named == sorted(named)
    assert set(named) <= classifiers


@pytest.mark.parametrize("package", ["scraper", "tinsach"])
def test_each_package_states_that_it_is_typed(project: Path, package: str) -> None:
    assert (project / package / "py.typed").is_file()


def test_both_packages_are_the_ones_of_this_checkout(project: Path) -> None:
    assert Path(scraper.__file__).parent == project / "scraper"
    assert Path(spiders.__file__).parent == project / "spiders"


def test_every_spider_file_loads_under_its_own_name(project: Path) -> None:
    files = sorted((project / "spiders").glob("*.py"))
    names = [f"spiders.{path.stem}" for path in files if path.stem != "__init__"]
    for name in names:
        assert importlib.import_module(name).__name__ == name


def test_scrapy_finds_its_settings(project: Path) -> None:
    assert "default = scraper.settings" in (project / "scrapy.cfg").read_text("utf-8")
    assert importlib.import_module("scraper.settings").SPIDER_MODULES == ["spiders"]


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_their_loader_and_nothing_else(
    project: Path, tmp_path: Path
) -> None:
    wheel = build_wheel(project, tmp_path)
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "scraper",
        "spiders",
        "tinsach",
    }
    committed = tracked_files(project, "scraper", "spiders", "tinsach")
    assert committed - names == set()


def build_wheel(project: Path, out: Path) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    subprocess.run(
        [*command, "--outdir", str(out), str(project)],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONWARNINGS": "default"},
    )
    [wheel] = out.glob("*.whl")
    return wheel


def tracked_files(project: Path, *folders: str) -> set[str]:
    listing = subprocess.run(
        ["git", "-C", str(project), "ls-files", *folders],
        check=False,
        capture_output=True,
        text=True,
    )
    if listing.returncode:
        pytest.skip("not a checkout: git lists no files here")
    return {name for name in listing.stdout.splitlines() if (project / name).is_file()}


@pytest.mark.parametrize("path", ["requirements/find-python", "requirements/install"])
def test_the_scripts_of_the_makefile_may_be_run(project: Path, path: str) -> None:
    assert os.access(project / path, os.X_OK)


def test_a_machine_without_python_is_told_what_to_install(project: Path) -> None:
    run = subprocess.run(
        [project / "requirements/find-python"],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHON": "no-such-python"},
    )
    assert run.returncode == 1
    assert "tinsach needs Python 3.11 or later" in run.stderr
    assert "make demo PYTHON=" in run.stderr


def test_the_page_of_licences_names_every_package_that_is_pinned(project) -> None:
    page = (project / "docs" / "licences.md").read_text("utf-8")
    locks = (read_lock(project, "run", version) for version in SUPPORTED)
    pins = {name.lower() for text in locks for name, _ in _PIN.findall(text)}
    assert {name for name in pins if f"| {name} |" not in page} == set()


def test_nothing_is_installed_without_its_hash(project) -> None:
    install = (project / "requirements" / "install").read_text("utf-8")
    assert "--require-hashes" in install
