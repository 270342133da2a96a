"""The fast way on the gold pages, each with a model learned from the others of its site."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from scraper.reading import difference, read, read_fast, study
from scraper.sitemodel import Refused, learn
from scraper.urls import site_of
from worlds.gold.replica import write_replica
from worlds.gold.sets import GoldSet


def left_out(told):
    """Yield each page with the model of the others of its site."""
    sites = defaultdict(list)
    for page in told:
        sites[site_of(page.url)].append((page, study(page).digest))
    for site, members in sites.items():
        for page, own in members:
            others = [digest for _, digest in members if digest is not own]
            yield page, learn(site, others)


def outcome(page, model):
    """Return why *page* is not read fast, or which fields differ."""
    fast = read_fast(page, model)
    if isinstance(fast, Refused):
        return fast.reason, []
    return "", difference(fast, read(page, model, with_ledger=False, full=True))


@pytest.mark.parametrize(
    "names",
    [
        ["baotintuc"],
        pytest.param(["baotintuc", "fundus-eval"], marks=pytest.mark.slow),
    ],
    ids="+".join,
)
def test_the_gold_pages_are_read_fast_and_as_the_careful_way_reads_them(
    shared_data, names
):
    told = [
        page
        for name in names
        for _, page in GoldSet(name, shared_data / name).iter_pages()
    ]
    outcomes = {page.url: outcome(page, model) for page, model in left_out(told)}
    careful = Counter(reason for reason, _ in outcomes.values() if reason)
    differing = {url: fields for url, (_, fields) in outcomes.items() if fields}
    fast = len(outcomes) - careful.total()
    assert fast >= 0.9 * len(outcomes), careful
    assert len(differing) <= 0.005 * fast, differing


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    """The outcome of each page of the replica by its name; its templates are one site's."""
    gold_set = write_replica(tmp_path_factory.mktemp("replica"))
    names = {page.url: name for name, page in gold_set.iter_pages()}
    told = [page for _, page in gold_set.iter_pages()]
    return {names[page.url]: outcome(page, model) for page, model in left_out(told)}


@pytest.mark.slow
@pytest.mark.parametrize("template", ["current", "cms", "older"])
def test_every_article_of_the_replica_is_read_fast_and_alike(replica, template):
    found = {name: each for name, each in replica.items() if name.endswith(template)}
    assert len(found) > 1
    assert not any(fields for _, fields in found.values())
    reasons = [reason for reason, _ in found.values() if reason]
    assert reasons in ([], ["unknown_block"])  # a heading, apart from its text


@pytest.mark.slow
def test_no_section_of_the_replica_is_read_otherwise_the_fast_way(replica):
    found = {name: each for name, each in replica.items() if name.startswith("section")}
    assert [fields for _, fields in found.values() if fields] == []
