"""Kept and dropped blocks together are all visible text of a page, on every gold page."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import lxml.html
import pytest
from lxml import etree

from scraper.extraction.document import decode
from scraper.reading import read
from worlds.gold.sets import GoldSet

UNSEEN = frozenset(
    {"audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input"}
    | {"link", "meta", "meter", "noframes", "noscript", "object", "optgroup", "option"}
    | {"progress", "script", "select", "style", "svg", "template", "textarea", "title"}
    | {"video"}
)
HIDES = re.compile(r"(?i)(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)")


def visible(markup):
    """Return the characters of rendered text, in no order and without space."""
    root = lxml.html.document_fromstring(
        markup, parser=lxml.html.HTMLParser(huge_tree=True, encoding="utf-8")
    )
    parts, unseen = [], 0
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        unseen += is_unseen(node) * {"start": 1, "end": -1}.get(event, 0)
        text = node.text if event == "start" else node.tail
        parts.append("" if unseen or not text else text)
    return characters("".join(parts))


def is_unseen(node):
    if not isinstance(node.tag, str):
        return False
    closed = node.tag == "dialog" and node.get("open") is None
    hides = node.get("hidden") is not None or HIDES.search(node.get("style", ""))
    return bool(node.tag in UNSEEN or closed or hides)


def characters(text):
    return Counter(re.findall(r"\w", unicodedata.normalize("NFC", text)))


def pages(folder, *, whole=True):
    gold_set = GoldSet(folder.name, folder)
    return (gold_set if whole else gold_set.sampled()).iter_pages()


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("aed", False),
        ("baotintuc", True),
        ("vietnamese", True),
        pytest.param("aed", True, marks=pytest.mark.slow),
        pytest.param("fundus-eval", True, marks=pytest.mark.slow),
    ],
)
def test_the_ledger_holds_all_visible_text_once(shared_data, name, whole):
    """Words that line up differently do not count; hidden text only where it was kept."""
    wrong = {}
    for page_id, page in pages(shared_data / name, whole=whole):
        ledger = read(page).ledger
        said = characters("\n".join(entry.text for entry in ledger))
        kept = characters("\n".join(entry.text for entry in ledger if entry.kept))
        seen = visible(decode(page.body).encode())
        missing, more = seen - said, said - seen - kept
        if missing or more:
            wrong[page_id] = (missing.total(), more.total())
    assert wrong == {}


def test_every_dropped_block_names_its_rule(shared_data):
    for _, page in pages(shared_data / "vietnamese"):
        assert all(entry.rule for entry in read(page).ledger)
