"""Every file of spiders/ is one site, under its own name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import spiders
from scraper.crawling.run import load_spider
from scraper.errors import ConfigurationError
from spiders.base import PortalSpider

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


def test_an_unknown_spider_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no spider bao; there are baotintuc"):
        load_spider("bao")
