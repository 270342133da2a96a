from __future__ import annotations

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_markup, strip_unseen
from scraper.extraction.main_content import MainContent
from scraper.extraction.visible import Styles
from tests.unit.extraction.kit import VIETNAMESE

HIDDEN = "Dòng tóm tắt này chỉ dành cho máy, người đọc không thấy."
KEPT = [*VIETNAMESE]


def text_of(style, hidden, *, rest="", text=KEPT):
    """Return what is found of a page with *hidden* before its *text*."""
    told = "".join(f"<p>{each}</p>" for each in text)
    markup = f"<html><head>{style}</head><body>{hidden}{told}{rest}</body></html>"
    root = parse_markup(markup.encode())
    styles = Styles.of(root)
    strip_unseen(root)
    blocks = iter_blocks(root)
    found = MainContent(frozenset(range(len(blocks))))
    main = styles.without_hidden(found, blocks)
    return [blocks[at].text for at in sorted(main.found)]


def box(attributes):
    return f"<div {attributes}><p>{HIDDEN}</p></div>"


@pytest.mark.parametrize(
    ("style", "attributes"),
    [
        (".phu{display:none}", 'class="hop phu"'),
        ("#tom-tat { color: red; display : none !important }", 'id="tom-tat"'),
        ("p{margin:0} .a,\n .phu,.b {\n  display: none;\n}", 'class="phu"'),
        ("/* .phu{display:block} */ .phu{display:none}", 'class="phu"'),
        ("@media print{.phu{color:red}} .phu{display:none}", 'class="phu"'),
    ],
)
def test_what_the_style_of_a_page_hides_is_left_out(style, attributes):
    assert text_of(f"<style>{style}</style>", box(attributes)) == KEPT


@pytest.mark.parametrize(
    ("style", "rest"),
    [
        ("<style>@media print{.phu{display:none}}</style>", ""),
        ('<style media="print">.phu{display:none}</style>', ""),
        ("<style>.js .phu{display:none}</style>", ""),
        ("<style>.phu{display:none}.open .phu{display:block}</style>", ""),
        ("<style>@media(min-width:9em){.phu{display:flex}}.phu{display:none}</style>", ""),
        ("<style>.phu{display:none}</style>", "<script>show('phu')</script>"),
        ("<noscript><style>.phu{display:none}</style></noscript>", ""),
        ("<style>.phu-de{display:none}</style>", ""),
    ],
)  # fmt: skip
def test_what_may_be_shown_again_stays(style, rest):
    assert HIDDEN in text_of(style, box('class="phu"'), rest=rest)


def test_what_a_link_opens_stays():
    style = "<style>#phu{display:none}</style>"
    link = '<p><a href="#phu">Xem tóm tắt</a></p>'
    assert HIDDEN not in text_of(style, box('id="phu"'))
    assert HIDDEN in text_of(style, box('id="phu"'), rest=link)


def test_what_its_own_style_shows_stays():
    shown = box('class="phu" style="display:block"')
    assert HIDDEN in text_of("<style>.phu{display:none}</style>", shown)


def test_a_page_that_hides_much_of_itself_keeps_it():
    style = "<style>.phu{display:none}</style>"
    told = "".join(f'<p class="phu">{text}</p>' for text in KEPT[1:])
    assert text_of(style, told, text=KEPT[:1]) == [*KEPT[1:], KEPT[0]]
