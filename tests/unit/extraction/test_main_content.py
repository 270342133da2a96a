from __future__ import annotations

import pytest
from lxml import etree
from trafilatura.settings import Document

from scraper.extraction import main_content
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.main_content import (
    MainContent,
    container_of,
    find_main_content,
    with_captions,
)
from scraper.items import BlockKind
from tests.unit.extraction.kit import (
    ENGLISH,
    FRENCH,
    VIETNAMESE,
    blocks_of,
    paragraphs,
    tree,
)

MENU = "".join(f'<li><a href="/{n}">Mục {n}</a></li>' for n in range(8))
CHROME = f"<nav><ul>{MENU}</ul></nav>"


def main_of(body):
    root = tree(body)
    blocks = iter_blocks(root)
    return blocks, find_main_content(root, blocks)


def texts(blocks, indexes):
    return [blocks[i].text for i in sorted(indexes)]


@pytest.mark.parametrize(
    "texts_", [VIETNAMESE, ENGLISH, FRENCH], ids=["vi", "en", "fr"]
)
def test_the_paragraphs_of_an_article_are_found_and_its_chrome_is_not(texts_):
    blocks, main = main_of(f"{CHROME}<article>{paragraphs(texts_)}</article>")
    assert texts(blocks, main.found) == list(texts_)
    assert texts(blocks, main.inside) == list(texts_)


def test_a_page_without_text_has_no_main_content():
    _, main = main_of(CHROME)
    assert main == MainContent(boilerplate=main.boilerplate)
    assert list(main.inside) == []


def test_where_trafilatura_finds_nothing_there_is_no_main_content(monkeypatch):
    monkeypatch.setattr(main_content, "bare_extraction", lambda *_, **__: None)
    _, main = main_of(f"<article>{paragraphs()}</article>")
    assert main.found == frozenset()


def let_trafilatura_say(markup, monkeypatch):
    said = Document()
    said.body = etree.fromstring(f"<body>{markup}</body>")
    monkeypatch.setattr(main_content, "bare_extraction", lambda *_, **__: said)


def test_an_output_without_elements_is_one_line(monkeypatch):
    let_trafilatura_say(VIETNAMESE[0], monkeypatch)
    blocks, main = main_of(f"<div>{paragraphs()}</div>")
    assert texts(blocks, main.found) == [VIETNAMESE[0]]


def test_a_block_that_says_most_of_a_found_line_is_found(monkeypatch):
    let_trafilatura_say(paragraphs(), monkeypatch)
    altered = VIETNAMESE[1].replace("bọn trẻ", "lũ nhỏ")
    blocks, main = main_of(paragraphs([VIETNAMESE[0], altered, VIETNAMESE[2]]))
    assert altered in texts(blocks, main.found)


def test_a_body_split_by_breaks_is_found_run_by_run():
    body = "<br><br>".join(VIETNAMESE)
    blocks, main = main_of(f"{CHROME}<div class=c><p>{body}</p></div>")
    assert texts(blocks, main.found) == list(VIETNAMESE)


def test_a_body_split_over_two_containers_is_found_whole():
    first, second = paragraphs(VIETNAMESE[:2]), paragraphs(VIETNAMESE[2:])
    advert = '<div class="ads"><p>Quảng cáo</p></div>'
    blocks, main = main_of(
        f"{CHROME}<div class=contents><div id=first>{first}</div>{advert}"
        f"<div id=rest>{second}</div></div>"
    )
    assert texts(blocks, main.found) == list(VIETNAMESE)


def test_the_container_is_widened_by_a_short_rest_of_the_body():
    most, rest = paragraphs([*VIETNAMESE, *ENGLISH, *FRENCH[:2]]), FRENCH[2]
    blocks, main = main_of(
        f"{CHROME}<div class=body><div id=first>{most}</div><div id=rest>"
        f"<p>{rest[:90]}</p></div></div>"
    )
    assert blocks[main.inside.stop - 1].text == rest[:90].strip()


def test_text_that_stands_twice_counts_where_the_container_is(monkeypatch):
    long = [*VIETNAMESE, *ENGLISH, *FRENCH]
    let_trafilatura_say(paragraphs(long), monkeypatch)
    teaser = f"<div class=focus><p>{VIETNAMESE[0]}</p></div>"
    article = f"<div class=contents>{paragraphs(long)}</div>"
    blocks, main = main_of(f"{teaser}<div>{CHROME}{article}</div>")
    assert texts(blocks, main.found) == long
    assert 0 not in main.found


def test_a_body_without_an_element_of_its_own_is_held_by_the_page():
    blocks, main = main_of(f"{CHROME}{paragraphs()}")
    assert texts(blocks, main.found) == list(VIETNAMESE)


def test_boilerplate_elements_are_never_found():
    related = f'<div class="related"><p>{FRENCH[0]}</p></div>'
    blocks, main = main_of(f"<div>{paragraphs()}{related}</div>")
    assert texts(blocks, main.boilerplate) == [FRENCH[0]]
    assert texts(blocks, main.found) == list(VIETNAMESE)


def test_the_container_is_the_deepest_element_with_most_of_the_words():
    blocks = blocks_of(f"<div id=a><div id=b>{paragraphs()}</div><p>x</p></div>")
    assert container_of(blocks).get("id") == "b"


def test_a_body_in_one_paragraph_is_held_by_what_is_around_it():
    blocks = blocks_of(f"<div id=a><p>{'<br>'.join(VIETNAMESE)}</p></div>")
    assert container_of(blocks).get("id") == "a"


def test_headings_weigh_nothing_while_there_are_paragraphs():
    heading = f"<h2>{' '.join(VIETNAMESE)}</h2>"
    blocks = blocks_of(f"<div id=a>{heading}<div id=b>{paragraphs()}</div></div>")
    assert container_of(blocks).get("id") == "b"


def test_headings_alone_tell_the_container():
    blocks = blocks_of(f"<div id=a><h2>{VIETNAMESE[0]}</h2></div>")
    assert container_of(blocks).tag == "h2"


def test_no_blocks_have_no_container():
    assert container_of([]) is None


def test_captions_tell_the_container_of_a_photo_story():
    figures = "".join(
        f"<figure><img src={n}.jpg><figcaption>{text}</figcaption></figure>"
        for n, text in enumerate(VIETNAMESE)
    )
    note = "<div><p>Một dòng giới thiệu ngắn về chuyến xe sách.</p></div>"
    blocks, main = main_of(f"<div><div id=photos>{figures}</div>{note}</div>")
    captions = {b.index for b in blocks if b.kind is BlockKind.CAPTION}
    assert captions <= set(main.inside)


def test_captions_of_the_container_join_the_found_blocks_in_page_order():
    blocks = blocks_of(
        "<p>a</p><figcaption>b</figcaption><p>c</p><figcaption>d</figcaption>"
    )
    main = MainContent(frozenset({0, 2}), range(3))
    joined = with_captions([blocks[0], blocks[2]], blocks, main)
    assert [b.text for b in joined] == ["a", "b", "c"]


def test_a_short_line_is_found_where_it_follows_the_line_before():
    said = [VIETNAMESE[0], "Vâng!", VIETNAMESE[1], VIETNAMESE[2]]
    blocks, main = main_of(f"<div>{paragraphs(said)}</div><p>Vâng!</p>")
    assert texts(blocks, main.found) == said


def test_a_menu_entry_that_is_a_word_of_the_text_is_not_found():
    menu = "<div><span><a href=/x>ven suối</a></span></div>"
    blocks, main = main_of(f"{menu}<article>{paragraphs()}</article>")
    assert "ven suối" not in texts(blocks, main.found)
