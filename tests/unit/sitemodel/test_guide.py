from __future__ import annotations

from dataclasses import replace

from scraper.extraction.choose import examine
from scraper.extraction.main_content import MainContent
from scraper.items import Kind, Page
from scraper.reading import read
from scraper.sitemodel.apply import guide
from scraper.sitemodel.model import PathFact
from tests.unit.sitemodel.kit import (
    PROMOTION,
    SITE,
    model_of,
    page,
    pages,
    rules,
    sentences,
)

PROMOTED = f"<p>{PROMOTION}</p>"
BODY = "main > div.story > p"


def with_path(model, path, **fact):
    (template,) = model.templates
    paths = {**template.paths, path: PathFact(**fact)}
    return replace(model, templates=(replace(template, paths=paths),))


def test_what_the_site_repeats_is_dropped_with_its_evidence():
    told = pages(4, inside=PROMOTED)
    assert PROMOTION in read(told[0]).text
    article = read(told[0], model_of(told))
    assert PROMOTION not in article.text
    assert rules(article)[PROMOTION] == (
        "repeated_on_site",
        "seen on 4 of 4 pages",
        False,
    )


def test_the_article_says_which_model_made_it():
    model = model_of(pages(3))
    assert read(page(9), model).extraction.model_version == model.version
    assert read(page(9)).extraction.model_version == ""


def test_the_same_page_and_version_give_the_same_bytes():
    model = model_of(pages(4, inside=PROMOTED))
    once, again = (read(page(9, inside=PROMOTED), model).to_dict() for _ in range(2))
    assert once == again


def test_a_paragraph_that_two_of_many_articles_say_is_kept():
    said = "Cơn lũ năm ngoái đã cuốn trôi hai trăm ngôi nhà ở ba huyện miền núi."
    told = [page(n, inside=f"<p>{said}</p>" if n < 3 else "") for n in range(1, 7)]
    model = model_of(told)
    assert said in {r.start for r in model.repeated.values()} or model.repeated
    assert said in read(told[0], model).text


def test_a_heading_of_some_articles_is_kept_one_of_most_is_not():
    told = [
        page(
            n,
            inside=f"<h3>{'Những điều đã biết' if n < 4 else 'Mời đọc tiếp'}</h3><p>{sentences(n + 60)[0]}</p>",
        )
        for n in range(1, 11)
    ]
    model = model_of(told)
    assert "Những điều đã biết" in read(told[0], model).text
    assert "Mời đọc tiếp" not in read(told[9], model).text


def test_a_label_before_a_link_marks_a_teaser():
    teaser = "<p>Đọc tiếp ngay: <a href='/x'>bài {} về một chuyện khác hẳn</a>, mới</p>"
    model = model_of([page(n, inside=teaser.format(n)) for n in range(1, 4)])
    article = read(page(9, inside=teaser.format(9)), model)
    assert "Đọc tiếp ngay" not in article.text
    assert any(rule == "label_on_site" for rule, _, _ in rules(article).values())


def test_a_path_that_the_model_drops_is_dropped():
    model = with_path(
        model_of(pages(3)),
        f"{BODY.rpartition(' > ')[0]} > p.call",
        keep=False,
        kept=0,
        pages=3,
    )
    own = "Hôm nay, độc giả được mời tham gia một cuộc thi ảnh với nhiều giải thưởng."
    article = read(page(9, inside=f"<p class='call'>{own}</p>"), model)
    assert own not in article.text
    assert rules(article)[own] == (
        "path_dropped_on_site",
        "dropped on 3 of 3 pages",
        False,
    )


def test_a_path_that_the_model_keeps_is_kept():
    model = with_path(
        model_of(pages(3)), "main > div.story > div.note", keep=True, kept=3, pages=3
    )
    own = "Ghi chú của tác giả: con số trong bài được lấy từ báo cáo của huyện."
    noted = page(
        9, inside=f"<div class='note'>{own}</div>" + "<p>" + sentences(60)[0] + "</p>"
    )
    article = read(noted, model)
    assert own in article.text


def test_a_model_that_drops_more_than_a_fifth_of_a_page_is_not_followed():
    model = with_path(model_of(pages(3)), BODY, keep=False, kept=0, pages=3)
    article = read(page(9), model)
    assert article.text == read(page(9)).text
    assert article.extraction.model_limited == "drops_too_much"
    assert article.extraction.model_version == model.version


