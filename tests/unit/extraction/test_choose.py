from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scraper.extraction.choose import Ledger, choose_body
from scraper.extraction.main_content import MainContent
from scraper.extraction.rules import Rule
from scraper.items import BlockKind, LedgerEntry
from tests.unit.extraction.kit import TITLE, VIETNAMESE, blocks_of

ONE, TWO, THREE, _ = VIETNAMESE


def chosen(markup, found, *, inside=None, headline=-1, lead=()):
    """Choose the body of *markup* where the texts *found* are the main content."""
    blocks = blocks_of(markup)
    main = MainContent(
        frozenset(b.index for b in blocks if b.text in found),
        inside if inside is not None else range(len(blocks)),
    )
    ledger = Ledger(blocks)
    ledger.decide_all([blocks[i] for i in lead], Rule.LEAD)
    body = choose_body(
        blocks,
        main,
        ledger,
        title=TITLE,
        headline=headline,
        lead=[blocks[i] for i in lead],
    )
    rules = {entry.text: entry.rule for entry in ledger.entries()}
    return [block.text for block in body], rules


def test_found_blocks_are_the_body_in_page_order():
    body, rules = chosen(f"<p>{ONE}</p><p>{TWO}</p>", {ONE, TWO})
    assert body == [ONE, TWO]
    assert set(rules.values()) == {"main_content"}


def test_a_paragraph_that_was_not_found_does_not_belong():
    body, rules = chosen(f"<p>{ONE}</p><p>{TWO}</p>", {ONE})
    assert body == [ONE]
    assert rules[TWO] == "not_main_content"


def test_a_correction_in_the_container_belongs_though_it_was_not_found():
    note = "Đính chính: Bản tin trước ghi nhầm tên thôn, xin cáo lỗi cùng bạn đọc."
    body, rules = chosen(f"<p>{ONE}</p><p>{note}</p>", {ONE})
    assert (body, rules[note]) == ([ONE, note], "correction")


def test_lines_to_the_reader_at_the_end_and_pull_quotes_do_not_belong():
    line = "Đăng ký nhận bản tin buổi sáng"
    quote = f"<blockquote>{ONE}</blockquote>"
    longer = f"{ONE} {TWO}"
    markup = f"{quote}<p>{longer}</p><p>{THREE}</p><p>{line}</p>"
    body, rules = chosen(markup, {ONE, longer, THREE, line})
    assert body == [longer, THREE]
    assert (rules[ONE], rules[line]) == ("pull_quote", "closing_line")


def test_captions_are_kept_from_the_headline_on():
    markup = (
        "<figcaption>trước</figcaption><h1>tít</h1><figcaption>giữa</figcaption>"
        f"<div><p>{ONE}</p><figcaption>trong</figcaption></div><figcaption>sau"
        "</figcaption>"
    )
    body, rules = chosen(markup, {ONE}, inside=range(3, 5), headline=1)
    assert body == ["giữa", ONE, "trong"]
    assert rules["sau"] == rules["trước"] == "outside_container"


def test_a_hidden_caption_is_dropped():
    blocks = blocks_of(f"<p>{ONE}</p><figcaption>chú thích</figcaption>")
    blocks[1].hidden = True
    ledger = Ledger(blocks)
    main = MainContent(frozenset({0}), range(2))
    body = choose_body(blocks, main, ledger, title="", headline=-1, lead=[])
    assert all(b.kind is not BlockKind.CAPTION for b in body)


def test_found_text_between_headline_and_container_belongs():
    markup = f"<h1>tít</h1><p>{ONE}</p><p>lẻ</p><div><p>{TWO}</p></div>"
    body, _ = chosen(markup, {ONE, TWO}, inside=range(3, 4), headline=0)
    assert body == [ONE, TWO]


def test_found_text_after_the_container_belongs():
    body, _ = chosen(f"<p>{ONE}</p><p>{TWO}</p>", {ONE, TWO}, inside=range(1))
    assert body == [ONE, TWO]


