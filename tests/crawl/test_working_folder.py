"""What a working folder can do to the commands, as the table of SECURITY.md states it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scraper.demo import serving
from tests.warm import COLD

LONGEST = 300
TINSACH = Path(COLD).with_name("tinsach")
RECORD = """
import os
with open(os.environ["IMPORTED"], "a") as record:
    record.write({name!r} + "\\n")
print("planted")
"""
AT_ONCE = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0")
SPIDER = "import scrapy\nclass Own(scrapy.Spider):\n    name = 'own'\n"
PAGE = "<html><title>Tin</title><body><p>" + "Một đoạn văn của bài báo. " * 40


class Folder:
    """A working folder, and what of it was imported."""

    def __init__(self, path: Path) -> None:
        self.path = path / "work"
        self.path.mkdir()
        self.record = path / "imported"

    def plant(self, name: str, more: str = "") -> None:
        """Write the module or package *name*, which records that it is imported."""
        file = self.path / (f"{name}__init__.py" if name.endswith("/") else name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(RECORD.format(name=name) + more)

    def imported(self) -> set[str]:
        return set(self.record.read_text().split()) if self.record.exists() else set()

    def run(
        self, *command: object, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("TINSACH_", "SCRAPY_", "PYTHON"))
        }
        variables |= {"IMPORTED": str(self.record), "TINSACH_ALLOW_PRIVATE": "1"}
        variables["TINSACH_WORKERS"] = "1"
        return subprocess.run(
            [*map(str, command)],
            cwd=self.path,
            env=kept | variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def documented(project: Path, *, trusted: bool) -> set[str]:
    """Return the names that the table of SECURITY.md has as trusted, or as not."""
    text = (project / "SECURITY.md").read_text("utf-8")
    section = text.partition("## The working folder\n")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| (`.*?) \| (yes|no)", section)
    wanted = "yes" if trusted else "no"
    chosen = (names for names, answer in rows if answer == wanted)
    return {name for names in chosen for name in re.findall(r"`([^`]+)`", names)}


@pytest.mark.slow
def test_no_command_imports_what_a_working_folder_must_not_bring(
    folder: Folder, project: Path
) -> None:
    names = documented(project, trusted=False)
    assert {"scraper.py", "scraper/", "spiders/", "json.py"} <= names
    for name in names:
        folder.plant(name)
    (folder.path / "scrapy.cfg").write_text("[settings]\ndefault = theirs\n")
    (folder.path / "page.html").write_text(PAGE)
    with serving(4) as portal, ThreadPoolExecutor(2) as pool:
        article = portal.portal.truth(0).url
        commands = {
            "demo": ("demo", "--size", 4),
            "fetch": ("fetch", article),
            "explain": ("explain", "page.html"),
            "extract": ("extract", "page.html"),
            "crawl": ("crawl", "baotintuc", "-a", f"portal={portal.base}", *AT_ONCE),
        }
        runs = dict(
            zip(
                commands,
                pool.map(lambda given: folder.run(TINSACH, *given), commands.values()),
                strict=True,
            )
        )
    runs["export"] = folder.run(TINSACH, "export", "--limit", 1)
    assert folder.imported() == set()
    for name, run in runs.items():
        assert (name, run.returncode) == (name, 0), run.stderr
        assert "planted" not in run.stdout
    assert json.loads(runs["extract"].stdout)["title"] == "Tin"


@pytest.mark.slow
def test_what_is_trusted_in_a_working_folder_is_used(
    folder: Folder, project: Path
) -> None:
    trusted = documented(project, trusted=True)
    assert trusted == {"tinsach.toml", "tinsach-home/spiders/*.py"}
    (folder.path / "tinsach.toml").write_text("keep = 7\n")
    folder.plant("tinsach-home/spiders/own.py", SPIDER)
    shown = folder.run(TINSACH, "config", "show").stdout
    assert re.search(r"keep\t7\t.*tinsach.toml", shown)
    assert folder.imported() == set()
    assert "own" in folder.run(TINSACH, "sites", "--json").stdout
    assert folder.imported() == {"tinsach-home/spiders/own.py"}


@pytest.mark.slow
def test_the_command_runs_even_if_the_python_path_leads_to_a_namesake(folder: Folder):
    folder.plant("scraper.py")
    (folder.path / "page.html").write_text(PAGE)
    run = folder.run(TINSACH, "extract", "page.html", PYTHONPATH=".")
    assert (run.returncode, json.loads(run.stdout)["title"]) == (0, "Tin"), run.stderr
    assert folder.imported() == set()


def scrapy(folder: Folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    return folder.run(Path(COLD).with_name("scrapy"), *arguments)


def test_scrapy_says_in_one_line_that_a_project_has_the_name_of_the_package(
    folder: Folder,
) -> None:
    folder.plant("scraper/")
    (folder.path / "scrapy.cfg").write_text("[settings]\ndefault = scraper.settings\n")
    run = scrapy(folder, "list")
    assert run.returncode == 1
    [line] = run.stderr.splitlines()
    assert f"not of {folder.path}/scraper/__init__.py; rename that package" in line


ADDON = 'ADDONS = {"tinsach.TinsachAddon": 500}\n'
READING = """
import scrapy
class Reading(scrapy.Spider):
    name = "reading"
    url = ""
    async def start(self):
        yield scrapy.Request(self.url)
    def parse(self, response):
        pass
"""


@pytest.fixture
def theirs(folder: Folder) -> Folder:
    """A Scrapy project with the add-on, and a package ``scraper`` beside its own."""
    folder.plant("scraper/")
    (folder.path / "scrapy.cfg").write_text("[settings]\ndefault = theirs.settings\n")
    (folder.path / "theirs").mkdir()
    (folder.path / "theirs/settings.py").write_text(
        f'SPIDER_MODULES = ["theirs.reading"]\n{ADDON}'
    )
    (folder.path / "theirs/reading.py").write_text(READING)
    return folder


def test_the_add_on_reads_in_a_project_with_a_package_of_that_name(
    theirs: Folder, site, write_article
) -> None:
    url = site.put("/tin.htm", write_article("Bài của họ"))
    arguments = ("crawl", "reading", "-a", f"url={url}", "-O", "out.jsonl")
    run = theirs.run(COLD, "-m", "scrapy", *arguments)
    assert run.returncode == 0, run.stderr
    [line] = (theirs.path / "out.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["title"] == "Bài của họ"
    assert theirs.imported() == set()
    assert "`import scraper` is tinsach, not " in run.stderr


def test_the_add_on_says_in_one_line_that_another_package_took_its_name(
    theirs: Folder,
) -> None:
    settings = theirs.path / "theirs/settings.py"
    settings.write_text(f"import scraper\n{settings.read_text()}")
    run = theirs.run(COLD, "-m", "scrapy", "crawl", "reading")
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1].startswith(
        "ImportError: tinsach cannot run in this process: its package scraper is hidden"
        f" by {theirs.path}/scraper/__init__.py"
    )
