from __future__ import annotations

from rich.text import Text

from scraper.cli.demo import iter_kept_lines, iter_page_lines, shorten
from scraper.items import LedgerEntry
from tests.unit.cli.kit import make_article


def entry(text: str, *, kept: bool = False) -> LedgerEntry:
    return LedgerEntry(text, "rule", kept, "p")


def test_long_runs_of_blocks_show_their_first_and_their_last() -> None:
    ledger = [*(entry(f"menu {n}") for n in range(8)), entry("tin", kept=True)]
    assert [line.plain for line in iter_page_lines(ledger)] == [
        "- menu 0  [rule]",
        "- menu 1  [rule]",
        "- menu 2  [rule]",
        "- … 4 more",
        "- menu 7  [rule]",
        "  tin",
    ]


def test_a_run_of_four_is_shown_whole() -> None:
    lines = list(iter_page_lines([entry(f"menu {n}") for n in range(4)]))
    assert [line.plain[2:8] for line in lines] == [f"menu {n}" for n in range(4)]


def test_a_page_of_many_runs_shows_its_two_ends() -> None:
    lines = shorten([Text(str(n)) for n in range(100)])
    assert len(lines) == 35
    assert (lines[0].plain, lines[17].plain, lines[-1].plain) == ("0", "  …", "99")


def test_an_article_is_shown_with_its_facts_and_first_paragraphs() -> None:
    article = make_article(1, authors=("Mạnh Tú",), agency="TTXVN")
    shown = [line.plain for line in iter_kept_lines(article)]
    assert shown[0] == article.title
    assert shown[1] == "2025-07-11 14:01+07:00 | Thời sự | Mạnh Tú | TTXVN"
    assert shown[2] == f"\n{article.lead}"
    assert shown[-1] == "\n… 1 more paragraphs"
