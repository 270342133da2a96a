"""The fast way on the gold pages, each with a model learned from the others of its site."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from dataclasses import replace

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


SAID = "The bridge over the river will stay closed until the end of next summer."
PLANNED = "Engineers found cracks in two of its pillars, the council said on Tuesday."
FIGURE = "<figure><img src='/b{0}.jpg'><figcaption>{1} No. {0}</figcaption></figure>"
ADDED = (
    FIGURE.format(1, SAID),
    "".join(FIGURE.format(number, "The bridge in May") for number in range(2, 5)),
    "<ul class='breadcrumb'><li><a href='/l'>Local news</a></li></ul>",
    "<span class='category'>Local news</span>",
    "<div class='tags'><a href='/t/1'>bridges</a> <a href='/t/2'>rivers</a></div>",
    "<p class='author'>By Jane Roe</p>",
    "<p><strong>Jane Roe</strong></p>",
    "<p class='date'><time datetime='2019-03-05T10:00:00Z'>5 March 2019</time></p>",
    "<p>Updated: 7 March 2031, 11:20</p>",
    "<p><em>Correction: an earlier version said that it was built in 1931.</em></p>",
    "<h1>The bridge over the river stays closed until the summer</h1>",
    "<h2>What comes next</h2>",
    "<p><b>A second bridge</b></p>",
    f"<table><tr><th>Year</th><th>Cost</th></tr><tr><td>2021</td><td>{SAID}</td></tr></table>",
    f"<blockquote><p>{PLANNED}</p></blockquote>",
    f"<ul><li>{SAID}</li><li>{PLANNED}</li></ul>",
    f"<p>{SAID} {PLANNED}</p>",
    "<p>That was all they said.</p>",
    "<p><a href='/o.html'>Why the other bridge is closed</a></p>",
    f"<div class='widget'>{SAID} {PLANNED}</div>",
    f"<aside><h3>Background</h3><p>{SAID} {PLANNED}</p></aside>",
    f"<div style='display:none'><p>{SAID} {PLANNED}</p></div>",
    "<div class='newsletter'><p>Sign up and get the news of the day by mail.</p></div>",
)
"""What a page may have that no page of its model has."""
CHANGED = 240


@pytest.mark.slow
def test_a_real_page_with_something_new_anywhere_is_read_alike_or_in_full(shared_data):
    """Of 720 such pages 91 % were while fields stood only where others of the site do."""
    told = [
        p for _, p in GoldSet("fundus-eval", shared_data / "fundus-eval").iter_pages()
    ]
    known = [(p, m) for p, m in left_out(told) if outcome(p, m) == ("", [])]
    chance = random.Random(23)
    outcomes = [
        outcome(added_to(page, chance), m)
        for page, m in chance.choices(known, k=CHANGED)
    ]
    differing = [fields for _, fields in outcomes if fields]
    assert len(differing) <= 0.03 * CHANGED, Counter(map(str, differing))


def added_to(page, chance):
    """Return *page* with one of ADDED after one of its closing tags."""
    ends = [
        m.end() for m in re.finditer(rb"</(?:p|div|h1|figure|ul|header)>", page.body)
    ]
    at, new = chance.choice(ends), chance.choice(ADDED)
    return replace(page, body=page.body[:at] + new.encode() + page.body[at:])


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
