from __future__ import annotations

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_page
from scraper.extraction.paths import path_of
from scraper.extraction.visible import is_data_table
from scraper.items import BlockKind, Page
from tests.unit.extraction.kit import (
    ADDRESS,
    blocks_of,
    only_block,
    texts_of,
    tree,
)


def test_a_block_is_a_run_of_text_between_block_level_tags():
    body = "<div>one <b>bold</b> word<p>two</p>three<ul><li>four</li></ul></div>"
    assert texts_of(body) == ["one bold word", "two", "three", "four"]


def test_blocks_are_numbered_in_page_order():
    assert [b.index for b in blocks_of("<p>a</p><p>b</p><p>c</p>")] == [0, 1, 2]


def test_a_break_parts_a_paragraph():
    assert texts_of("<p>first<br>second<br/><br>third</p>") == [
        "first",
        "second",
        "third",
    ]


@pytest.mark.parametrize("tag", ["h1", "h3", "figcaption", "caption"])
def test_a_break_inside_a_heading_or_a_caption_is_a_space(tag):
    body = f"<{tag}>first<br>second</{tag}>"
    if tag == "caption":
        body = f"<table>{body}</table>"
    assert only_block(body).text == "first second"


def test_a_break_inside_a_cell_of_a_layout_parts_paragraphs():
    layout = "<table><tr><td>first<br><br>second</td></tr></table>"
    assert texts_of(layout) == ["first", "second"]


@pytest.mark.parametrize("tag", ["span", "x-line"])
def test_sentences_that_a_script_or_a_style_sets_apart_are_not_glued(tag):
    body = (
        f"<p><{tag}>It rose.</{tag}><{tag}>Then it fell</{tag}>.<{tag}>So.</{tag}></p>"
    )
    assert texts_of(body) == ["It rose. Then it fell. So."]


def test_a_word_that_is_parted_by_elements_stays_one():
    assert texts_of("<p><span>T</span>he U.<b>S</b>.</p>") == ["The U.S."]


@pytest.mark.parametrize(
    ("attributes", "linked"),
    [("", False), ('name="x"', False), ('href="#x"', False), ('href="/x"', True)],
)
def test_a_paragraph_in_an_anchor_is_no_link_unless_it_leads_elsewhere(
    attributes, linked
):
    text = "The boats left the harbour before dawn. " * 3
    block = only_block(f"<a {attributes}><p>{text}</p></a>")
    assert bool(block.linked) is linked


def test_a_short_link_to_a_mark_on_the_page_is_a_link():
    assert only_block('<li><a href="#a">Contents</a></li>').link_density == 1


@pytest.mark.parametrize(
    "heading", ["<a href='#v'>¶</a>When", "When <a href='#v'>#</a>", "When"]
)
def test_a_mark_that_links_to_its_heading_is_no_part_of_it(heading):
    assert texts_of(f"<h2>{heading}</h2>") == ["When"]


def test_a_heading_keeps_its_own_marks():
    assert texts_of("<h2>Why C#</h2>") == ["Why C#"]


def test_paragraphs_in_a_heading_that_was_never_closed_are_paragraphs():
    kinds = [b.kind for b in blocks_of("<h2>When<p>Not everyone is.</p>")]
    assert kinds == [BlockKind.HEADING, BlockKind.PARAGRAPH]


@pytest.mark.parametrize("name", ["site-caption-two", "twitter-tweet"])
def test_a_class_of_the_whole_page_makes_no_caption_of_it(name):
    body = f'<div class="{name}"><h1>Tin</h1><p>Text</p></div>'
    assert BlockKind.CAPTION not in {b.kind for b in blocks_of(body)}
    assert BlockKind.EMBED not in {b.kind for b in blocks_of(body)}


def test_text_is_nfc_with_single_spaces_and_without_invisible_characters():
    body = "<p>Bô\u0323  Co\u0302ng\n\tan\u200b\u00ad &nbsp;nhân\ufeff dân</p>"
    assert texts_of(body) == ["Bộ Công an nhân dân"]


