"""Full extraction: the whole page parsed, its blocks labelled, its article chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import dropwhile
from typing import TYPE_CHECKING, TypeVar

from scraper.extraction import metadata
from scraper.extraction.blocks import walk_blocks
from scraper.extraction.body import choose_body, is_correction
from scraper.extraction.boilerplate import without_next_articles
from scraper.extraction.byline import find_byline, named_lines, source_after
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.kind import (
    SURELY_NONE,
    Evidence,
    classify,
    entry_times,
    is_built_live,
    is_gallery,
)
from scraper.extraction.labeller import TRAINED
from scraper.extraction.lead import find_headline, find_lead, is_said_again, lead_text
from scraper.extraction.ledger import Ledger
from scraper.extraction.main_content import (
    BODY,
    MainContent,
    PageHead,
    find_main_content,
    with_captions,
)
from scraper.extraction.people import Byline, parse_byline
from scraper.extraction.stated import add_stated_text, find_stated_text
from scraper.extraction.titles import extract_title
from scraper.extraction.visible import Styles
from scraper.items import BlockKind, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.bounds import Beyond
    from scraper.extraction.byline import CreditLine
    from scraper.extraction.labeller import Labeller
    from scraper.items import Page


R = TypeVar("R")

_NOBODY = Byline()

_MOST = 0.6
"""A credit line after this share of the words closes the text."""
_NEAR = 3
"""Blocks before the headline, and after it, that may print the date."""
_LINE = 12


@dataclass(frozen=True, slots=True)
class Content:
    """What was chosen of a page; *near_title* are the blocks that may print a date.

    *lead_blocks* are those that *lead* was made from. *headline* is the index of its block,
    -1 if no block is; *times* are those that head a
    live page's entries, by the index of their block.
    """

    kind: Kind
    lead: str = ""
    lead_blocks: tuple[RawBlock, ...] = ()
    body: tuple[RawBlock, ...] = ()
    byline: Byline = _NOBODY
    near_title: tuple[RawBlock, ...] = ()
    confidence: float = 0.0
    times: Mapping[int, str] = field(default_factory=dict)
    headline: int = -1


def choose_content(
    evidence: Evidence,
    main: MainContent,
    ledger: Ledger,
    *,
    title: str,
    kind: Kind | None = None,
) -> Content:
    """Choose headline, byline, lead and body, in this order; *ledger* records each choice.

    *kind* is what the page is known to be; else it is judged by what stands on it.
    """
    is_known = kind is not None
    kind = kind or classify(evidence, main.article)
    if kind is Kind.ARTICLE and is_built_live(evidence.blocks, main.inside, main.found):
        kind = Kind.LIVE
    if not (kind.has_text or (kind is Kind.LISTING and not is_known and _may_be(main))):
        ledger.drop(evidence.blocks, f"page_is_{kind.value}")
        return Content(kind)
    blocks = evidence.blocks
    headline = find_headline(blocks, evidence.found, title)
    ledger.keep(blocks[headline : headline + 1] if headline >= 0 else (), "title")
    following = [b for b in evidence.found if b.index > headline] or evidence.found
    start = _start_of_body(following, main)
    told = [b for b in following if b.index >= start] or following
    byline = _byline(blocks, main, _below_headings(told, main, blocks), ledger)
    lead = find_lead(
        blocks, after=headline, before=start, description=_description(evidence)
    )
    if is_said_again(lead, following):
        ledger.drop(lead, "said_again")
        lead = []
    ledger.keep(lead, "lead")
    times = entry_times(blocks, main.inside) if kind is Kind.LIVE else {}
    ledger.keep([blocks[at] for at in times], "entry_time")
    body = choose_body(blocks, main, ledger, title=title, headline=headline, lead=lead)
    captions = [b for b in body if b.kind is BlockKind.CAPTION]
    text = [b for b in body if b.kind is not BlockKind.CAPTION]
    if not (lead or body):
        return Content(kind if kind is Kind.LISTING else Kind.OTHER)
    return Content(
        Kind.GALLERY if kind is Kind.ARTICLE and is_gallery(text, captions) else kind,
        lead_text(lead, _description(evidence)),
        tuple(lead),
        tuple(body),
        byline,
        _near_title(blocks, headline, start),
        round(main.good, 4),
        times,
        headline,
    )


def _may_be(main: MainContent) -> bool:
    """Tell a list of articles that may be an article after all: it has sure body."""
    best = max(main.probabilities, default=0.0)
    return best >= BODY and main.article >= SURELY_NONE


def _near_title(
    blocks: list[RawBlock], headline: int, start: int
) -> tuple[RawBlock, ...]:
    """Return what stands around the headline up to the body, and its first short lines.

    Where nothing sets the body apart, the date is its first line.
    """
    below = blocks[max(start, headline + 1) : headline + 1 + _NEAR]
    lines = [block for block in below if len(block.words) <= _LINE]
    return (*blocks[max(0, headline - _NEAR) : start], *lines)


def _start_of_body(following: list[RawBlock], main: MainContent) -> int:
    """Return the index of the first block found inside the container, or of its first."""
    inside = (b.index for b in following if b.index in main.inside)
    return next(inside, main.inside.start)


def _below_headings(
    following: list[RawBlock], main: MainContent, blocks: list[RawBlock]
) -> list[RawBlock]:
    """Return *following* with its captions, from the first that is no heading on.

    A lead that is set as a heading stands above the credit line, not below it.
    """
    told = list(dropwhile(lambda b: b.kind is BlockKind.HEADING, following))
    return with_captions(told, blocks, main) or following


def _byline(
    blocks: list[RawBlock],
    main: MainContent,
    following: list[RawBlock],
    ledger: Ledger,
) -> Byline:
    """Return who the credit line names.

    What stands after a line that closes the text is dropped, but for a correction.
    """
    named = named_lines(blocks, following)
    line = find_byline(blocks, following, named)
    if line is None:
        return _NOBODY
    said = parse_byline(line.printed)
    if not said.agency:
        said = replace(said, agency=source_after(blocks, line))
    again = [each.block for each in named if _repeats(each, said)]
    ledger.keep([line.block], "byline")
    ledger.drop(again, "byline_repeated")
    followed = {b.index for b in following}
    end = max([line.block.index, *(b.index for b in again if b.index in followed)])
    before = sum(len(b.words) for b in following if b.index < end)
    if before > _MOST * sum(len(b.words) for b in following):
        after = (
            b
            for b in blocks[end + 1 :]
            if b.index in main.inside or b.index in main.found
        )
        ledger.drop([b for b in after if not is_correction(b)], "after_byline")
    return said


def _repeats(line: CreditLine, byline: Byline) -> bool:
    return set(parse_byline(line.printed).authors) <= set(byline.authors)


def _description(evidence: Evidence) -> str:
    return (
        evidence.declared.first("og:description", "description", "twitter:description")
        or evidence.data.description
    )


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
    page: Page,
    root: HtmlElement,
    find_main: Callable[[list[RawBlock], PageHead], MainContent | R],
    beyond: Beyond,
) -> Examined | R:
    """Take the tree of *page* apart, which is changed; *find_main* finds its main content.

    Whatever else *find_main* returns is returned as it is. *beyond* is what was not
    parsed of the page.
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
    if not isinstance(main, MainContent):
        return main
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
