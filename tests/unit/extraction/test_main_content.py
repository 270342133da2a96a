from __future__ import annotations

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_markup
from scraper.extraction.head import Declared, Head
from scraper.extraction.json_ld import StructuredData
from scraper.extraction.kind import ARTICLE
from scraper.extraction.labeller import TRAINED, Labeller, Trees
from scraper.extraction.main_content import (
    MainContent,
    container_of,
    find_main_content,
    with_captions,
    without_next_articles,
)
from scraper.items import BlockKind
from scraper.text import words
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


HEAD = Head(Declared({}), StructuredData(), "", "")


def main_of(body, labeller=TRAINED):
    blocks = iter_blocks(tree(body))
    return blocks, find_main_content(blocks, HEAD, labeller)


def labelled(probability):
    """Return a labeller by which a block is body with what *probability* makes of units."""
    sure = Trees((), lambda: 9.0)
    return Labeller(Trees(("units",), probability), sure, sure)


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
    _, main = main_of("")
    assert (main.found, list(main.inside)) == (frozenset(), [])


def test_where_no_block_is_likely_the_likeliest_are_the_main_content():
    body = f"<p>kém</p>{paragraphs()}"
    blocks, main = main_of(body, labelled(lambda units: -2 if units > 5 else -6))
    assert texts(blocks, main.found) == list(VIETNAMESE)


def test_a_caption_is_never_found():
    body = f"<p>{VIETNAMESE[0]}</p><figcaption>{VIETNAMESE[1]}</figcaption>"
    blocks, main = main_of(body, labelled(lambda _: 3))
    assert texts(blocks, main.found) == [VIETNAMESE[0]]


def test_a_note_for_screen_readers_in_a_line_is_never_found():
    note = "<a href='/x'>bến<span class='visually-hidden'>, mở trang mới</span></a>"
    blocks, main = main_of(f"<p>{VIETNAMESE[0]} {note}</p>", labelled(lambda _: 3))
    assert ", mở trang mới" in [block.text for block in blocks if block.hidden]
    assert texts(blocks, main.found) == [f"{VIETNAMESE[0]} bến"]


def unsure(*said, of=-0.5):
    """Return a labeller that is sure of all but texts of as many units as *said* have."""
    doubted = {len(words(text)) for text in said}
    return labelled(lambda size: of if size in doubted else 3)


@pytest.mark.parametrize(
    "markup",
    [
        "<blockquote>{}</blockquote>",
        "<table><tr><td>{0}</td></tr></table>",
        "<div>{}</div>",
    ],
)
def test_what_may_be_body_is_in_the_container_of_the_rest_and_not_elsewhere(markup):
    doubted = "Sáng nay bà con ở đầu vàm kể rằng bến mới rộng hơn bến cũ rất nhiều."
    labeller = unsure(doubted)
    held = f"<article>{paragraphs()}{markup.format(doubted)}{paragraphs()}</article>"
    blocks, main = main_of(held, labeller)
    assert doubted in texts(blocks, main.found)
    apart = f"<article>{paragraphs()}</article><aside>{markup.format(doubted)}</aside>"
    blocks, main = main_of(apart, labeller)
    assert doubted not in texts(blocks, main.found)
    beside = f"<article>{paragraphs()}<aside>{markup.format(doubted)}</aside>{paragraphs()}</article>"
    blocks, main = main_of(beside, labeller)
    assert doubted not in texts(blocks, main.found)


def test_a_heading_right_above_body_in_one_element_is_of_it():
    labeller = unsure("Bến mới", of=-3)
    over = f"<article>{paragraphs()}<h2>Bến mới</h2>{paragraphs()}</article>"
    blocks, main = main_of(over, labeller)
    assert "Bến mới" in texts(blocks, main.found)
    apart = (
        f"<article>{paragraphs()}<div><h2>Bến mới</h2></div>{paragraphs()}</article>"
    )
    blocks, main = main_of(apart, labeller)
    assert "Bến mới" not in texts(blocks, main.found)


def test_a_sentence_between_the_pictures_of_a_photo_story_is_of_it():
    pictures = [
        f"<figure><img src='/{n}.jpg'><figcaption>{VIETNAMESE[n]}</figcaption></figure>"
        for n in range(3)
    ]
    lead, alone = "Một ngày ở chợ nổi đầu vàm.", "Bến cũ."
    start = f"<h1>Bến</h1><p>{lead}</p>"
    labeller = unsure(alone, *VIETNAMESE[:3], of=-3)
    story = f"{start}<div>{''.join(pictures)}<p>{alone}</p></div>"
    blocks, main = main_of(story, labeller)
    assert alone in texts(blocks, main.found)
    no_story = f"{start}<div>{pictures[0]}<p>{alone}</p></div>"
    blocks, main = main_of(no_story, labeller)
    assert alone not in texts(blocks, main.found)


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


def test_a_body_without_an_element_of_its_own_is_held_by_the_page():
    blocks, main = main_of(f"{CHROME}{paragraphs()}")
    assert texts(blocks, main.found) == list(VIETNAMESE)


def test_what_stands_under_related_is_not_found():
    related = f'<div class="related"><a href="/x">{FRENCH[0]}</a></div>'
    blocks, main = main_of(f"<div>{paragraphs()}{related}</div>")
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


def test_bare_links_outside_the_container_are_not_found_and_do_not_widen_it():
    tags = "".join(
        f"<li><a href=/{n}>{text}</a>,</li>" for n, text in enumerate(FRENCH)
    )
    body = f"<div><div>{paragraphs()}</div><ul>{tags}</ul></div>"
    blocks, main = main_of(body, labelled(lambda _: 3))
    assert texts(blocks, main.found) == texts(blocks, main.inside) == list(VIETNAMESE)