def test_what_is_linked_counts_the_characters_of_the_text_in_nfc():
    assert only_block("<p>a <a href=/>Bô\u0323</a></p>").linked == 2


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ("<p>x</p>", BlockKind.PARAGRAPH),
        ("<div>x</div>", BlockKind.PARAGRAPH),
        ("<h2>x</h2>", BlockKind.HEADING),
        ("<h6>x</h6>", BlockKind.HEADING),
        ("<blockquote>x</blockquote>", BlockKind.QUOTE),
        ("<blockquote><p>x</p></blockquote>", BlockKind.QUOTE),
        ("<ul><li>x</li></ul>", BlockKind.LIST_ITEM),
        ("<ol><li><p>x</p></li></ol>", BlockKind.LIST_ITEM),
        ("<dl><dd>x</dd></dl>", BlockKind.LIST_ITEM),
        ("<figure><figcaption>x</figcaption></figure>", BlockKind.CAPTION),
        ("<figure><figcaption><h3>x</h3></figcaption></figure>", BlockKind.CAPTION),
        ("<table><caption>x</caption></table>", BlockKind.CAPTION),
        ('<p class="photo-cms-caption">x</p>', BlockKind.CAPTION),
        ('<p class="wp-caption-text">x</p>', BlockKind.CAPTION),
        ('<div class="img_caption"><p>x</p></div>', BlockKind.CAPTION),
        ('<p class="captioned">x</p>', BlockKind.CAPTION),
        ('<p class="recaption">x</p>', BlockKind.PARAGRAPH),
    ],
)
def test_the_kind_of_a_block_follows_from_its_elements(markup, kind):
    assert only_block(markup).kind is kind


@pytest.mark.parametrize(
    "markup",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<template>x</template>",
        "<noscript>x</noscript>",
        "<button><p>x</p><p>y</p></button>",
        "<form><button>x</button><select><option>x</select><textarea>x</textarea></form>",
        "<svg><text>x</text></svg>",
        "<iframe>x</iframe>",
        "<span hidden>x</span>",
        '<span style="color:red; display : none">x</span>',
        '<i style="visibility:hidden">x</i>',
        "<video>x</video>",
        "<dialog>x</dialog>",
        "<dialog><p>x</p></dialog>",
    ],
)
def test_what_a_reader_does_not_see_is_no_block(markup):
    assert texts_of(f"<div>{markup}</div><p>seen</p>") == ["seen"]


@pytest.mark.parametrize(
    "attribute",
    [
        'style="clip: rect(0 0 0 0)"',
        'class="big sr-only"',
        'class="visually-hidden"',
        'class="screen-reader-text"',
    ],
)
def test_what_a_class_hides_inside_a_line_is_a_hidden_block_without_words(attribute):
    blocks = blocks_of(f"<p>a <span {attribute}>x <i hidden>y</i></span>b</p>")
    assert [(b.text, b.words, b.hidden, b.rendered) for b in blocks] == [
        ("x", [], True, True),
        ("a b", ["a", "b"], False, True),
    ]


def test_a_block_is_rendered_where_only_a_class_hides_it():
    body = "<div class=hide><p>a</p><div hidden><p>b</p></div><p>c</p></div><p>d</p>"
    blocks = blocks_of(body)
    assert [b.hidden for b in blocks] == [True, True, True, False]
    assert [b.rendered for b in blocks] == [True, False, True, True]


def test_a_form_control_parts_words_and_a_script_does_not():
    assert texts_of("<p>one<button>x</button>two<script>y</script>s</p>") == [
        "one twos"
    ]


def test_a_button_that_was_never_closed_does_not_hold_the_page_back():
    assert texts_of("<div><button>Menu<p>a</p><p>b</p><p>c</p></div>") == [
        "Menu",
        "a",
        "b",
        "c",
    ]


def test_paragraphs_for_want_of_scripts_are_hidden_blocks():
    blocks = blocks_of("<noscript><p>a</p></noscript><p>b</p>")
    assert [(b.text, b.hidden, b.rendered) for b in blocks] == [
        ("a", True, False),
        ("b", False, True),
    ]


def test_only_so_many_open_buttons_are_looked_into():
    assert texts_of("<button>" * 17 + "<h1>a</h1>") == []
    assert texts_of("<button>" * 16 + "<h1>a</h1>") == ["a"]


def test_an_open_dialog_is_seen():
    assert texts_of("<dialog open><p>x</p></dialog>") == ["x"]


def test_a_hidden_link_inside_a_link_does_not_end_it():
    body = "<p><a href=/><span><b hidden>x</b></span>linked</a></p>"
    assert only_block(body).link_density == 1


@pytest.mark.parametrize(
    "attribute",
    ["hidden", 'style="display:none"', 'class="d-none"', 'class="col hide"'],
)
def test_a_block_that_the_page_hides_is_marked(attribute):
    body = f"<p>before</p><div {attribute}><p>copy</p></div><p>after</p>"
    assert [b.hidden for b in blocks_of(body)] == [False, True, False]


def test_hiding_ends_with_the_outermost_hidden_element():
    body = "<div hidden><div hidden><p>a</p></div><p>b</p></div><p>c</p>"
    assert [b.hidden for b in blocks_of(body)] == [True, True, False]


