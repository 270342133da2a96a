from __future__ import annotations

import pytest

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_markup
from scraper.extraction.main_content import MainContent, without_next_articles
from tests.unit.extraction.kit import ENGLISH, FRENCH, VIETNAMESE


def article(title, texts, *, tag="h1", name="post"):
    told = "".join(f"<p>{text}</p>" for text in texts)
    return f'<article class="{name}"><{tag}>{title}</{tag}>{told}</article>'


def found_in(body):
    """Return the paragraphs that stay, if all blocks of *body* were found."""
    blocks = iter_blocks(parse_markup(f"<html><body>{body}</body></html>".encode()))
    main = MainContent(frozenset(range(len(blocks))))
    kept = without_next_articles(main, blocks).found
    return tuple(
        blocks[at].text for at in sorted(kept) if blocks[at].element.tag == "p"
    )


OWN = article("Bus", ENGLISH)


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{OWN}{article('Car', FRENCH)}</div>",
        OWN + article("Xe", VIETNAMESE, name="next") + article("Car", FRENCH),
        f"<main>{OWN}</main><div><div>{article('Car', FRENCH)}</div></div>",
        OWN + f"<article><header><h1>Car</h1></header><div><p>{FRENCH[0]}</p></div></article>",
    ],
)  # fmt: skip
def test_an_article_with_a_headline_of_its_own_is_another(body):
    assert found_in(body) == ENGLISH


@pytest.mark.parametrize(
    "body",
    [
        OWN + article("Car", FRENCH, tag="h2"),
        f"<h1>Bus</h1>{article('Part', ENGLISH)}{article('Part', FRENCH)}",
        OWN.removesuffix("</article>") + article("Part", FRENCH) + "</article>",
        OWN
        + f"<section><h1>Part</h1>{''.join(f'<p>{t}</p>' for t in FRENCH)}</section>",
        article("Bus", ["Short."]) + article("Car", FRENCH),
        OWN.replace("</article>", "<h1>Part</h1></article>") + f"<p>{FRENCH[0]}</p>",
    ],
    ids=["h2", "outside", "nested", "section", "short", "same"],
)
def test_what_may_be_a_part_of_the_article_stays(body):
    assert len(found_in(body)) == body.count("<p>")
