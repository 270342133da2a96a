"""The table of rules is what the ledger names, and docs/rules.md is made from it."""

from __future__ import annotations

import re

import pytest

from scraper.errors import ExtractionError
from scraper.extraction.document import Bound
from scraper.extraction.rules import Rule, Stage
from scraper.reading import read
from tests.docs.rules import render_rules
from worlds.gold.replica import write_replica
from worlds.gold.sets import SHARED_DATA, load_sets


def test_the_page_of_the_rules_is_current(project):
    assert (project / "docs" / "rules.md").read_text("utf-8") == render_rules()


def rules_of(pages):
    return {(entry.rule, entry.kept) for _, page in pages for entry in ledger_of(page)}


def ledger_of(page):
    try:
        return read(page).ledger
    except ExtractionError:
        return ()


KNOWN = {(str(rule), rule.keeps) for rule in Rule}


def test_every_rule_of_the_replicas_ledgers_is_in_the_table(tmp_path):
    assert rules_of(write_replica(tmp_path).iter_pages()) <= KNOWN


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="no gold sets on this machine")
def test_every_rule_of_the_gold_pages_ledgers_is_in_the_table():
    sets = [s for s in load_sets(SHARED_DATA) if s.name in ("aed", "listings", "vn2")]
    assert rules_of(page for each in sets for page in each.iter_pages()) <= KNOWN


OWN = re.compile(
    rf"[\"'](?:{'|'.join(rule for rule in Rule if '_' in rule)})[\"']",
)


def test_no_rule_is_named_beside_the_table(project):
    tables = {"rules.py", "document.py"}
    named = {
        (path.name, name)
        for path in (project / "scraper").rglob("*.py")
        if path.name not in tables
        for name in OWN.findall(path.read_text("utf-8"))
    }
    assert named == set()


def test_every_rule_is_asked_for(project):
    paths = (project / "scraper").rglob("*.py")
    code = "".join(path.read_text("utf-8") for path in paths)
    bounds = {rule for rule in Rule if rule.stage is Stage.BOUNDS}
    asked = {rule for rule in Rule if f"Rule.{rule.name}" in code}
    assert asked == set(Rule) - bounds
    assert {str(bound) for bound in Bound} == {str(rule) for rule in bounds}