def test_bare_links_inside_the_container_can_be_found():
    links = "".join(
        f"<li><a href=/{n}>{text}</a></li>" for n, text in enumerate(FRENCH)
    )
    body = (
        f"<div>{paragraphs(VIETNAMESE[:2])}<ul>{links}</ul>{paragraphs(ENGLISH)}</div>"
    )
    blocks, main = main_of(body, labelled(lambda _: 3))
    assert set(FRENCH) <= set(texts(blocks, main.found))


def test_a_menu_entry_that_is_a_word_of_the_text_is_not_found():
    menu = "<div><span><a href=/x>ven suối</a></span></div>"
    blocks, main = main_of(f"{menu}<article>{paragraphs()}</article>")
    assert "ven suối" not in texts(blocks, main.found)


def teasers(count):
    items = (
        f'<li><a href="/{n}">Thư viện xã {n} mở cửa trở lại</a></li>'
        for n in range(count)
    )
    return f"<ul>{''.join(items)}</ul>"


@pytest.mark.parametrize("chrome", ["", "<h1>Văn hóa</h1>", "<p>Mục Văn hóa.</p>"])
def test_a_page_that_says_nothing_among_many_teasers_is_a_list(chrome):
    _, main = main_of(chrome + teasers(20), labelled(lambda units: -9.0))
    assert main.article < ARTICLE


def test_a_page_with_fewer_teasers_or_a_text_is_what_the_labeller_says():
    nothing = labelled(lambda units: -9.0)
    _, few = main_of(teasers(12), nothing)
    _, long = main_of(
        teasers(20) + paragraphs(VIETNAMESE),
        labelled(lambda units: 9.0 if units > 12 else -9.0),
    )
    assert min(few.article, long.article) > ARTICLE


def test_a_page_that_declares_an_article_is_one_among_teasers():
    data = StructuredData(types=("NewsArticle",))
    blocks = iter_blocks(tree(teasers(20)))
    head = Head(Declared({}), data, "", "")
    main = find_main_content(blocks, head, labelled(lambda units: -9.0))
    assert main.article > ARTICLE


@pytest.mark.parametrize(
    ("label", "is_kept"),
    [
        ("<p><b>Vì sao xe đến muộn?</b></p>", True),
        ("<div><strong>Chặng đường dài</strong></div>", True),
        ('<p><b><a href="/x">Vì sao xe đến muộn?</a></b></p>', False),
        ("<p hidden><b>Vì sao xe đến muộn?</b></p>", False),
        ("<section><p><b>Vì sao xe đến muộn?</b></p></section>", False),
    ],
)
def test_a_bold_line_right_above_body_is_of_it(label, is_kept):
    first, *rest = VIETNAMESE
    body = f"<article><p>{first}</p>{label}{paragraphs(rest)}</article>"
    doubtful = labelled(lambda units: 9.0 if units > 12 else -1.0)
    _, main = main_of(body, doubtful)
    assert len(main.found) == len(VIETNAMESE) + is_kept


@pytest.mark.parametrize("element", ["blockquote", "p"])
def test_what_the_page_hides_is_no_part_of_the_container(element):
    first, second, *rest = VIETNAMESE
    hidden = f"<{element} hidden>{second}</{element}>"
    body = f"<article><p>{first}</p>{hidden}{paragraphs(rest)}</article>"
    probabilities = {len(words(second)): -0.7}
    blocks, main = main_of(body, labelled(lambda units: probabilities.get(units, 9.0)))
    assert texts(blocks, main.found) == [first, *rest]


def article(title, texts, *, tag="h1", name="post"):
    told = "".join(f"<p>{text}</p>" for text in texts)
    return f'<article class="{name}"><{tag}>{title}</{tag}>{told}</article>'


def found_in(body):
    """Return the paragraphs that stay, if all blocks of *body* were found."""
    blocks = iter_blocks(parse_markup(f"<html><body>{body}</body></html>".encode()))
    main = MainContent(frozenset(range(len(blocks))))
    kept = without_next_articles(main, blocks).found
    return tuple(
        blocks[at].text for at in sorted(kept) if blocks[at].element.tag == "p"
    )


OWN = article("Bus", ENGLISH)


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{OWN}{article('Car', FRENCH)}</div>",
        OWN + article("Xe", VIETNAMESE, name="next") + article("Car", FRENCH),
        f"<main>{OWN}</main><div><div>{article('Car', FRENCH)}</div></div>",
        OWN + f"<article><header><h1>Car</h1></header><div><p>{FRENCH[0]}</p></div></article>",
    ],
)  # fmt: skip
def test_an_article_with_a_headline_of_its_own_is_another(body):
    assert found_in(body) == ENGLISH


@pytest.mark.parametrize(
    "body",
    [
        OWN + article("Car", FRENCH, tag="h2"),
        f"<h1>Bus</h1>{article('Part', ENGLISH)}{article('Part', FRENCH)}",
        OWN.removesuffix("</article>") + article("Part", FRENCH) + "</article>",
        OWN
        + f"<section><h1>Part</h1>{''.join(f'<p>{t}</p>' for t in FRENCH)}</section>",
        article("Bus", ["Short."]) + article("Car", FRENCH),
        OWN.replace("</article>", "<h1>Part</h1></article>") + f"<p>{FRENCH[0]}</p>",
    ],
    ids=["h2", "outside", "nested", "section", "short", "same"],
)
def test_what_may_be_a_part_of_the_article_stays(body):
    assert len(found_in(body)) == body.count("<p>")
