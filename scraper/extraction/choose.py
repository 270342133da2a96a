"""Full extraction: the whole page parsed, its blocks labelled, its article chosen.

The ledger records what became of each visible block, and by which rule.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import dropwhile
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from scraper.extraction.blocks import walk_blocks
from scraper.extraction.byline import choose_byline
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.embedded_text import add_stated_text, find_stated_text
from scraper.extraction.features import PROSE_WORDS
from scraper.extraction.head import read_head
from scraper.extraction.kind import (
    SURELY_NONE,
    Evidence,
    classify,
    entry_times,
    is_built_live,
    is_gallery,
)
from scraper.extraction.labeller import BODY, TRAINED
from scraper.extraction.lead import find_headline, find_lead, is_said_again, lead_text
from scraper.extraction.main_content import (
    MainContent,
    find_main_content,
    with_captions,
    without_next_articles,
)
from scraper.extraction.paths import path_of
from scraper.extraction.people import Byline
from scraper.extraction.rules import Rule, body_rule, end_rules, is_correction
from scraper.extraction.titles import extract_title
from scraper.extraction.visible import Styles
from scraper.items import BlockKind, Kind, LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.document import Beyond, Bound
    from scraper.extraction.head import Head
    from scraper.extraction.labeller import Labeller
    from scraper.items import Page


class Verdict(NamedTuple):
    """The *rule* that decides a block; *evidence* says in words why it applies."""

    rule: Rule
    evidence: str = ""

    @property
    def keep(self) -> bool:
        return self.rule.keeps


_NOTHING: Mapping[Bound, str] = MappingProxyType({})
_OUTSIDE = Verdict(Rule.OUTSIDE_CONTAINER)
_HIDDEN = Verdict(Rule.HIDDEN_BY_CLASS)


class Ledger:
    """One decision a block; the first one stands. *beyond* is what is not read."""

    def __init__(
        self, blocks: list[RawBlock], beyond: Mapping[Bound, str] = _NOTHING
    ) -> None:
        self._blocks = blocks
        self._beyond = beyond
        self._decided: dict[int, Verdict] = {}

    def decide_all(self, blocks: Iterable[RawBlock], rule: Rule) -> None:
        for block in blocks:
            self.decide(block, Verdict(rule))

    def decide(self, block: RawBlock, verdict: Verdict) -> None:
        self._decided.setdefault(block.index, verdict)

    def is_decided(self, block: RawBlock) -> bool:
        return block.index in self._decided

    def entries(
        self,
        probabilities: Sequence[float] = (),
        weighed: Sequence[tuple[tuple[str, float], ...]] = (),
    ) -> tuple[LedgerEntry, ...]:
        """Return an entry for each block that is rendered or kept, in page order.

        Each with its probability of being body and what weighed most in it, where these
        are given for all blocks. At the end stands what is beyond the bounds of reading.
        """
        beyond = (
            LedgerEntry("", str(bound), False, "", what)
            for bound, what in self._beyond.items()
        )
        return (*self._read(probabilities, weighed), *beyond)

    def _read(
        self,
        probabilities: Sequence[float],
        weighed: Sequence[tuple[tuple[str, float], ...]],
    ) -> Iterator[LedgerEntry]:
        labels: dict[HtmlElement, str] = {}
        return (
            LedgerEntry(
                block.text,
                str(verdict.rule),
                verdict.keep,
                path_of(block.element, labels),
                verdict.evidence,
                round(probabilities[block.index], 3) if probabilities else None,
                weighed[block.index] if weighed else (),
            )
            for block in self._blocks
            if self._is_accounted(block)
            for verdict in [self.decision(block)]
        )

    def counts(self) -> tuple[int, dict[str, int]]:
        """Return how many blocks were kept, and how many dropped by each rule.

        A bound that the page is beyond counts once.
        """
        each = ((block, self.decision(block)) for block in self._blocks)
        decisions = [said for block, said in each if block.rendered or said.keep]
        dropped = Counter(str(d.rule) for d in decisions if not d.keep)
        kept = len(decisions) - dropped.total()
        return kept, dict(sorted((dropped + Counter(map(str, self._beyond))).items()))

    def decision(self, block: RawBlock) -> Verdict:
        return self._decided.get(block.index, _HIDDEN if block.hidden else _OUTSIDE)

    def _is_accounted(self, block: RawBlock) -> bool:
        return block.rendered or self.decision(block).keep


R = TypeVar("R")

_NOBODY = Byline()
_DATE_BLOCKS = 3
"""Blocks before the headline, and after it, that may print the date."""
_PAGE_IS = {
    Kind.LISTING: Rule.PAGE_IS_LISTING,
    Kind.BLOCKED: Rule.PAGE_IS_BLOCKED,
    Kind.OTHER: Rule.PAGE_IS_OTHER,
}


@dataclass(frozen=True, slots=True)
class Content:
    """What was chosen of a page; *near_title* are the blocks that may print a date.

    *lead_blocks* are those that *lead* was made from, *headline* is the index of its
    block, -1 if there is none. *times* are those that head the entries of a live page, by
    the index of their block.
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


