from __future__ import annotations

import pytest
from scrapy.exceptions import NotConfigured
from scrapy.utils.test import get_crawler

from scraper.crawling.pruning import Pruning
from scraper.errors import ConfigurationError


@pytest.mark.parametrize("days", ["0", "", 0, None])
def test_without_a_limit_nothing_is_removed(days):
    with pytest.raises(NotConfigured):
        Pruning(get_crawler(settings_dict={"TINSACH_KEEP": days}))


@pytest.mark.parametrize("days", ["7d", "-1", "x"])
def test_a_limit_that_is_no_number_of_days_is_refused(days):
    with pytest.raises(ConfigurationError, match="write a whole number from 0 to"):
        Pruning(get_crawler(settings_dict={"TINSACH_KEEP": days}))