def test_a_hidden_table_is_marked():
    rows = "<tr><td>a<td>b</tr>" * 2
    assert only_block(f"<div hidden><table>{rows}</table></div>").hidden


@pytest.mark.parametrize(
    "attribute",
    [
        'style="display:block"',
        'style="overflow:hidden"',
        'class="unhidden"',
        'class="hide-on-print"',
        'aria-hidden="false"',
    ],
)
def test_a_block_that_is_only_styled_is_seen(attribute):
    assert not only_block(f"<div {attribute}><p>text</p></div>").hidden


def test_link_density_is_the_share_of_the_text_inside_links():
    block = only_block('<p><a href="/x">four</a>four</p>')
    assert block.link_density == pytest.approx(0.5)
    assert only_block("<p>none</p>").link_density == 0
    assert only_block('<p><a href="/x">all of it</a></p>').link_density == 1


def test_a_link_around_block_level_elements_links_each_of_them():
    body = '<a href="/x"><h3>headline</h3><p>teaser</p></a><p>free</p>'
    assert [b.link_density for b in blocks_of(body)] == [1, 1, 0]


def test_a_block_is_bold_where_nearly_all_of_it_is():
    assert only_block("<p><b>Question asked here</b>?</p>").is_bold
    assert only_block("<p><strong>One</strong> <b>and two</b></p>").is_bold
    assert not only_block("<p><b>Hà Nội</b> hôm nay có mưa</p>").is_bold


def test_a_stray_closing_tag_upsets_nothing():
    blocks = blocks_of("<p>a</b></a></strong></div>b</p><p>c</p>")
    assert [(b.text, b.linked, b.is_bold) for b in blocks] == [
        ("ab", 0, False),
        ("c", 0, False),
    ]


def test_a_table_of_data_is_one_block_of_rows_and_tabs():
    body = (
        "<table><tr><th>Tỉnh<th>Số xe</tr><tr><td>Sơn <b>La</b><td><p>3</p></tr>"
        "<tr><td></td></tr></table>"
    )
    block = only_block(body)
    assert (block.kind, block.text) == (BlockKind.TABLE, "Tỉnh\tSố xe\nSơn La\t3")


def test_a_table_of_data_without_text_is_no_block():
    assert texts_of("<table><tr><td><td></tr><tr><td><td></tr></table><p>x</p>") == [
        "x"
    ]


def test_a_hidden_table_hides_nothing_after_it():
    rows = "<tr><td>a<td>b</tr>" * 2
    blocks = blocks_of(f"<table hidden>{rows}</table><p>seen</p>")
    assert [b.hidden for b in blocks] == [True, False]


def test_scripts_and_hidden_text_are_in_no_cell():
    cell = "<script>s</script><i hidden>h</i><button>c</button>"
    assert (
        only_block(f"<table><tr><td>a{cell}<td>b</tr><tr><td>c<td>d</tr></table>").text
        == "a\tb\nc\td"
    )


def test_the_caption_of_a_data_table_is_a_block_of_its_own():
    rows = "<tr><td>a<td>b</tr>" * 2
    blocks = blocks_of(f"<table><caption>Số xe</caption>{rows}</table>")
    assert [(b.kind, b.text) for b in blocks] == [
        (BlockKind.CAPTION, "Số xe"),
        (BlockKind.TABLE, "a\tb\na\tb"),
    ]


def test_text_between_the_cells_of_a_table_is_not_lost():
    rows = "<tr><td>a</td>loose<td>b</td></tr>" * 2
    assert "".join(texts_of(f"<table>{rows}</table>")).count("loose") == 2


def test_a_letter_set_apart_inside_a_cell_stays_in_its_word():
    rows = "<tr><td><b>F</b>our<td>b</tr>" * 2
    assert only_block(f"<table>{rows}</table>").text == "Four\tb\nFour\tb"


def test_links_in_a_table_count():
    rows = '<tr><td><a href="/">ab</a><td><a href="/">cd</a></tr>' * 2
    assert only_block(f"<table>{rows}</table>").linked == 8


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>one cell</td></tr><tr><td>one cell</td></tr>",
        "<tr><td>one row</td><td>of two</td></tr>",
        "<tr><td>a<td><img src=x></tr><tr><td>a<td>b</tr>",
        "<tr><td>a<td><h2>b</h2></tr><tr><td>a<td>b</tr>",
        "<tr><td>a<td><form></form></tr><tr><td>a<td>b</tr>",
        "<tr><td>a<td><table><tr><td>b</table></tr><tr><td>a<td>b</tr>",
    ],
)
def test_a_table_for_layout_is_walked_into(rows):
    root = tree(f"<table>{rows}</table>")
    assert not is_data_table(next(root.iter("table")))
    assert all("\t" not in b.text for b in iter_blocks(root))


