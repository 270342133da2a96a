"""What trafilatura alone makes of a page, to be seen beside what we do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trafilatura import bare_extraction
from trafilatura.settings import Document

from scraper.extraction.aligning import align, lines_of
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.ledger import Ledger
from scraper.items import Article, Block, BlockKind, Kind
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.items import Page

KEPT = "trafilatura"
LEFT_OUT = "not_in_trafilatura"


def extract_plain(page: Page) -> Article:
    """Return the text that ``trafilatura.bare_extraction`` finds by its defaults.

    Of the fields only the title; in the ledger stand the blocks of *page* whose
    words are in that text, and the others. Raises
    :class:`~scraper.errors.UndecodablePage` where the bytes are no HTML.
    """
    root = parse_page(page)
    found = bare_extraction(page.body, url=page.url, include_comments=False)
    if not isinstance(found, Document):
        found = Document()
    lines = [line for line in (found.text or "").split("\n") if line.strip()]
    return Article(
        url=page.url,
        canonical_url=page.url,
        site=site_of(page.url),
        kind=Kind.ARTICLE if lines else Kind.OTHER,
        title=found.title or "",
        blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in lines),
        ledger=_ledger(root, found).entries(),
    )


def _ledger(root: HtmlElement, found: object) -> Ledger:
    strip_unseen(root)
    blocks = iter_blocks(root)
    places = align(blocks, lines_of(found))
    ledger = Ledger(blocks)
    ledger.keep((b for b in blocks if b.index in places), KEPT)
    ledger.drop((b for b in blocks if b.index not in places), LEFT_OUT)
    return ledger
