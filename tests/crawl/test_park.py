"""Sites that nothing is known of, as `bench park` measures them; a few of them here."""

from __future__ import annotations

import pytest

from worlds.gold.park import NOW
from worlds.park.serve import score, serving

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "name", ["tables", "utility", "bare", "french", "unlisted", "lying", "trapped"]
)
def test_a_site_of_the_park_is_crawled_whole(name: str, new_crawls) -> None:
    crawls = new_crawls
    crawls.environment |= {"TINSACH_NOW": NOW.isoformat()}
    with serving(name, 7, NOW) as served:
        run = crawls(spider="news", arguments={"site": served.base})
        found = score(served, run.stored())
    assert found["recall"] == 1.0
    assert found["precision"] == 1.0
    assert found["f1"] >= 0.95
    assert found["requests_per_article"] <= 2
    assert found["trap_requests"] <= 50


@pytest.mark.parametrize("name", ["semantic", "unlisted", "lying", "trapped"])
def test_a_first_crawl_with_a_limit_asks_for_little(name: str, new_crawls) -> None:
    crawls = new_crawls
    crawls.environment |= {"TINSACH_NOW": NOW.isoformat()}
    with serving(name, 7, NOW) as served:
        run = crawls(spider="news", arguments={"site": served.base, "limit": "5"})
        assert len(run.stored()) == 5
        assert len(served.hits) <= 15
