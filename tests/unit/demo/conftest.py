"""One small replica in memory, and one that serves, for all tests of this folder."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from scraper.demo import Portal, serving
from scraper.demo.site import Site

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=7)))


@pytest.fixture(scope="session")
def portal():
    return Portal(250, seed=3, base="http://127.0.0.1:1", now=NOW)


@pytest.fixture(scope="session")
def site(portal):
    return Site(portal)


@pytest.fixture(scope="session")
def served():
    with serving(200, seed=5, now=NOW) as replica:
        yield replica
