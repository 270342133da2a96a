"""The commands of Scrapy, in processes of their own, in a folder beside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from scraper.demo import serving
from scraper.items import id_of

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 300


@pytest.fixture(scope="module")
def replica():
    with serving(12, now=datetime.fromisoformat("2026-01-05T08:00+07:00")) as portal:
        yield portal


@pytest.fixture
def scrapy(tmp_path):
    """Return what runs ``scrapy``; what it reports and prints is returned."""
    environment = {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "scraper.settings",
        "TINSACH_HOME": str(tmp_path / "home"),
    }

    def run(*arguments: str, **variables: str) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "scrapy", *arguments],
            cwd=tmp_path,
            env=environment | variables,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "never awaited" not in done.stderr
        return done.stdout, done.stderr

    return run


def parse_of(portal) -> tuple[str, ...]:
    site = ("-a", f"portal={portal.base}")
    return ("parse", "--nocolour", "--spider", "baotintuc", *site)


def test_parse_prints_the_article_of_a_page_and_what_a_listing_leads_to(
    scrapy, replica
) -> None:
    truth = replica.portal.truth(0)
    listing = f"{replica.base}/thoi-su-472ct0.htm"
    shown, log = scrapy(*parse_of(replica), "--depth", "2", "--verbose", listing)
    first, _, second = shown.partition("DEPTH LEVEL: 2")
    assert f"<GET {truth.url}>" in first
    assert f"'id': '{id_of(truth.url)}'" in second
    assert "'text': '" in second
    assert "Traceback" not in log


@pytest.mark.slow
def test_parse_says_why_an_address_of_this_network_is_not_asked(
    scrapy, replica
) -> None:
    url = replica.portal.truth(0).url
    _, log = scrapy(*parse_of(replica), url, TINSACH_ALLOW_PRIVATE="0")
    assert "127.0.0.1 is a private address" in log
    assert "TINSACH_ALLOW_PRIVATE=1 permits requests to it" in log


@pytest.mark.slow
def test_a_shell_has_the_page(scrapy, replica) -> None:
    truth = replica.portal.truth(0)
    code = "__import__('scraper').extract(response.body, url=response.url)"
    shown, _ = scrapy("shell", truth.url, "-c", code)
    assert shown.startswith("<Article ")
    assert truth.title in shown


def test_a_new_spider_is_written_beside_the_others(scrapy, tmp_path: Path) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "__init__.py").touch()
    scrapy("genspider", "bao", "bao.example", PYTHONPATH=str(tmp_path))
    assert 'name = "bao"' in (tmp_path / "spiders" / "bao.py").read_text()
    assert list(tmp_path.glob("*.py")) == []
    listed, _ = scrapy("list", PYTHONPATH=str(tmp_path))
    assert listed.split() == ["bao"]
