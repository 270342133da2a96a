"""Names, by a real DNS server and real servers at public addresses."""

from __future__ import annotations

import json
import os

import pytest

from scraper.storage import open_store
from tests.island import on_island
from tests.warm import COLD

_PATH = "/thoi-su/bai-20261101100000000.htm"
_PROGRAM = """
import json, sys
from scraper.crawling.fetch import fetch_results
answers = fetch_results(sys.argv[1:])
print(json.dumps([a.refused or a.body.decode() for a in answers]))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    kept = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    home = tmp_path_factory.mktemp("home")
    return kept | {"TINSACH_ALLOW_PRIVATE": "0", "TINSACH_HOME": str(home)}


@pytest.fixture(scope="module")
def ask(tmp_path_factory, environment):
    """Return by name what came of it, all of them fetched together."""
    names = (
        *("six", "dead-six", "silent-four", "inner", "oracle", "site-local"),
        *("mixed", "rebound", "nowhere", "moved", "ping-pong"),
    )
    urls = [f"http://{name}.example.org{_PATH}" for name in names]
    folder = tmp_path_factory.mktemp("island")
    done = on_island([COLD, "-c", _PROGRAM, *urls], folder, environment)
    assert done.returncode == 0, done.stderr
    return dict(zip(names, json.loads(done.stdout), strict=True))


def test_a_public_name_of_ipv6_alone_is_reached(ask) -> None:
    assert "Bài của six.example.org" in ask["six"]


@pytest.mark.parametrize("name", ["dead-six", "silent-four"])
def test_one_dead_address_does_not_hide_the_live_one(ask, name) -> None:
    assert f"Bài của {name}.example.org" in ask[name]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("inner", "fd00::1"),
        ("oracle", "192.0.0.192"),
        ("site-local", "fec0::1"),
        ("mixed", "::1"),
    ],
)
def test_a_name_with_an_address_of_this_network_is_refused(ask, name, address) -> None:
    assert ask[name].startswith(
        f"{name}.example.org resolves to the private address {address};"
    )


def test_the_address_that_was_judged_is_the_one_connected_to(ask) -> None:
    assert "Bài của rebound.example.org" in ask["rebound"]


def test_a_name_that_nobody_knows_cannot_be_resolved(ask) -> None:
    assert ask["nowhere"].startswith("the host name cannot be resolved")


def test_a_redirect_from_http_to_https_is_followed(ask) -> None:
    assert "Bài của moved.example.org" in ask["moved"]


def test_redirects_between_http_and_https_end(ask) -> None:
    assert ask["ping-pong"] == "max redirections reached"


@pytest.mark.parametrize("name", ["moved", "twice"])
def test_an_article_known_by_both_schemes_is_stored_once(
    tmp_path, environment, name: str
) -> None:
    store = f"sqlite:///{tmp_path}/articles.db"
    crawl = (COLD, "-m", "tinsach", "crawl", "news", "--store", store)
    for scheme in ("http", "https"):
        site = f"site={scheme}://{name}.example.org"
        done = on_island([*crawl, "-a", site, "--limit", "2"], tmp_path, environment)
        assert done.returncode in (0, 3), done.stderr
    with open_store(store) as opened:
        assert len([*opened.iter_articles()]) == 1


def test_a_site_on_ipv6_alone_is_crawled(tmp_path, environment) -> None:
    store = f"sqlite:///{tmp_path}/articles.db"
    crawl = (COLD, "-m", "tinsach", "crawl", "news", "--store", store)
    site = "site=http://six.example.org"
    done = on_island([*crawl, "-a", site, "--limit", "1"], tmp_path, environment)
    assert done.returncode == 0, done.stderr
    with open_store(store) as opened:
        (article,) = opened.iter_articles()
    assert article.title == "Bài của six.example.org"


def test_a_crawl_into_this_network_is_refused_once(tmp_path, environment) -> None:
    crawl = (COLD, "-m", "tinsach", "crawl", "news", "-a")
    site = "site=http://inner.example.org"
    done = on_island([*crawl, site], tmp_path, environment)
    assert done.returncode == 2
    (line,) = (each for each in done.stderr.splitlines() if "contact" not in each)
    assert line.startswith("tinsach: http://inner.example.org resolves to the private")
