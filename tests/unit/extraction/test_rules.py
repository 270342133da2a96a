"""The table of rules is what the ledger names, and docs/rules.md is made from it."""

from __future__ import annotations

import re

import pytest

from scraper.errors import ExtractionError
from scraper.extraction.rules import RULES, render_rules
from scraper.reading import read
from worlds.gold.replica import write_replica
from worlds.gold.sets import SHARED_DATA, load_sets

NAMED = re.compile(
    r'(?:kept|dropped|Verdict|\.keep|\.drop)\((?:[^"()]|\([^()]*\))*"([a-z_]+)"'
    r'|return "([a-z]+_[a-z_]+)"(?! )|\] = "([a-z]+_[a-z_]+)"|: "(closing_[a-z]+)"'
)


def test_the_page_of_the_rules_is_current(project):
    assert (project / "docs" / "rules.md").read_text("utf-8") == render_rules()


def rules_of(pages):
    return {(entry.rule, entry.kept) for _, page in pages for entry in ledger_of(page)}


def ledger_of(page):
    try:
        return read(page).ledger
    except ExtractionError:
        return ()


KNOWN = {(name, rule.keeps) for name, rule in RULES.items()}


def test_every_rule_of_the_replicas_ledgers_is_in_the_table(tmp_path):
    assert rules_of(write_replica(tmp_path).iter_pages()) <= KNOWN


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="no gold sets on this machine")
def test_every_rule_of_the_gold_pages_ledgers_is_in_the_table():
    sets = [s for s in load_sets(SHARED_DATA) if s.name in ("aed", "listings", "vn2")]
    assert rules_of(page for each in sets for page in each.iter_pages()) <= KNOWN


@pytest.mark.parametrize("folder", ["extraction", "sitemodel"])
def test_every_rule_that_the_code_names_is_in_the_table(project, folder):
    named = {
        next(filter(None, found))
        for path in (project / "scraper" / folder).glob("*.py")
        for found in NAMED.findall(path.read_text("utf-8"))
    }
    assert named
    assert named <= RULES.keys()
