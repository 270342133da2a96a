"""Site models in a crawl: learned, used, kept, and pages read again by them."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from scraper.cli.runs import print_summary
from scraper.demo import Portal, serving
from scraper.demo.pages import plain
from scraper.demo.site import Site as DemoSite
from scraper.monitoring.run_report import RunReport
from scraper.sitemodel import GOOD, SiteModel
from scraper.storage import open_store
from worlds.gold.replica import BASE, NOW

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def replica():
    with serving(size=120) as replica:
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


def test_the_summary_says_how_pages_were_read_and_what_audits_told(run, capsys):
    report = RunReport(**run.report)
    print_summary(report, "done")
    printed = " ".join(capsys.readouterr().out.split())
    careful = sum(report.careful.values())
    assert f"fast path / full extraction │ {report.fast} / {careful} (" in printed
    assert f"audited / differed │ {report.audited} / 0 " in printed


def test_audits_are_kept_with_the_model(run, models):
    (site,) = {model.site for model in models.list_models()}
    model = SiteModel.from_json(models.load_model(site))
    assert 0 < model.audited == model.agreed <= run.report["audited"]


@pytest.fixture
def replay(new_crawls, tmp_path):
    """Crawls saved articles, those from *start* to *stop*, each changed by *change*."""
    portal = Portal(80, seed=3, base=BASE, now=NOW)
    site = DemoSite(portal)

    def crawl(start, stop, change=lambda body: body):
        lines = []
        for n, truth in islice(enumerate(portal.truths()), start, stop):
            body = b"".join(plain(site.answer(truth.url.removeprefix(BASE)).parts))
            (tmp_path / f"{n}.html").write_bytes(change(body))
            lines.append(json.dumps({"id": str(n), "url": truth.url}))
        manifest = tmp_path / "manifest.jsonl"
        manifest.write_text("\n".join(lines), "utf-8")
        return new_crawls(arguments={"portal": BASE}, replay=str(manifest))

    return crawl


def renamed(body):
    """Return the page with its credit line where the model does not look for it."""
    return body.replace(b'class="author"', b'class="credit"')


@pytest.mark.slow
def test_a_template_that_changed_is_found_out_and_learned_anew(replay):
    assert replay(0, 40).stats["model/learned"] >= 1
    changed = replay(40, 80, renamed)
    assert changed.report["differed"] >= 2
    assert changed.stats["model/forgotten"] == 1
    assert changed.stats["model/learned"] >= 1
    assert "its template has changed, and is learned again" in changed.stderr
    with open_store(changed.store, create=False) as store:
        (site,) = {model.site for model in store.models.list_models()}
        model = SiteModel.from_json(store.models.load_model(site))
        prefixes = {opening.prefix for opening in model.openings["end"]}
    assert prefixes == {'<div class="credit">'}
    assert model.agreed == model.audited
