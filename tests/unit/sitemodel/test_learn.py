from __future__ import annotations

import random

from scraper.items import Page
from scraper.sitemodel import learn
from scraper.sitemodel.learn import SmallestKeys
from tests.unit.sitemodel.kit import (
    PROMOTION,
    SITE,
    digests,
    model_of,
    page,
    pages,
    sentences,
)

PROMOTED = f"<p>{PROMOTION}</p>"


def test_one_article_teaches_nothing():
    assert learn(SITE, digests(pages(1))) is None


def test_two_articles_teach_something():
    assert model_of(pages(2)).pages == 2


def test_the_order_of_the_pages_does_not_matter():
    told = digests(pages(7, inside=PROMOTED))
    models = set()
    for seed in range(5):
        shuffled = told.copy()
        random.Random(seed).shuffle(shuffled)
        model = learn(SITE, shuffled)
        models.add((model.version, model.to_json()))
    assert len(models) == 1


def test_a_text_of_several_articles_is_repeated():
    found = model_of(pages(4, inside=PROMOTED)).repeated.values()
    assert (PROMOTION[:60], 4) in [(r.start, r.pages) for r in found]


def test_duplicates_of_one_article_count_once():
    duplicates = [page(n, body=sentences(1), inside=PROMOTED) for n in range(1, 4)]
    assert learn(SITE, digests(duplicates)) is None
    model = model_of([*duplicates, page(8)])
    assert model.pages == 2
    assert PROMOTION[:60] not in {r.start for r in model.repeated.values()}


def test_instalments_of_a_series_count_once():
    forecast = "Trời nhiều mây, có lúc có mưa rào và dông vài nơi trong vùng."
    series = [
        page(
            n, inside=f"<p>{forecast}</p>", headline=f"Thời tiết ngày mai {n}/7 cả nước"
        )
        for n in range(1, 6)
    ]
    model = model_of([*series, page(8), page(9)])
    assert model.pages == 3
    assert forecast[:60] not in {r.start for r in model.repeated.values()}


def test_pages_with_a_third_of_their_sentences_in_common_count_once():
    follow_up = [*sentences(1)[:3], *sentences(40)[:4]]
    assert model_of([page(1), page(2), page(3, body=follow_up)]).pages == 1 + 1


def test_a_template_is_named_by_the_path_of_its_paragraphs():
    (template,) = model_of(pages(3)).templates
    assert template.body == "main > div.story > p"
    assert template.pages == 3
    assert template.paths[template.body].keep
    assert template.places["title"] == {"main > h1": 3}
    assert template.places["container"] == {"main > div.story": 3}


def test_a_body_split_over_several_containers_names_them_all():
    halves = [
        page(n, inside=f"<div class='rest'>{_paragraphs(n + 50)}</div>")
        for n in range(1, 4)
    ]
    (template,) = model_of(halves).templates
    assert set(template.places["container"]) == {
        "main > div.story",
        "main > div.story > div.rest",
    }


def test_another_template_of_the_site_gets_its_own():
    long_forms = [page(n, tag="section class='long'") for n in range(11, 14)]
    model = model_of([*pages(3), *long_forms])
    assert [t.body for t in model.templates] == [
        "main > div.story > p",
        "main > section.long > p",
    ]


def test_a_template_of_one_page_is_none():
    model = model_of([*pages(3), page(11, tag="section class='long'")])
    assert len(model.templates) == 1


def test_a_label_before_links_is_learned():
    teaser = "<p>Đọc tiếp ngay: <a href='/x'>{} một bài khác</a></p>"
    told = [page(n, inside=teaser.format(n)) for n in range(1, 4)]
    assert model_of(told).labels == {"đọc tiếp ngay": 3}


def test_what_stands_before_links_outside_the_container_is_no_label():
    aside = "<aside><p><a href='/x'>Hà Nội: một bài {} khác</a></p></aside>"
    assert model_of([page(n, after=aside.format(n)) for n in range(1, 4)]).labels == {}


def test_what_only_listings_have_is_learned():
    path = "main > ul.list > li.item > h3 > a"
    items = "".join(
        f"<li class='item'><h3><a href='/tin/{n}.htm'>{' '.join(sentences(n, 1))}</a></h3></li>"
        for n in range(30)
    )
    body = f"<html><body><main><ul class='list'>{items}</ul></main></body></html>"
    one, other = (Page(f"https://{SITE}/?trang={n}", body.encode()) for n in (1, 2))
    assert path in model_of([*pages(3), one, other]).listing
    assert path not in model_of([*pages(3), one]).listing


def test_a_path_that_is_mostly_dropped_is_told_so():
    aside = "<div class='box related'><p><a href='/x'>{}</a></p></div>"
    told = [page(n, inside=aside.format(sentences(n + 70, 1)[0])) for n in range(1, 5)]
    (template,) = model_of(told).templates
    fact = template.paths["main > div.story > div.box.related > p > a"]
    assert (fact.keep, fact.kept, fact.pages) == (False, 0, 4)


def _paragraphs(number):
    return "".join(f"<p>{text}</p>" for text in sentences(number))


KEYS = [f"{n * n * 7919 % 2**64:016x}" for n in range(1, 200)]


def test_the_smallest_keys_are_drawn_in_any_order():
    for seed in range(3):
        draw = SmallestKeys(size=10)
        for key in random.Random(seed).sample(KEYS, len(KEYS)):
            draw.offer(key)
        assert {key for key in KEYS if key in draw} == set(sorted(KEYS)[:10])


def test_a_key_offered_again_takes_no_other_place():
    draw = SmallestKeys(size=2)
    for key in ("01", "01", "02", "03"):
        draw.offer(key)
    assert len(draw) == 2
    assert "02" in draw
    assert "03" not in draw
