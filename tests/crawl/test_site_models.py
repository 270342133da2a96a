"""Site models in a crawl: learned, used, kept, and pages read again by them."""

from __future__ import annotations

import pytest

from scraper.demo import serving
from scraper.sitemodel import GOOD, SiteModel
from scraper.storage import open_store


@pytest.fixture(scope="module")
def replica():
    with serving(size=40) as replica:
        yield replica


@pytest.fixture(scope="module")
def run(replica, crawls):
    return crawls(arguments={"portal": replica.base})


@pytest.fixture
def models(run):
    with open_store(run.store, create=False) as store:
        yield store.models


def test_a_crawl_learns_the_model_of_its_site(run, models):
    assert run.stats["model/learned"] >= 1
    (current,) = [m for m in models.list_models() if m.current]
    assert current.pages >= GOOD


def test_the_sample_is_kept_for_the_next_crawl(models):
    (site,) = {model.site for model in models.list_models()}
    assert len(models.load_samples(site)) >= GOOD


def test_every_article_says_which_model_made_it(run, models):
    (current,) = [m.version for m in models.list_models() if m.current]
    made_by = {a.extraction.model_version for a in run.stored().values()}
    assert "" not in made_by
    assert current in made_by


def test_pages_that_came_before_the_model_are_read_again(run):
    assert run.stats["model/read_again"] == run.stats["model/none"] > 0


def test_reading_again_makes_no_revision_of_the_same_words(run):
    assert {article.revision for article in run.stored().values()} == {1}


def test_a_crawl_of_few_articles_has_no_good_model_yet(replica, new_crawls):
    run = new_crawls(arguments={"portal": replica.base, "limit": "3"})
    assert "model/learned" not in run.stats
    assert {a.extraction.model_version for a in run.stored().values()} == {""}
    with open_store(run.store, create=False) as store:
        assert store.models.list_models() == []
        assert len(store.models.load_samples("127.0.0.1")) >= run.stats["model/none"]


def test_pages_of_the_model_go_the_fast_way_and_some_are_audited(run):
    report = run.report
    assert report["fast"] > 0.5 * report["followed"]
    assert report["audited"] > 0
    assert report["differed"] == 0
    with_model = report["followed"] + sum(report["model_limited"].values())
    assert report["fast"] + sum(report["careful"].values()) == with_model


def test_audits_are_kept_with_the_model(run, models):
    (site,) = {model.site for model in models.list_models()}
    model = SiteModel.from_json(models.load_model(site))
    assert 0 < model.audited == model.agreed <= run.report["audited"]


def test_a_template_that_changed_is_found_out_and_learned_anew(
    new_crawls, make_site, write_article, write_feed
):
    """The tags moved: they are not where the model looks for them, so audits differ."""
    site = make_site()
    addresses = [
        site.put(path_of(n), page_of(n, tags="class='tags'", write=write_article))
        for n in range(20)
    ]
    site.put("/rss/moi.rss", write_feed(addresses))
    listed = {"portal": site.base, "feeds": f"{site.base}/rss/moi.rss"}
    first = new_crawls(arguments=listed)
    assert first.report["new"] == 20
