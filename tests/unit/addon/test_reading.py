from __future__ import annotations

import pytest
from scrapy.utils.test import get_crawler

from scraper.addon import AddonModels, is_at_own_address
from scraper.items import Page
from scraper.reading import study
from tests.unit.cli.kit import ADDRESS, PAGE

LIST = "".join(f"<li><a href='/tin-{n}.htm'>Bài số {n}</a></li>" for n in range(9))


@pytest.mark.parametrize(
    ("url", "is_own"),
    [
        (ADDRESS, True),
        (ADDRESS.replace("https://", "http://www."), True),
        (ADDRESS + "?utm_source=zalo#doc", True),
        (ADDRESS + "/", True),
        (ADDRESS + "?print=1", False),
        (ADDRESS.replace("/thoi-su/", "/in/"), False),
    ],
)
def test_an_article_at_its_own_address_is_told_and_is_learned_from(url, is_own):
    reading = study(Page(url, PAGE))
    assert is_at_own_address(reading.article) is is_own
    assert AddonModels(get_crawler()).is_teaching(reading) is is_own


def test_a_page_that_is_no_article_is_not_learned_from():
    page = Page(ADDRESS, f"<html><body><ul>{LIST}</ul></body></html>".encode())
    assert not AddonModels(get_crawler()).is_teaching(study(page))
