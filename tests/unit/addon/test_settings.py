from __future__ import annotations

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from scraper.addon import (
    DEFAULTS,
    AddonModels,
    ArticlesMiddleware,
    ReadingMiddleware,
    TinsachAddon,
)
from scraper.crawling.reader import Reader


def updated(**given) -> Settings:
    """Return the settings of a project that gives these, with the add-on's."""
    settings = Settings(given)
    TinsachAddon().update_settings(settings)
    return settings


def test_the_path_that_is_documented_leads_to_it():
    assert load_object("tinsach.TinsachAddon") is TinsachAddon


def test_its_parts_are_put_beside_those_of_the_user():
    mine = {"scrapy.spidermiddlewares.depth.DepthMiddleware": 543}
    settings = updated(SPIDER_MIDDLEWARES=dict(mine), DOWNLOADER_MIDDLEWARES=dict(mine))
    assert settings.getdict("SPIDER_MIDDLEWARES") == mine | {ArticlesMiddleware: 20}
    assert settings.getdict("DOWNLOADER_MIDDLEWARES") == mine | {ReadingMiddleware: 10}
    assert settings.getdict("EXTENSIONS") == {Reader: 20, AddonModels: 25}
    assert settings.getdict("ITEM_PIPELINES") == {}


def test_a_part_that_the_user_placed_or_took_out_stays_so():
    mine = {"scraper.addon.ArticlesMiddleware": None, Reader: 7}
    settings = updated(SPIDER_MIDDLEWARES=mine, EXTENSIONS=mine)
    assert settings.getdict("SPIDER_MIDDLEWARES") == mine
    assert settings.getdict("EXTENSIONS") == mine | {AddonModels: 25}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_setting_of_the_user_counts(name):
    assert updated()[name] is True
    assert updated().getpriority(name) == 15
    assert updated(**{name: False})[name] is False


def test_it_is_off_and_says_why_where_there_is_no_asyncio():
    reactor = "twisted.internet.selectreactor.SelectReactor"
    with pytest.raises(NotConfigured, match=f"TWISTED_REACTOR is {reactor}: keep"):
        updated(TWISTED_REACTOR=reactor)
