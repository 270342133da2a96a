from __future__ import annotations

import shutil
from pathlib import Path

from scraper import reading
from scraper.reading import read, study
from scraper.workers import ReaderPool, learn_sites
from scraper.workers.reader import ModelFiles
from tests.unit.sitemodel.kit import PROMOTION, SITE, model_of, page, pages

PROMOTED = f"<p>{PROMOTION}</p>"


def test_a_worker_reads_by_a_model_as_the_parent_does():
    model = model_of(pages(3, inside=PROMOTED))
    own = page(9, inside=PROMOTED)
    with ReaderPool(workers=1) as pool:
        assert pool.submit(own, model).result(300) == read(
            own, model, with_ledger=False
        )
        assert pool.submit(own).result(300) == read(own, with_ledger=False)


def test_a_worker_studies_as_the_parent_does():
    with ReaderPool(workers=1) as pool:
        assert pool.study(page(1)).result(300) == study(page(1))


def test_a_page_of_an_unknown_template_comes_back_with_its_digest():
    model = model_of(pages(3))
    known, unknown = page(9), page(9, tag="section class='new'")
    with ReaderPool(workers=1) as pool:
        assert pool.meet(known, model).result(300) == read(
            known, model, with_ledger=False
        )
        assert pool.meet(unknown, model).result(300) == study(unknown, model)


def test_a_page_of_an_unknown_template_is_examined_once(monkeypatch):
    model = model_of(pages(3))
    seen, examine = [], reading.examine
    monkeypatch.setattr(
        reading, "examine", lambda *told: seen.append(told) or examine(*told)
    )
    reading.read_or_study(page(9, tag="section class='new'"), model)
    assert len(seen) == 1


def test_each_page_is_read_by_the_model_of_its_site():
    model = model_of(pages(3, inside=PROMOTED))
    told = pages(4, inside=PROMOTED)
    with ReaderPool(workers=2) as pool:
        read_all = pool.read_all(
            told, model_of=lambda p: model if "10002" in p.url else None
        )
        followed = [article.extraction.model_version for _, article in read_all]
    assert followed == ["", model.version, "", ""]


def test_a_model_is_written_once_and_removed_with_the_pool():
    files = ModelFiles()
    model = model_of(pages(2))
    path = files.path_of(model)
    assert files.path_of(model) == path
    assert path.read_text("utf-8") == model.to_json()
    files.remove()
    assert not Path(path).parent.exists()


def test_a_model_whose_file_was_cleaned_up_is_written_again():
    files = ModelFiles()
    model = model_of(pages(2))
    path = files.path_of(model)
    path.unlink()
    assert files.path_of(model) == path
    assert path.read_text("utf-8") == model.to_json()
    shutil.rmtree(path.parent)
    again = files.path_of(model)
    assert again.read_text("utf-8") == model.to_json()
    files.remove()
    assert not again.parent.exists()


def test_sites_are_learned_in_any_order_of_their_pages():
    told = pages(6, inside=PROMOTED)
    one, other = learn_sites(told, workers=2), learn_sites(reversed(told), workers=2)
    assert one.models == other.models
    assert set(one.models) == {SITE}
    assert one.model_of(told[0]) is one.models[SITE]


def test_pages_that_cannot_be_read_teach_nothing():
    broken = type(told := page(1))(told.url, b"%PDF-1.7")
    seen = []
    learned = learn_sites([broken, *pages(2)], progress=lambda *n: seen.append(n))
    assert learned.models[SITE].pages == 2
    assert seen[-1] == (3, 0, 2)