def _choose_content(
    evidence: Evidence,
    main: MainContent,
    ledger: Ledger,
    *,
    title: str,
    kind: Kind | None = None,
) -> Content:
    """Choose headline, byline, lead and body, in this order; *ledger* records each choice.

    *kind* is what the page is known to be; by default its blocks decide.
    """
    blocks = evidence.blocks
    may_be_article = kind is None and _has_sure_body(main)
    kind = kind or classify(evidence, main.article)
    if kind is Kind.ARTICLE and is_built_live(blocks, main.inside, main.found):
        kind = Kind.LIVE
    if not (kind.has_text or (kind is Kind.LISTING and may_be_article)):
        ledger.decide_all(blocks, _PAGE_IS[kind])
        return Content(kind)
    headline = find_headline(blocks, evidence.found, title)
    if headline >= 0:
        ledger.decide_all(blocks[headline : headline + 1], Rule.TITLE)
    following = [b for b in evidence.found if b.index > headline] or evidence.found
    start = _start_of_body(following, main)
    text = [b for b in following if b.index >= start] or following
    byline = choose_byline(blocks, main, _below_headings(text, main, blocks), ledger)
    lead = _choose_lead(evidence, following, ledger, headline=headline, start=start)
    times = entry_times(blocks, main.inside) if kind is Kind.LIVE else {}
    ledger.decide_all([blocks[at] for at in times], Rule.ENTRY_TIME)
    body = choose_body(blocks, main, ledger, title=title, headline=headline, lead=lead)
    if not (lead or body):
        return Content(kind if kind is Kind.LISTING else Kind.OTHER)
    return Content(
        Kind.GALLERY if kind is Kind.ARTICLE and is_gallery(body) else kind,
        lead_text(lead, evidence.head.description),
        tuple(lead),
        tuple(body),
        byline,
        _near_title(blocks, headline, start),
        round(main.good, 4),
        times,
        headline,
    )


def _has_sure_body(main: MainContent) -> bool:
    """Return True if a list of articles may be an article after all."""
    best = max(main.probabilities, default=0.0)
    return best >= BODY and main.article >= SURELY_NONE


def _choose_lead(
    evidence: Evidence,
    following: list[RawBlock],
    ledger: Ledger,
    *,
    headline: int,
    start: int,
) -> list[RawBlock]:
    """Return the blocks of the lead, none if the text *following* the headline repeats it."""
    description = evidence.head.description
    lead = find_lead(
        evidence.blocks, after=headline, before=start, description=description
    )
    is_repeated = is_said_again(lead, following)
    ledger.decide_all(lead, Rule.SAID_AGAIN if is_repeated else Rule.LEAD)
    return [] if is_repeated else lead


def _near_title(
    blocks: list[RawBlock], headline: int, start: int
) -> tuple[RawBlock, ...]:
    """Return what stands around the headline up to the body, and its first short lines.

    If nothing sets the body apart, the date is its first line.
    """
    below = blocks[max(start, headline + 1) : headline + 1 + _DATE_BLOCKS]
    lines = [block for block in below if len(block.words) <= PROSE_WORDS]
    return (*blocks[max(0, headline - _DATE_BLOCKS) : start], *lines)


def _start_of_body(following: list[RawBlock], main: MainContent) -> int:
    """Return the index of the first block found inside the container, or of its first."""
    inside = (b.index for b in following if b.index in main.inside)
    return next(inside, main.inside.start)