def test_a_page_whose_own_text_repeats_by_nature_keeps_it():
    headings = ["Đêm nay ở miền núi", "Ngày mai dọc bờ biển", "Tuần tới trong cả nước"]
    said = [
        f"Trời nhiều mây, có mưa vài nơi, gió nhẹ, trời se lạnh {n}." for n in "abcd"
    ]
    bulletins = [
        page(n, body=said, headline=f"{headings[n]} thế nào") for n in range(3)
    ]
    model = model_of([*bulletins, *pages(6)])
    for bulletin in bulletins:
        article = read(bulletin, model)
        assert all(line in article.text for line in said)


def test_a_page_of_an_unknown_template_is_said_to_be():
    model = model_of(pages(3))
    article = read(page(9, tag="section class='long'"), model)
    assert article.extraction.model_limited == "unknown_template"
    assert read(page(9), model).extraction.model_limited == ""


def test_a_body_that_is_split_is_found_whole_by_its_template():
    model = model_of(pages(3))
    rest = "".join(f"<p>{text}</p>" for text in sentences(70, 8))
    split = page(10, after=f"<aside><p>x</p></aside><div class='story'>{rest}</div>")
    blocks = examine(split).blocks
    start = next(b.index for b in blocks if b.text == sentences(10)[0])
    part = MainContent(frozenset(range(start, start + 6)), range(start, start + 6))
    found = guide(blocks, part, model).main.found
    assert [blocks[i].text for i in sorted(found)] == [
        *sentences(10),
        *sentences(70, 8),
    ]


def test_the_short_rest_of_a_split_body_is_found_and_so_is_its_caption():
    model = model_of(pages(3))
    figure = "<figure><img src=a.jpg><figcaption>Sau cơn lũ.</figcaption></figure>"
    rest = f"{figure}<p>{sentences(70, 1)[0]}</p>"
    split = page(10, after=f"<div class='story'>{rest}</div>")
    blocks = examine(split).blocks
    start = next(b.index for b in blocks if b.text == sentences(10)[0])
    part = MainContent(frozenset(range(start, start + 6)), range(start, start + 6))
    main = guide(blocks, part, model).main
    assert blocks[max(main.found)].text == sentences(70, 1)[0]
    assert any(blocks[i].text == "Sau cơn lũ." for i in main.inside)


def test_a_page_too_short_for_its_template_keeps_what_all_templates_keep():
    said = ["Cơn lũ đã cuốn trôi hai trăm ngôi nhà.", "Nước rút trong đêm."]
    blocks = examine(page(10, body=said)).blocks
    first, rest = (b.index for b in blocks if b.text in said)
    part = MainContent(frozenset({first}), range(first, rest + 1))
    guidance = guide(blocks, part, model_of(pages(3)))
    assert guidance.template == ""
    assert guidance.main.verdicts[rest].rule == "path_kept_on_site"


def test_a_question_that_two_interviews_ask_is_kept():
    asked = "Ông có thể kể cho bạn đọc nghe về ngày đầu tiên ở nơi này được không?"
    answer = "<p>{}</p>"
    told = [
        page(
            n,
            inside=f"<p><strong>{asked}</strong></p>{answer.format(sentences(n + 60)[0])}",
        )
        for n in (1, 2)
    ]
    assert asked in read(told[0], model_of([*told, *pages(6)[2:]])).text


def test_prose_that_two_pages_of_an_unknown_template_say_is_kept():
    said = "Cơn lũ năm ngoái đã cuốn trôi hai trăm ngôi nhà ở ba huyện miền núi."
    odd = [
        page(n, tag=f"section class='s{'xyz'[n]}'", inside=f"<p>{said}</p>")
        for n in (1, 2)
    ]
    assert said in read(odd[0], model_of([*odd, *pages(6)[2:]])).text


def test_a_page_built_like_the_site_s_listings_is_one():
    def listing(url, first):
        items = "".join(
            f"<div class='teaser'><div class='sum'>{sentences(first + n, 1)[0]}</div></div>"
            for n in range(20)
        )
        body = (
            f"<html><body><main><div class='river'>{items}</div></main></body></html>"
        )
        return Page(url, body.encode())

    homes = (listing(f"https://{SITE}/?trang={n}", 100 * n) for n in (1, 2))
    model = model_of([*pages(3), *homes])
    other = listing(f"https://{SITE}/chuyen-muc/doi-song-va-van-hoa-so-12345.html", 200)
    assert read(other).kind is Kind.ARTICLE
    article = read(other, model)
    assert article.kind is Kind.LISTING
    assert article.text == ""
