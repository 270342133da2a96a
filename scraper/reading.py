"""read(): a page becomes an article; the only caller of extraction.

It looks at no clock and at no network: the same bytes give the same article.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.extraction import metadata
from scraper.extraction.block_kinds import article_blocks
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.body import choose_body
from scraper.extraction.byline import (
    Byline,
    clean_authors,
    find_byline,
    named_line,
    near,
    parse_byline,
)
from scraper.extraction.dates import extract_dates
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.images import extract_images
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.kind import Evidence, classify, is_gallery
from scraper.extraction.lead import find_headline, find_lead, is_said_again, lead_text
from scraper.extraction.ledger import Ledger
from scraper.extraction.main_content import find_main_content, with_captions
from scraper.items import Article, BlockKind, Extraction, Kind
from scraper.text import fingerprint
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent
    from scraper.items import Page

_NOBODY = Byline()
_MOST = 0.6
"""A credit line after this share of the words closes the text."""


def read(page: Page) -> Article:
    """Return the article of *page*.

    A listing, a wall or a page without text gives an article of that kind with an empty
    text and a full ledger. Raises :class:`~scraper.errors.UndecodablePage` where the
    bytes are no HTML.
    """
    root = parse_page(page)
    declared = metadata.extract_declared(root)
    data = extract_structured_data(root)
    strip_unseen(root)
    blocks = iter_blocks(root)
    main = find_main_content(root, blocks)
    found = [blocks[i] for i in sorted(main.found)]
    title = metadata.extract_title(root, declared, data, blocks)
    evidence = Evidence(page, blocks, found, declared, data)
    ledger = Ledger(blocks)
    content = _content(evidence, main, ledger, title=title)
    return _article(evidence, root, ledger, content=content, title=title)


@dataclass(frozen=True, slots=True)
class _Content:
    """What was chosen of a page; *near_title* are the blocks that may print a date."""

    kind: Kind
    lead: str = ""
    body: tuple[RawBlock, ...] = ()
    byline: Byline = _NOBODY
    near_title: tuple[RawBlock, ...] = ()
    confidence: float = 0.0


def _content(
    evidence: Evidence, main: MainContent, ledger: Ledger, *, title: str
) -> _Content:
    """Choose headline, byline, lead and body, in this order; *ledger* records each choice."""
    kind = classify(evidence)
    if not kind.has_text:
        ledger.drop(evidence.blocks, f"page_is_{kind.value}")
        return _Content(kind)
    blocks = evidence.blocks
    headline = find_headline(blocks, evidence.found, title)
    ledger.keep(blocks[headline : headline + 1] if headline >= 0 else (), "title")
    following = [b for b in evidence.found if b.index > headline] or evidence.found
    byline = _byline(blocks, main, following, ledger)
    start = _start_of_body(following, main)
    lead = find_lead(
        blocks, after=headline, before=start, description=_description(evidence)
    )
    if is_said_again(lead, following):
        ledger.drop(lead, "said_again")
        lead = []
    ledger.keep(lead, "lead")
    body = choose_body(blocks, main, ledger, title=title, headline=headline, lead=lead)
    captions = [b for b in body if b.kind is BlockKind.CAPTION]
    text = [b for b in body if b.kind is not BlockKind.CAPTION]
    if not (lead or body):
        return _Content(Kind.OTHER)
    return _Content(
        Kind.GALLERY if kind is Kind.ARTICLE and is_gallery(text, captions) else kind,
        lead_text(lead),
        tuple(body),
        byline,
        tuple(blocks[max(0, headline - 3) : start]),
        _agreement(evidence.found, [*lead, *text]),
    )


def _start_of_body(following: list[RawBlock], main: MainContent) -> int:
    """Return the index of the first block found inside the container, or of its first."""
    inside = (b.index for b in following if b.index in main.inside)
    return next(inside, main.inside.start)


def _byline(
    blocks: list[RawBlock],
    main: MainContent,
    following: list[RawBlock],
    ledger: Ledger,
) -> Byline:
    """Return who the credit line names.

    What the container holds after a line that closes the text is dropped.
    """
    following = with_captions(following, blocks, main)
    line = find_byline(blocks, following)
    if line is None:
        return _NOBODY
    said = parse_byline(line.printed)
    again = [b for b in near(blocks, following) if _repeats(b, said)]
    ledger.keep([line.block], "byline")
    ledger.drop(again, "byline_repeated")
    end = max(
        b.index for b in (line.block, *again) if b is line.block or b in following
    )
    before = sum(len(b.words) for b in following if b.index < end)
    if before > _MOST * sum(len(b.words) for b in following):
        ledger.drop(blocks[end + 1 : main.inside.stop], "after_byline")
    return said


def _repeats(block: RawBlock, byline: Byline) -> bool:
    line = named_line(block)
    return line is not None and set(parse_byline(line.printed).authors) <= set(
        byline.authors
    )


def _description(evidence: Evidence) -> str:
    return (
        evidence.declared.first("og:description", "description", "twitter:description")
        or evidence.data.description
    )


def _agreement(found: list[RawBlock], kept: list[RawBlock]) -> float:
    """Return the share of the words of both ways that both keep (Jaccard)."""
    one, other = set(found), set(kept)
    both, either = (sum(len(b.words) for b in s) for s in (one & other, one | other))
    return round(both / either, 4) if either else 0.0


def _article(
    evidence: Evidence,
    root: HtmlElement,
    ledger: Ledger,
    *,
    content: _Content,
    title: str,
) -> Article:
    page, declared, data = evidence.page, evidence.declared, evidence.data
    language = metadata.extract_language(root, declared, data)
    breadcrumbs = metadata.extract_breadcrumbs(root, data)
    dates = extract_dates(
        page,
        root,
        declared=declared,
        data=data,
        near_title=list(content.near_title),
        language=language,
    )
    canonical = metadata.canonical_url(root, declared, page.url)
    captions = [b for b in content.body if b.kind is BlockKind.CAPTION]
    kept, dropped = ledger.counts()
    article = Article(
        url=page.url,
        canonical_url=canonical,
        site=site_of(canonical),
        kind=content.kind,
        title=title,
        lead=content.lead,
        blocks=article_blocks(list(content.body)),
        images=extract_images(captions, list(content.body), url=page.url),
        byline=content.byline.printed,
        authors=content.byline.authors or _declared_authors(evidence, content.byline),
        agency=content.byline.agency,
        published_at=dates.published_at,
        published_source=dates.published_source,
        modified_at=dates.modified_at,
        modified_source=dates.modified_source,
        section=metadata.extract_section(root, declared, data, breadcrumbs),
        breadcrumbs=breadcrumbs,
        tags=metadata.extract_tags(root, declared, data),
        language=language,
        paywalled=not data.free,
        extraction=Extraction("careful", "", content.confidence, kept, dropped),
        fetched_at=page.fetched_at,
        ledger=ledger.entries(),
    )
    return replace(
        article, content_fingerprint=fingerprint(article.text) if article.text else ""
    )


def _declared_authors(evidence: Evidence, byline: Byline) -> tuple[str, ...]:
    if byline.agency:
        return ()
    declared = evidence.declared
    listed = (
        evidence.data.authors
        or declared.all("author")
        or declared.all("article:author")
    )
    site = site_of(evidence.page.url)
    names = (declared.first("og:site_name"), evidence.data.publisher, site)
    return clean_authors(listed, names)