def _below_headings(
    text: list[RawBlock], main: MainContent, blocks: list[RawBlock]
) -> list[RawBlock]:
    """Return *text* with its captions, from the first block that is not a heading on.

    A lead that is set as a heading stands above the credit line, not below it.
    """
    below = list(dropwhile(lambda b: b.kind is BlockKind.HEADING, text))
    return with_captions(below, blocks, main) or text


def choose_body(
    blocks: list[RawBlock],
    main: MainContent,
    ledger: Ledger,
    *,
    title: str,
    headline: int,
    lead: list[RawBlock],
) -> list[RawBlock]:
    """Return the blocks of the body in page order; decide the others in *ledger*.

    Blocks already decided (headline, lead, byline) are left alone. Captions count from
    the *headline* (an index) on: the first picture often stands above the container.
    """
    candidates = _candidates(blocks, main, headline)
    body: list[RawBlock] = []
    verdicts: dict[int, Verdict] = {}
    said = {tuple(block.words) for block in lead}
    for block in candidates:
        if ledger.is_decided(block):
            continue
        found = block.index in main.found
        against = body_rule(
            block, title=title, headline=headline, found=found, said=said
        )
        verdict = Verdict(against) if against else _verdict_on(block, main)
        verdicts[block.index] = verdict
        if verdict.keep:
            body.append(block)
            said.add(tuple(block.words))
    against_kept = end_rules(candidates, body)
    verdicts |= {index: Verdict(rule) for index, rule in against_kept.items()}
    for index, verdict in verdicts.items():
        ledger.decide(blocks[index], verdict)
    return [block for block in body if block.index not in against_kept]


def _verdict_on(block: RawBlock, main: MainContent) -> Verdict:
    """Return what the site model says of *block*, else what the labeller says."""
    return main.verdicts.get(block.index) or Verdict(_label(block, main))


def _label(block: RawBlock, main: MainContent) -> Rule:
    if block.kind is BlockKind.CAPTION:
        return Rule.NOT_MAIN_CONTENT if block.hidden else Rule.CAPTION
    if block.index in main.found:
        return Rule.MAIN_CONTENT
    is_kept = is_correction(block) and not block.hidden
    return Rule.CORRECTION if is_kept else Rule.NOT_MAIN_CONTENT


def _candidates(
    blocks: list[RawBlock], main: MainContent, headline: int
) -> list[RawBlock]:
    """Return what is in the container, found elsewhere, or a caption on the way to it."""
    above = range(headline + 1, main.inside.start)
    return [
        b
        for b in blocks
        if b.index in main.inside
        or b.index in main.found
        or (b.kind is BlockKind.CAPTION and b.index in above)
    ]


@dataclass(frozen=True, slots=True)
class Examined:
    """A page before anything of it is chosen; *beyond* is what is not read of it.

    *elements* keeps those of *root* alive: lxml would make each again at every pass, which in
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

    Raises :class:`~scraper.errors.UndecodablePage` if the bytes are not HTML.
    """
    beyond: Beyond = {}
    root = parse_page(page, beyond)
    find_main = partial(find_main_content, labeller=labeller)
    return examine_root(page, root, find_main, beyond)


def examine_root(
    page: Page,
    root: HtmlElement,
    find_main: Callable[[list[RawBlock], Head], MainContent | R],
    beyond: Beyond,
) -> Examined | R:
    """Return what the tree of *page* holds; *find_main* finds its main content.

    The tree is changed. Whatever else *find_main* returns is returned as it is. *beyond* is
    what was not parsed of the page.
    """
    head = read_head(root, page.url, beyond)
    stated = find_stated_text(root, head)
    styles = Styles.of(root)
    strip_unseen(root)
    elements = tuple(root.iter())
    blocks, pictures = walk_blocks(root, beyond)
    if add_stated_text(root, stated, blocks):
        elements = tuple(root.iter())
        blocks, pictures = walk_blocks(root, beyond)
    main = find_main(blocks, head)
    if not isinstance(main, MainContent):
        return main
    main = styles.without_hidden(without_next_articles(main, blocks), blocks)
    title = extract_title(head, blocks, start=min(main.found, default=None))
    found = [blocks[i] for i in sorted(main.found)]
    evidence = Evidence(page, blocks, found, head, pictures)
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
    content = _choose_content(evidence, main, ledger, title=examined.title, kind=kind)
    return Choice(main, content, ledger)
