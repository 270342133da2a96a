from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scraper.extraction.choose import Ledger
from scraper.extraction.rules import Rule
from scraper.items import LedgerEntry
from tests.unit.extraction.kit import blocks_of


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
