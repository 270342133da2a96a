from __future__ import annotations

import pytest
from scrapy.utils.test import get_crawler

from scraper.crawling.extensions import Pruning
from scraper.errors import ConfigurationError
from scraper.options import BOUNDS, RUNS


@pytest.mark.parametrize("days", ["7d", "-1", "x"])
@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: bound.variable)
def test_a_bound_that_is_no_number_is_refused(bound, days) -> None:
    with pytest.raises(
        ConfigurationError, match=f"{bound.variable}.*write a whole number from 0"
    ):
        Pruning(get_crawler(settings_dict={bound.variable: days}))


@pytest.mark.parametrize("given", [{}, {RUNS.variable: None}, {RUNS.variable: ""}])
def test_what_is_not_given_has_its_default(given) -> None:
    assert (RUNS.read(given), RUNS.said(given)) == (400, "400 days")


def test_nought_is_no_limit() -> None:
    assert RUNS.said({RUNS.variable: "0"}) == "no limit"
