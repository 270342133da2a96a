"""The pages as a site: built strictly, whole, and fetching nothing from elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.docs.pages import PAGES, read

if TYPE_CHECKING:
    from pathlib import Path

LINES = r"INFO +-  (Cleaning site directory|Building documentation to directory: .*|Documentation built in .*)"
TAKEN = ("mkdocs.yml", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of *folder*; a warning of Python is an error."""
    command = [sys.executable, "-W", "error", "-m", "mkdocs", "build", "--strict"]
    return subprocess.run(
        [*command, "--site-dir", site],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},  # the theme's word on its future
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(project, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(project, folder)
    assert done.returncode == 0, done.stderr
    odd = [each for each in done.stderr.splitlines() if not re.fullmatch(LINES, each)]
    assert odd == []
    return folder


@pytest.fixture
def copied(project, tmp_path) -> Path:
    """What the site is made of, to be changed."""
    for name in TAKEN:
        shutil.copy(project / name, tmp_path)
    shutil.copytree(project / "docs", tmp_path / "docs")
    for name in ("deploy", "README.md", "LICENSE"):
        (tmp_path / name).mkdir()
    return tmp_path


class Fetched(HTMLParser):
    """What a browser fetches for a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        taken = tag in ("script", "img", "iframe", "source") and named.get("src")
        if tag == "link" and named.get("rel") not in ("prev", "next", "canonical"):
            taken = named.get("href")
        if taken:
            self.addresses.append(taken)


@pytest.mark.slow
def test_the_site_has_every_page(site) -> None:
    built = (page.relative_to(site) for page in site.rglob("*.html"))
    pages = {str(page.with_suffix("")) for page in built} - {"404"}
    wanted = {page[5:-3] for page in PAGES if page.startswith("docs/")}
    assert pages == wanted | {"commands", "contributing", "security", "changelog"}


@pytest.mark.slow
def test_a_page_fetches_nothing_from_elsewhere(site) -> None:
    fetched = {
        a for p in site.rglob("*.html") for a in Fetched(p.read_text()).addresses
    }
    assert fetched
    assert [each for each in fetched if re.match(r"\w+:|//", each)] == []
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:|//)", styles) == []


@pytest.mark.slow
def test_it_can_be_searched_and_be_light_and_dark(site) -> None:
    assert (site / "search" / "search_index.json").stat().st_size > 10_000
    start = (site / "index.html").read_text("utf-8")
    assert {'data-md-color-scheme="default"', 'data-md-color-scheme="slate"'} <= set(
        re.findall(r'data-md-color-scheme="\w+"', start)
    )


@pytest.mark.slow
def test_pages_of_the_top_folder_link_within_the_site(site) -> None:
    assert 'href="reliability.html"' in (site / "changelog.html").read_text("utf-8")
    assert 'href="contributing.html"' in (site / "adding.html").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["[x](nothing.md)", "[x](../nothing.md)", "[x](job.md#nothing)", "![x](no.svg)"],
)
def test_a_link_to_nothing_fails_the_build(copied, tmp_path, words) -> None:
    with (copied / "docs" / "job.md").open("a") as page:
        page.write(f"\n{words}\n")
    done = build(copied, tmp_path / "site")
    assert done.returncode == 1
    assert "WARNING" in done.stderr


@pytest.mark.slow
def test_a_page_that_the_site_does_not_name_fails_the_build(copied, tmp_path) -> None:
    (copied / "docs" / "more.md").write_text("# More\n")
    done = build(copied, tmp_path / "site")
    assert (done.returncode, "more.md" in done.stderr) == (1, True)


@pytest.mark.parametrize("page", [*PAGES, "CHANGELOG.md"])
def test_every_link_of_a_page_leads_somewhere_on_a_forge(page, project) -> None:
    for target, anchor in re.findall(
        r"\]\((?!https?:)([^()\s#]*)#?([^()\s]*)\)", read(page)
    ):
        there = (project / page).parent / target if target else project / page
        assert there.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors_of(there.read_text("utf-8")), f"{page}: #{anchor}"


def anchors_of(text: str) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.*)$", text)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_picture_says_in_words_what_it_shows(page) -> None:
    pictures = re.findall(r"!\[([^]]*)\]\(([^)]*)\)", read(page))
    assert [path for words, path in pictures if len(words) < 30] == []


def test_pictures_are_drawings_that_stand_alone(project) -> None:
    pictures = sorted((project / "docs" / "pictures").iterdir())
    assert {picture.suffix for picture in pictures} == {".svg"}
    for picture in pictures:
        text = picture.read_text("utf-8")
        assert ET.fromstring(text).find("{http://www.w3.org/2000/svg}title").text
        assert re.findall(r"href|@import|url\(|<script|<image", text) == []
