"""read(): a page becomes an article; the only caller of extraction.

It looks at no clock and at no network: the same bytes give the same article.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scraper.extraction import metadata
from scraper.extraction.authors import choose_authors
from scraper.extraction.block_kinds import article_blocks
from scraper.extraction.blocks import iter_blocks
from scraper.extraction.content import Content, choose_content
from scraper.extraction.dates import extract_dates
from scraper.extraction.declared_lead import find_declared_lead
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.images import extract_images
from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.kind import Evidence
from scraper.extraction.ledger import Ledger
from scraper.extraction.main_content import find_main_content
from scraper.extraction.titles import extract_title
from scraper.items import Article, BlockKind, Extraction
from scraper.text import fingerprint
from scraper.urls import site_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.items import Page


def read(page: Page, *, with_ledger: bool = True) -> Article:
    """Return the article of *page*, its ledger left out unless *with_ledger*.

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
    title = extract_title(
        root, declared, data, blocks, url=page.url, start=min(main.found, default=None)
    )
    evidence = Evidence(page, blocks, found, declared, data)
    ledger = Ledger(blocks)
    content = choose_content(evidence, main, ledger, title=title)
    article = _article(evidence, root, ledger, content=content, title=title)
    return replace(article, ledger=ledger.entries()) if with_ledger else article


def _article(
    evidence: Evidence,
    root: HtmlElement,
    ledger: Ledger,
    *,
    content: Content,
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
        lead_source="page" if content.lead else "",
        blocks=article_blocks(list(content.body)),
        images=extract_images(captions, list(content.body), url=page.url),
        byline=content.byline.printed,
        authors=_authors(evidence, content),
        agency=content.byline.agency,
        published_at=dates.published_at,
        published_source=dates.published_source,
        modified_at=dates.modified_at,
        modified_source=dates.modified_source,
        section=metadata.extract_section(root, declared, data, breadcrumbs),
        breadcrumbs=breadcrumbs,
        tags=metadata.extract_tags(root, declared, data),
        language=language,
        paywalled=metadata.is_paywalled(declared, data),
        extraction=Extraction("careful", "", content.confidence, kept, dropped),
        fetched_at=page.fetched_at,
    )
    article = _with_lead(article, evidence)
    return replace(
        article, content_fingerprint=fingerprint(article.text) if article.text else ""
    )


def _with_lead(article: Article, evidence: Evidence) -> Article:
    """Return *article* with the description as its lead where the page shows none."""
    if article.lead or not article.text:
        return article
    lead, source = find_declared_lead(
        evidence.declared, evidence.data, title=article.title, text=article.text
    )
    return replace(article, lead=lead, lead_source=source)


def _authors(evidence: Evidence, content: Content) -> tuple[str, ...]:
    declared, data = evidence.declared, evidence.data
    site = site_of(evidence.page.url)
    names = (declared.first("og:site_name"), data.publisher, site)
    return choose_authors(content.byline, content.near_title, declared, data, names)
