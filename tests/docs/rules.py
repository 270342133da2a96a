"""Write docs/rules.md from the table of rules: ``python -m tests.docs.rules``."""

from __future__ import annotations

from pathlib import Path

from scraper.extraction.rules import Rule

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


def render_rules() -> str:
    """Return docs/rules.md."""
    lines = [
        "# Rules",
        "",
        "Made from the code by `python -m tests.docs.rules`.",
        "",
        "`tinsach explain` names for each block the rule that kept it or dropped it. The",
        "[labeller](labeller.md) decides which blocks are body. Rules decide what a language,",
        "a publisher or a site says in words, and what is exact.",
        "",
        "| rule | stage | keeps | when |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{rule}` | {rule.stage} | {'yes' if rule.keeps else 'no'} | {rule.sentence} |"
        for rule in Rule
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(render_rules(), "utf-8")
