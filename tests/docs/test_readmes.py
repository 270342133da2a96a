"""The README, run, and the README in Vietnamese: the same, in other words."""

from __future__ import annotations

import re
import unicodedata

from tests.docs.pages import blocks_of, read, spans_of

HERE, THERE = "README.md", "README.vi.md"


def test_every_block_of_the_readme_runs_and_says_what_it_shows(running) -> None:
    faults = running(HERE).faults_of(blocks_of(HERE))
    assert not faults, "\n".join(faults)


def test_both_readmes_have_the_same_blocks() -> None:
    here, there = ([(b.language, b.text) for b in blocks_of(p)] for p in (HERE, THERE))
    assert here == there


def test_both_readmes_have_the_same_headings_links_and_names_of_commands() -> None:
    for pattern in (r"(?m)^(#+) ", r"\]\(((?!README)[^)]*)\)"):
        here, there = (re.findall(pattern, read(page)) for page in (HERE, THERE))
        assert sorted(here) == sorted(there)
    assert sorted(spans_of(HERE)) == sorted(spans_of(THERE))


def test_each_readme_leads_to_the_other() -> None:
    assert f"]({THERE})" in read(HERE)
    assert f"]({HERE})" in read(THERE)


def test_the_vietnamese_is_composed_and_has_its_marks() -> None:
    text = read(THERE)
    assert unicodedata.is_normalized("NFC", text)
    prose = re.sub(r"(?s)```.*?```|`[^`]*`|\]\([^)]*\)", " ", text)
    words = re.findall(r"[^\W\d_]+", prose)
    assert sum(not word.isascii() for word in words) > len(words) * 0.6
