"""Every rule that the ledger names: when it is asked, and what it says in a sentence.

``python -m scraper.extraction.rules > docs/rules.md``; a test holds the page current.
"""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import NamedTuple

from scraper.extraction.blocks import MOST_BLOCKS, MOST_TEXT
from scraper.extraction.bounds import MOST_ATTRIBUTES, MOST_TAGS
from scraper.extraction.json_ld import MAX_NODES
from scraper.items import Kind
from scraper.text import MOST_MARKS


class Stage(StrEnum):
    """When a rule is asked; the first that decides a block stands."""

    FIELDS = "fields"
    LABEL = "label"
    SITE = "site model"
    BODY = "body"
    END = "end of the body"
    REST = "rest"
    BOUNDS = "bounds"


class Rule(NamedTuple):
    stage: Stage
    keeps: bool
    sentence: str


RULES = {
    **{
        f"page_is_{kind}": Rule(Stage.FIELDS, False, f"The page {said}.")
        for kind, said in (
            (Kind.LISTING, "is a list of articles"),
            (Kind.BLOCKED, "is a wall: consent, login, a bot check"),
            (Kind.OTHER, "holds no article"),
        )
    },
    "title": Rule(Stage.FIELDS, True, "It is the title of the article."),
    "lead": Rule(Stage.FIELDS, True, "It is the lead."),
    "said_again": Rule(
        Stage.FIELDS, False, "It would be the lead, and the body says the same."
    ),
    "entry_time": Rule(
        Stage.FIELDS, True, "It is the time of an entry of a live page."
    ),
    "byline": Rule(Stage.FIELDS, True, "It says who wrote the article."),
    "byline_repeated": Rule(Stage.FIELDS, False, "It says so again."),
    "after_byline": Rule(
        Stage.FIELDS,
        False,
        "It stands in the container after a byline that closes the text.",
    ),
    "main_content": Rule(Stage.LABEL, True, "The labeller takes it for body."),
    "correction": Rule(
        Stage.LABEL, True, "It stands in the container and corrects the article."
    ),
    "not_main_content": Rule(
        Stage.LABEL, False, "It stands in the container; the labeller does not."
    ),
    "caption": Rule(Stage.LABEL, True, "It is the caption of a picture."),
    "repeated_on_site": Rule(
        Stage.SITE, False, "Its text stands on many pages of the site."
    ),
    "label_on_site": Rule(
        Stage.SITE, False, "It is a link behind a label that the site uses for teasers."
    ),
    "path_kept_on_site": Rule(
        Stage.SITE, True, "What stands on its template path is body on most pages."
    ),
    "path_dropped_on_site": Rule(
        Stage.SITE, False, "What stands on its template path is no body on most pages."
    ),
    "above_headline": Rule(
        Stage.BODY, False, "It is a short line above the headline, such as the section."
    ),
    "said_before": Rule(
        Stage.BODY, False, "A long block before it has the same words."
    ),
    "marks_only": Rule(Stage.BODY, False, "It holds no letter and no digit."),
    "title_repeated": Rule(Stage.BODY, False, "It says the title again."),
    "residual_string": Rule(
        Stage.BODY, False, "The language files list it as a residue of the page."
    ),
    "date_line": Rule(Stage.BODY, False, "It is a date with nothing but its labels."),
    "labelled_link": Rule(
        Stage.BODY, False, "It is a link behind a label such as RELATED."
    ),
    "link_only": Rule(Stage.BODY, False, "It is one link, and no item of a list."),
    "pull_quote": Rule(Stage.END, False, "It is a quotation that the body holds too."),
    "summary_alone": Rule(
        Stage.END, False, "It heads what is folded away, all of which was dropped."
    ),
    "heading_of_links": Rule(
        Stage.END, False, "It is a heading, and what stands under it are links."
    ),
    "closing_section": Rule(
        Stage.END, False, "It stands under a heading that closes the article."
    ),
    "closing_line": Rule(
        Stage.END,
        False,
        "It is one of the last lines, and asks the reader for something.",
    ),
    "hidden_by_class": Rule(
        Stage.REST, False, "A class hides it, and no other rule asked for it."
    ),
    "outside_container": Rule(
        Stage.REST,
        False,
        "It stands outside the container, and no other rule asked for it.",
    ),
    "tags_beyond": Rule(
        Stage.BOUNDS, False, f"It follows the first {MOST_TAGS:,} tags of the page."
    ),
    "attributes_beyond": Rule(
        Stage.BOUNDS,
        False,
        f"They follow the first {MOST_ATTRIBUTES} attributes of an element.",
    ),
    "blocks_beyond": Rule(
        Stage.BOUNDS, False, f"It follows the first {MOST_BLOCKS:,} blocks of the page."
    ),
    "text_beyond": Rule(
        Stage.BOUNDS,
        False,
        f"It follows the first {MOST_TEXT:,} characters of a block.",
    ),
    "json_ld_beyond": Rule(
        Stage.BOUNDS, False, f"They follow the first {MAX_NODES:,} values of JSON-LD."
    ),
    "marks_beyond": Rule(
        Stage.BOUNDS, False, f"It follows the first {MOST_MARKS} marks on a letter."
    ),
}
"""By name, in the order in which they are asked."""


def render_rules() -> str:
    """Return docs/rules.md."""
    lines = [
        "# Rules",
        "",
        "Made from the code by `python -m scraper.extraction.rules > docs/rules.md`.",
        "",
        "`tinsach explain` names for each block the rule that kept it or dropped it. Which",
        "blocks are body is decided by the [labeller](labeller.md); rules decide what a",
        "language, a publisher or a site says in words, and what is exact.",
        "",
        "| rule | stage | keeps | when |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {rule.stage} | {'yes' if rule.keeps else 'no'} | {rule.sentence} |"
        for name, rule in RULES.items()
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.stdout.write(render_rules())