def test_the_path_of_a_block_names_its_last_elements():
    body = '<div id="a"><section class="b c"><p>x</p></section></div>'
    assert path_of(only_block(body).element, {}) == "body > div#a > section.b > p"
    assert path_of(only_block(body).element, {}, depth=1) == "p"


@pytest.mark.parametrize("attribute", ["class", "id"])
def test_a_path_shows_the_beginning_of_a_long_name(attribute):
    body = f"<div {attribute}={'a' * 10_000}><p>x</p></div>"
    assert len(path_of(only_block(body).element, {})) < 150


def test_what_stands_around_many_blocks_is_labelled_once():
    first, second = (
        b.element for b in iter_blocks(tree("<div><p>x</p><p>y</p></div>"))
    )
    labels = {first.getparent(): "div.met-before"}
    for element in (first, second):
        assert path_of(element, labels).endswith("div.met-before > p")
    assert set(labels) == {first, second, *first.iterancestors()}


def test_the_path_of_the_root_is_the_root():
    assert path_of(tree("<p>x</p>"), {}) == "html"


def test_depth_beyond_the_stack_is_walked():
    raw = b"<div>" * 50_000 + b"<p>deep</p>"
    assert iter_blocks(parse_page(Page(ADDRESS, b"<p>top</p>" + raw)))[0].text == "top"


@pytest.mark.parametrize(
    "name", ["imageCaption", "photo-caption", "Caption", "caption"]
)
def test_a_caption_is_told_by_its_class(name):
    assert only_block(f"<p class='{name}'>x</p>").kind is BlockKind.CAPTION


@pytest.mark.parametrize("name", ["recaption", "nocaptions"])
def test_a_name_that_only_holds_the_word_tells_none(name):
    assert only_block(f"<p class='{name}'>x</p>").kind is BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    "name", ["twitter-tweet", "instagram-media", "tiktok-embed", "fb-post"]
)
def test_an_embedded_post_is_told_by_its_maker_s_class(name):
    block = only_block(f"<blockquote class='{name}'><p>x</p></blockquote>")
    assert block.kind is BlockKind.EMBED


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<div><img src='a'><div>Cầu mới nhìn từ bờ sông</div></div>", "caption"),
        ("<div><p><img src='a'></p><p>Cầu mới nhìn từ bờ sông</p></div>", "caption"),
        ("<div><a><img src='a'></a><div>Bến phà sáng thứ hai</div></div>", "caption"),
        ("<td><p><img src='a'><br>Cầu mới nhìn từ bờ sông</p></td>", "caption"),
        ("<div><img src='a'><div>船工在渡口整理缆绳等待过客</div></div>", "caption"),
        ("<p><img src='a'>Cầu mới nhìn từ bờ sông</p>", "paragraph"),
        ("<p>x <img src='a'><br>Cầu mới nhìn từ bờ sông</p>", "paragraph"),
        ("<p><img src='a'><br>Cầu mới nhìn từ bờ<br>sông lúc sáng</p>", "paragraph"),
        (f"<div><p><img src='a'></p><p>{'một hai ' * 15}</p></div>", "paragraph"),
        ("<div><img src='a'><div>Linh Sơn</div></div>", "paragraph"),
        (
            "<div><img src='a'><p>Cầu mới nhìn từ bờ sông</p><p>Hai</p></div>",
            "paragraph",
        ),
        ("<div>Một <img src='a'><p>Cầu mới nhìn từ bờ sông</p></div>", "paragraph"),
        (
            "<div><img src='a'><a href='/b'>Cầu mới nhìn từ bờ sông</a></div>",
            "paragraph",
        ),
    ],
)
def test_the_one_line_under_a_picture_is_its_caption(body, kind):
    found = [
        block for block in blocks_of(body) if block.text not in {"x", "Hai", "Một"}
    ]
    assert found[0].kind.value == kind


def test_the_text_beside_the_caption_of_a_figure_is_a_caption_too():
    figure = "<figure><img src='a'><cite>Khách qua phà</cite>{}</figure>"
    captioned = blocks_of(figure.format("<figcaption>Ảnh: Linh</figcaption>"))
    assert [block.kind.value for block in captioned] == ["caption", "caption"]
    assert only_block(figure.format("")).kind is BlockKind.PARAGRAPH
