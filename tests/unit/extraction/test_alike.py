from __future__ import annotations

from scraper.extraction.alike import set_alike
from scraper.extraction.main_content import MainContent
from tests.unit.extraction.kit import ENGLISH, VIETNAMESE, blocks_of

ONE, TWO, THREE, FOUR = VIETNAMESE


def alike(markup, found):
    """Return the texts of *markup* that are set as the texts *found* are."""
    blocks = blocks_of(markup)
    main = MainContent(
        frozenset(b.index for b in blocks if b.text in found), range(len(blocks))
    )
    return {blocks[index].text for index in set_alike(blocks, main)}


def parts(*texts):
    return "".join(f'<div class="part"><p>{text}</p></div>' for text in texts)


def test_a_paragraph_set_exactly_as_the_text_belongs_to_it_wherever_it_stands():
    assert alike(parts(ONE, TWO, THREE), {ONE, TWO}) == {THREE}
    assert alike(parts(ONE, TWO, THREE), {TWO, THREE}) == {ONE}


def test_a_paragraph_set_otherwise_does_not():
    markup = f'{parts(ONE, TWO)}<div class="note"><p>{THREE}</p></div>'
    assert alike(markup, {ONE, TWO}) == set()


def test_one_found_block_is_no_pattern():
    assert alike(parts(ONE, TWO), {ONE}) == set()


def test_what_holds_little_of_the_text_is_no_pattern():
    text = "".join(f"<p>{t}</p>" for t in (*VIETNAMESE, *ENGLISH))
    markup = f"{text}{parts('Nà Sang', 'Nà Ngoài', 'Xe sách về bản trong mưa')}"
    found = {*VIETNAMESE, *ENGLISH, "Nà Sang", "Nà Ngoài"}
    assert alike(markup, found) == set()


def test_many_blocks_left_out_are_no_oversight():
    rest = [f"{text} {number}" for number in range(2) for text in ENGLISH]
    assert alike(parts(ONE, TWO, *rest), {ONE, TWO}) == set()


def test_links_short_hidden_blocks_captions_and_tables_are_left_out():
    link = f'<a href="/x">{THREE}</a>'
    caption = f"<figure><figcaption>{FOUR}</figcaption></figure>"
    markup = f"{parts(ONE, TWO, link, 'Nà Sang')}{caption}"
    assert alike(markup, {ONE, TWO}) == set()
    hidden = f"<div hidden>{parts(THREE)}</div>"
    assert alike(f"{parts(ONE, TWO)}{hidden}", {ONE, TWO}) == set()
