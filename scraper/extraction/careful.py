"""Full extraction: the whole page parsed, its blocks labelled, its article chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from scraper.extraction import metadata
from scraper.extraction.blocks import walk_blocks
from scraper.extraction.content import Content, choose_content
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.kind import Evidence
from scraper.extraction.labeller import TRAINED
from scraper.extraction.ledger import Ledger
from scraper.extraction.main_content import PageHead, find_main_content
from scraper.extraction.next_articles import without_next_articles
from scraper.extraction.stated import add_stated_text, find_stated_text
from scraper.extraction.styles import Styles
from scraper.extraction.titles import extract_title

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.bounds import Beyond
    from scraper.extraction.labeller import Labeller
    from scraper.extraction.main_content import MainContent
    from scraper.items import Kind, Page

    FindMain = Callable[[list[RawBlock], PageHead], MainContent]


@dataclass(frozen=True, slots=True)
class Examined:
    """A page before anything of it is chosen; *beyond* is what is not read of it.

    *elements* keeps those of *root* alive: lxml would make each anew at every pass, which in
    a deep tree takes time with the depth of each.
    """

    root: HtmlElement
    evidence: Evidence
    main: MainContent
    title: str
    beyond: Beyond = field(default_factory=dict)
    elements: tuple[HtmlElement, ...] = ()

    @property
    def page(self) -> Page:
        return self.evidence.page

    @property
    def blocks(self) -> list[RawBlock]:
        return self.evidence.blocks


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen of a page, and the account of it."""

    main: MainContent
    content: Content
    ledger: Ledger

    @property
    def size(self) -> int:
        """Words of the body."""
        return sum(len(block.words) for block in self.content.body)

    def lost_in(self, other: Choice) -> int:
        """Return how many words of this body *other* keeps nowhere."""
        return sum(
            len(block.words)
            for block in self.content.body
            if not other.ledger.decision(block).keep
        )


def examine(page: Page, labeller: Labeller = TRAINED) -> Examined:
    """Parse *page* and find its main content by *labeller*.

    Raises :class:`~scraper.errors.UndecodablePage` where the bytes are no HTML.
    """
    beyond: Beyond = {}
    root = parse_page(page, beyond)
    find_main = partial(find_main_content, labeller=labeller)
    return examine_root(page, root, find_main, beyond)


def examine_root(
    page: Page, root: HtmlElement, find_main: FindMain, beyond: Beyond
) -> Examined:
    """Take the tree of *page* apart, which is changed; *find_main* finds its main content.

    *beyond* is what was not parsed of it.
    """
    declared = metadata.extract_declared(root)
    data = extract_structured_data(root, beyond)
    stated = find_stated_text(root, declared, data)
    styles = Styles.of(root)
    strip_unseen(root)
    add_stated_text(root, stated)
    elements = tuple(root.iter())
    blocks, pictures = walk_blocks(root, beyond)
    main = find_main(blocks, PageHead.of(root, declared, data, page.url))
    main = styles.without_hidden(without_next_articles(main, blocks), blocks)
    title = extract_title(
        root, declared, data, blocks, url=page.url, start=min(main.found, default=None)
    )
    found = [blocks[i] for i in sorted(main.found)]
    evidence = Evidence(page, blocks, found, declared, data, pictures)
    return Examined(root, evidence, main, title, beyond, elements)


def choose(
    examined: Examined, main: MainContent | None = None, *, kind: Kind | None = None
) -> Choice:
    """Choose the article by *main* (default: as the page alone has it).

    *kind* is what the page is known to be.
    """
    evidence = examined.evidence
    if main is None:
        main = examined.main
    else:
        found = [evidence.blocks[i] for i in sorted(main.found)]
        evidence = replace(evidence, found=found)
    ledger = Ledger(evidence.blocks, examined.beyond)
    content = choose_content(evidence, main, ledger, title=examined.title, kind=kind)
    return Choice(main, content, ledger)