def test_blocks_decided_before_are_left_alone():
    body, rules = chosen(f"<p>{ONE}</p><p>{TWO}</p>", {ONE, TWO}, lead=[0])
    assert body == [TWO]
    assert rules[ONE] == "lead"


def test_a_rule_against_a_block_outranks_that_it_was_found():
    body, rules = chosen(f"<h2>{TITLE}</h2><p>{ONE}</p>", {TITLE, ONE})
    assert body == [ONE]
    assert rules[TITLE] == "title_repeated"


def test_a_long_block_said_before_is_dropped():
    blocks = blocks_of(f"<p>{ONE}</p><p>{ONE}</p><p>{TWO}</p>")
    ledger = Ledger(blocks)
    main = MainContent(frozenset({0, 1, 2}), range(3))
    body = choose_body(blocks, main, ledger, title="", headline=-1, lead=[])
    assert [b.index for b in body] == [0, 2]
    assert ledger.entries()[1].rule == "said_before"


def test_a_block_said_before_is_dropped_in_scripts_without_spaces_too():
    said = "青石镇渡口周五上午正式恢复通航，停了七个月的渡船重新开始运送居民"
    assert said_twice(said) == [0]
    assert said_twice("船工老周说") == [0, 1]


def said_twice(text):
    """Return the indexes of what is kept of a page that says *text* twice."""
    blocks = blocks_of(f"<p>{text}</p><p>{text}</p>")
    main = MainContent(frozenset({0, 1}), range(2))
    ledger = Ledger(blocks)
    body = choose_body(blocks, main, ledger, title="", headline=-1, lead=[])
    return [block.index for block in body]


def test_the_lead_said_again_as_a_paragraph_is_dropped():
    body, _ = chosen(f"<p>{ONE}</p><p>{ONE}</p>", {ONE}, lead=[0])
    assert body == []


def test_a_short_line_may_be_said_twice():
    body, _ = chosen(f"<p>Vâng!</p><p>{ONE}</p><p>Vâng!</p>", {"Vâng!", ONE})
    assert body == ["Vâng!", ONE, "Vâng!"]


def test_a_caption_may_say_what_a_paragraph_says():
    body, _ = chosen(f"<p>{ONE}</p><figcaption>{ONE}</figcaption>", {ONE})
    assert body == [ONE, ONE]


def test_a_copy_that_was_dropped_does_not_cost_the_text():
    blocks = blocks_of(
        f"<aside><div><p>{ONE}</p></div></aside><p>{ONE}</p><p>{TWO}</p>"
    )
    ledger = Ledger(blocks)
    main = MainContent(frozenset({1, 2}), range(3))
    body = choose_body(blocks, main, ledger, title="", headline=-1, lead=[])
    assert [b.index for b in body] == [1, 2]


def test_a_question_that_is_asked_again_is_kept_twice():
    asked = (
        "Anh chị thấy thế nào khi lần đầu tiên được cầm trên tay cuốn sách của mình?"
    )
    body, _ = chosen(
        f"<p>{asked}</p><p>{ONE}</p><p>{asked}</p><p>{TWO}</p>", {asked, ONE, TWO}
    )
    assert body == [asked, ONE, asked, TWO]


def test_a_line_over_the_headline_is_none_of_the_body():
    markup = f"<div>Kinh tế</div><b>{TITLE}</b><p>{ONE}</p>"
    body, rules = chosen(markup, {"Kinh tế", ONE}, headline=1)
    assert body == [ONE]
    assert rules["Kinh tế"] == "above_headline"


def three():
    return blocks_of("<div class=a><p>x</p><p>y</p></div><p>z</p>")


def test_a_decision_names_its_rule_and_its_place():
    blocks = three()
    ledger = Ledger(blocks)
    ledger.decide_all(blocks[:1], Rule.MAIN_CONTENT)
    assert ledger.entries()[0] == LedgerEntry(
        "x", "main_content", kept=True, path="html > body > div.a > p"
    )


