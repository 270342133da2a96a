"""From an address of the park to a spider of its own, as a user goes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime

import pytest

from tests.crawl.conftest import stored_in
from worlds import VIETNAM
from worlds.park.serve import serving

NOW = datetime(2026, 11, 25, 12, tzinfo=VIETNAM)
PROGRAM = "import sys; from scraper.cli import main; sys.exit(main())"
QUICK = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")


@pytest.fixture
def tinsach(new_crawls):
    """Run the program as a user does, in a home of this test's own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, *arguments],
            env=new_crawls.environment | {"TINSACH_NOW": NOW.isoformat()},
            cwd=new_crawls.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_from_an_address_to_a_crawl_by_a_spider_of_its_own(tinsach, new_crawls) -> None:
    with serving("express", 4, NOW) as park:
        made = tinsach("new-site", park.base, "--name", "bao", "--json")
        assert made.returncode == 0, made.stderr
        told = json.loads(made.stdout)
        assert [each["kind"] for each in told["articles"]] == ["article"] * 10
        assert all(each["published_at"] for each in told["articles"])
        assert "tinsach crawl bao" in made.stderr
        extracted = tinsach("extract", f"{told['pages']}/manifest.jsonl")
        assert len(extracted.stdout.splitlines()) == 11
        assert "tinsach new-site" in (new_crawls.folder / "spiders/bao.py").read_text()
        crawled = tinsach("crawl", "bao", *QUICK)
        assert crawled.returncode == 0, crawled.stderr
        truths = {truth.url for truth in park.site.truths()}
        assert stored_in(new_crawls.store).keys() == truths
        again = tinsach("new-site", park.base, "--name", "bao")
        assert (again.returncode, again.stdout) == (2, "")
        assert "exists already" in again.stderr


def test_a_site_without_articles_writes_nothing(tinsach, new_crawls, site) -> None:
    site.put("/", "<html><body><p>Trống.</p></body></html>")
    made = tinsach("new-site", site.base, "--name", "trong")
    assert made.returncode == 1
    assert "nothing was found that lists articles" in made.stderr
    assert not list(new_crawls.folder.glob("*/trong*"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("baotintuc", "spider baotintuc exists already"),
        ("a-b", "is not a valid spider name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tinsach, site, name: str, said: str) -> None:
    made = tinsach("new-site", site.base, "--name", name)
    assert made.returncode == 2
    assert said in made.stderr


def test_a_broken_file_of_the_users_stops_no_other_spider(tinsach, new_crawls) -> None:
    (new_crawls.folder / "spiders").mkdir()
    (new_crawls.folder / "spiders" / "hong.py").write_text("class Hong(", "utf-8")
    listed = tinsach("sites")
    assert listed.returncode == 0
    assert "baotintuc" in listed.stdout
    assert "hong" in listed.stderr
