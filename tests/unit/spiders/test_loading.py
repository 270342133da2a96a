"""Every file of spiders/ is one site, under its own name."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import spiders
from scraper.crawling.run import load_spider
from scraper.errors import ConfigurationError
from spiders.base import PortalSpider
from worlds import VIETNAM

NAMES = sorted(
    path.stem
    for path in Path(spiders.__file__).parent.glob("*.py")
    if path.stem not in {"__init__", "base", "explored", "families"}
)


@pytest.mark.parametrize("name", NAMES)
def test_a_spider_loads_under_the_name_of_its_file(name: str) -> None:
    assert load_spider(name).__module__ == f"spiders.{name}"


@pytest.mark.parametrize("name", NAMES)
def test_a_site_is_data_of_at_most_120_lines(name: str) -> None:
    path = Path(spiders.__file__).with_name(f"{name}.py")
    assert len(path.read_text("utf-8").splitlines()) <= 120


@pytest.mark.parametrize("name", [name for name in NAMES if name != "news"])
def test_the_portal_itself_is_among_the_hosts(name: str) -> None:
    spider = load_spider(name)
    assert issubclass(spider, PortalSpider)
    assert re.sub("^https://", "", spider.home) in spider.hosts
    assert spider.legacy_tls_hosts <= spider.hosts


def test_the_hosts_are_those_of_the_home_page_unless_a_spider_names_them() -> None:
    class Derived(PortalSpider):
        home = "https://www.bao.example"

    class Named(PortalSpider):
        home = "https://bao.example"
        hosts = frozenset({"bao.example", "m.bao.example"})

    assert Derived.hosts == {"bao.example", "www.bao.example"}
    assert Named.hosts == {"bao.example", "m.bao.example"}


@pytest.mark.parametrize(
    ("home", "zone", "first"),
    [
        ("https://bao.vn", None, "2025-07-11T00:00:00+07:00"),
        ("https://journal.fr", None, "2025-07-11T00:00:00+02:00"),
        ("https://paper.com", None, "2025-07-11T00:00:00+00:00"),
        ("https://paper.com", VIETNAM, "2025-07-11T00:00:00+07:00"),
    ],
)
def test_days_are_those_of_the_country_unless_a_spider_names_a_zone(
    home, zone, first
) -> None:
    spider = type("Site", (PortalSpider,), {"name": "x", "home": home, "zone": zone})
    assert spider(since="2025-07-11").scope.first_moment.isoformat() == first


def test_an_unknown_spider_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no spider bao; there are baotintuc"):
        load_spider("bao")


def test_a_slip_in_the_name_of_a_spider_is_told_from_an_unknown_one() -> None:
    said = "no spider baotintc; is baotintuc meant? there are baotintuc, bnews"
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        load_spider("baotintc")


def import_spiders(home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import spiders; print(*spiders.__path__, sep='\\n')"],
        env=os.environ | {"TINSACH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )


def test_spiders_of_the_users_own_folder_are_found(tmp_path) -> None:
    (tmp_path / "spiders").mkdir(mode=0o755)
    done = import_spiders(tmp_path)
    assert str(tmp_path / "spiders") in done.stdout
    assert done.stderr == ""


def test_a_folder_that_others_may_write_to_is_no_code_of_ours(tmp_path) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders").chmod(0o777)
    done = import_spiders(tmp_path)
    assert str(tmp_path) not in done.stdout
    assert "its spiders are not loaded; `chmod o-w` the folder" in done.stderr