def test_what_no_stage_asked_for_was_outside():
    assert {entry.rule for entry in Ledger(three()).entries()} == {
        Rule.OUTSIDE_CONTAINER
    }


def test_every_block_has_one_entry_in_page_order():
    blocks = three()
    ledger = Ledger(blocks)
    ledger.decide_all(blocks[2:], Rule.DATE_LINE)
    ledger.decide_all(blocks[:2], Rule.MAIN_CONTENT)
    assert [entry.text for entry in ledger.entries()] == ["x", "y", "z"]


def test_the_first_decision_stands():
    blocks = three()
    ledger = Ledger(blocks)
    ledger.decide_all(blocks[:1], Rule.LEAD)
    ledger.decide_all(blocks, Rule.AFTER_BYLINE)
    assert [(e.rule, e.kept) for e in ledger.entries()] == [
        ("lead", True),
        ("after_byline", False),
        ("after_byline", False),
    ]


def test_a_block_is_decided_after_a_decision():
    blocks = three()
    ledger = Ledger(blocks)
    ledger.decide_all(blocks[1:2], Rule.LINK_ONLY)
    assert [ledger.is_decided(b) for b in blocks] == [False, True, False]


def test_kept_blocks_are_counted_and_dropped_ones_by_rule():
    blocks = three()
    ledger = Ledger(blocks)
    ledger.decide_all(blocks[:1], Rule.MAIN_CONTENT)
    ledger.decide_all(blocks[1:2], Rule.DATE_LINE)
    assert ledger.counts() == (1, {"date_line": 1, Rule.OUTSIDE_CONTAINER: 1})


def test_a_block_that_is_not_rendered_is_accounted_for_only_where_it_is_kept():
    blocks = three()
    for block in blocks[:2]:
        block.hidden, block.rendered = True, False
    ledger = Ledger(blocks)
    ledger.decide_all(blocks[:1], Rule.MAIN_CONTENT)
    assert [entry.text for entry in ledger.entries()] == ["x", "z"]
    assert ledger.counts() == (1, {Rule.OUTSIDE_CONTAINER: 1})


def test_what_only_a_class_hides_is_accounted_for_under_a_rule_of_its_own():
    ledger = Ledger(blocks_of('<p class="d-none">x</p><p>y</p>'))
    assert [(e.text, e.rule) for e in ledger.entries()] == [
        ("x", Rule.HIDDEN_BY_CLASS),
        ("y", Rule.OUTSIDE_CONTAINER),
    ]


LEAVES = st.sampled_from(["α", "β", "γ", "δ", "ε"])
TAGS = st.sampled_from(
    [
        "div",
        "p",
        "span",
        "b",
        "a",
        "ul",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "caption",
        "h2",
        "figure",
        "figcaption",
        "dl",
        "dd",
        "blockquote",
        "details",
        "summary",
        "br",
    ]
)
UNSEEN = st.sampled_from(
    [
        "<script>z</script>",
        "<i hidden>z</i>",
        "<div hidden>z<p>z</p></div>",
        "<button>z</button>",
        "<p style='display:none'>z</p>",
        "<dialog>z</dialog>",
    ]
)
TREES = st.recursive(
    LEAVES | UNSEEN,
    lambda inner: st.builds(
        lambda tag, parts, name: f"<{tag} class='{name}'>{' '.join(parts)}</{tag}>",
        TAGS,
        st.lists(inner, max_size=5),
        st.sampled_from(["", "sr-only", "caption"]),
    ),
    max_leaves=25,
)


@given(TREES)
def test_the_ledger_holds_every_word_that_is_rendered_once(markup):
    entries = Ledger(blocks_of(f"<p>α</p>{markup}")).entries()
    said = Counter("".join(entry.text for entry in entries))
    assert {c: said[c] for c in "αβγδεz"} == {
        **{c: markup.count(c) for c in "βγδε"},
        "α": markup.count("α") + 1,
        "z": 0,
    }
