"""read(): a page becomes an article; the only caller of extraction and site model.

It uses neither clock nor network: the same bytes and the same version of the model give
the same article.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import KW_ONLY, dataclass, fields, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from scraper.extraction.authors import extract_authors
from scraper.extraction.body import (
    Base,
    article_blocks,
    declared_image,
    extract_images,
    group_blocks,
    lead_links,
)
from scraper.extraction.choose import choose, examine
from scraper.extraction.dates.candidates import parse_stated
from scraper.extraction.dates.choice import extract_dates
from scraper.extraction.dates.clocks import fixed
from scraper.extraction.dates.locales import convention_of
from scraper.extraction.head import (
    base_url,
    canonical_url,
    extract_breadcrumbs,
    extract_language,
    extract_section,
    extract_tags,
    is_paywalled,
)
from scraper.extraction.labeller import TRAINED
from scraper.extraction.languages import settle_language
from scraper.extraction.lead import find_declared_lead
from scraper.extraction.rules import Rule
from scraper.items import Article, Extraction, Kind, LedgerEntry
from scraper.sitemodel import Refused, examine_fast, guide, is_audited
from scraper.sitemodel.digest import describe
from scraper.text import clean, fingerprint, words
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.body import Group
    from scraper.extraction.choose import Choice, Content, Examined
    from scraper.extraction.head import Head
    from scraper.extraction.kind import Evidence
    from scraper.extraction.labeller import Labeller
    from scraper.items import Block, Image, Page
    from scraper.sitemodel import PageDigest, SiteModel


_SOURCE = "hint"
"""The ``published_source`` of a time that a hint found."""
_SEVERAL = frozenset({"authors", "tags"})
_ATTRIBUTES = {"meta": "content", "time": "datetime"}


def _with_hints(article: Article, root: HtmlElement, page: Page) -> Article:
    """Return *article* with what the hints of *page* find in its tree, *root*.

    Of several hints for a field the first that finds something counts; what none finds
    stays as it is. The day of a page is its article's, else that of its visit.
    """
    moment = article.published_at or page.fetched_at
    found: dict[str, Any] = {}
    for hint in page.hints:
        if hint.field in found or not hint.holds_on(moment.date() if moment else None):
            continue
        texts = [text for each in root.cssselect(hint.place) if (text := _text(each))]
        if hint.field == "published_at":
            convention = convention_of(page.url, article.language)
            stated = (parse_stated(text, convention, _SOURCE) for text in texts)
            if candidate := next(filter(None, stated), None):
                local = candidate.moment.astimezone(convention.zone)
                found |= {"published_at": fixed(local), "published_source": _SOURCE}
        elif texts:
            found[hint.field] = (
                tuple(dict.fromkeys(texts)) if hint.field in _SEVERAL else texts[0]
            )
    return replace(article, **found) if found else article


def _text(element: HtmlElement) -> str:
    attribute = _ATTRIBUTES.get(str(element.tag))
    stated = element.get(attribute, "") if attribute else ""
    return clean(stated or element.text_content())


MOST_PARTS = 20
"""Pages of one article at most."""


def join(parts: Sequence[Article]) -> Article:
    """Return the first of *parts* with the blocks and images of all, in order.

    What a later page repeats (its lead, a standing heading) is kept once; an author who
    signs only the last page is the author of all. Raises ValueError for no part.
    """
    if not parts:
        raise ValueError("there is nothing to join")
    first = parts[0]
    if len(parts) == 1:
        return first
    blocks, images = _joined(parts)
    signed = next((part for part in parts if part.authors or part.byline), first)
    whole = replace(
        first,
        blocks=blocks,
        images=images,
        byline=first.byline or signed.byline,
        authors=first.authors or signed.authors,
        extraction=replace(first.extraction, parts=len(parts)),
    )
    return replace(whole, content_fingerprint=fingerprint(whole.text))


def _joined(
    parts: Sequence[Article],
) -> tuple[tuple[Block, ...], tuple[Image, ...]]:
    """Return the blocks and images of *parts*, each once, the images at their blocks."""
    said = {parts[0].lead}
    blocks: list[Block] = []
    images: dict[Image, Image] = {}
    for number, part in enumerate(parts):
        places = []
        for block in part.blocks:
            places.append(len(blocks))
            if number == 0 or block.text not in said:
                blocks.append(block)
        places.append(len(blocks))
        said |= {block.text for block in part.blocks}
        for image in part.images:
            at = min(image.position, len(part.blocks))
            placed = replace(image, position=places[at])
            images.setdefault(replace(image, position=0), placed)
    return tuple(blocks), tuple(images.values())


_MOST_DROPPED = 0.2
"""Share of what the page alone keeps that a model may drop of it."""

_ALONE = Extraction("careful")
_OF_THE_PATH = frozenset({"extraction", "ledger"})


@dataclass(frozen=True, slots=True)
class Reading:
    """An article without its ledger, and what learning needs to know of its page."""

    article: Article
    digest: PageDigest


def read(
    page: Page,
    model: SiteModel | None = None,
    *,
    with_ledger: bool = True,
    full: bool = False,
    weigh: bool = False,
    labeller: Labeller = TRAINED,
) -> Article:
    """Return the article of *page*, its ledger left out unless *with_ledger*.

    With a *model* that knows the page it takes the fast path, unless *full*; an audited
    page is read both ways. With *weigh* the ledger also says which features of each block
    weighed most, which takes some tenths of a second. A wall, a page without text and a
    sure listing page give an article of that kind with an empty text and a full ledger.
    Raises :class:`~scraper.errors.UndecodablePage` if the bytes are not HTML.
    """
    whole = _Whole(page, model, with_ledger=with_ledger, weigh=weigh, labeller=labeller)
    return whole.read() if model is None or full else _read_by(model, whole)


def read_fast(
    page: Page, model: SiteModel, *, with_ledger: bool = False
) -> Article | Refused:
    """Return the article of *page* by parsing it alone, or why that is not possible."""
    if page.hints:
        return Refused("hints")
    fast = examine_fast(page, model)
    if isinstance(fast, Refused):
        return fast
    examined, extraction = fast.examined, Extraction("fast", model.version)
    if fast.cut.is_listing:
        choice = choose(examined, kind=Kind.LISTING)
    else:
        guidance = guide(examined.blocks, examined.main, model)
        choice = choose(examined, guidance.main)
        if _drops_too_much(choice, examined.blocks):
            return Refused("drops_too_much")
        if not choice.content.body:
            return Refused("no_text")
        if not guidance.template:
            extraction = replace(extraction, model_limited="unknown_template")
    article = article_of(examined, choice, extraction)
    if not with_ledger:
        return article
    rest = (
        LedgerEntry("", str(Rule.OUTSIDE_CONTAINER), False, f"bytes {start}-{end}")
        for start, end in fast.cut.left_out
    )
    return replace(article, ledger=(*choice.ledger.entries(), *rest))


def _drops_too_much(choice: Choice, blocks: list[RawBlock]) -> bool:
    """Return True if a model drops more of what was found than _MOST_DROPPED."""
    verdicts = choice.main.verdicts
    dropped = [blocks[i] for i, verdict in verdicts.items() if not verdict.keep]
    found = (b for b in dropped if b.index in choice.main.found)
    lost = sum(len(b.words) for b in found if not choice.ledger.decision(b).keep)
    return lost > _MOST_DROPPED * (choice.size + lost)


def study(
    page: Page, model: SiteModel | None = None, *, labeller: Labeller = TRAINED
) -> Reading:
    """Return what :func:`read` does, and the digest of the page as it reads alone."""
    whole = _Whole(page, model, labeller=labeller)
    article = _read_by(model, whole) if model else whole.own
    return Reading(article, whole.digest())


def study_if_unknown(page: Page, model: SiteModel) -> Article | Reading:
    """Return what :func:`read` does, or a reading if *model* knows no such design."""
    whole = _Whole(page, model)
    article = _read_by(model, whole)
    if article.extraction.not_fast != "no_container":
        return article
    return Reading(article, whole.digest())


@dataclass
class _Whole:
    """A page whose full extraction is done once, when it is first needed."""

    page: Page
    model: SiteModel | None
    _: KW_ONLY
    with_ledger: bool = False
    weigh: bool = False
    labeller: Labeller = TRAINED

    @cached_property
    def _examined(self) -> Examined:
        return examine(self.page, self.labeller)

    @cached_property
    def _alone(self) -> Choice:
        return choose(self._examined)

    @cached_property
    def own(self) -> Article:
        """The article as the page alone has it."""
        return article_of(self._examined, self._alone, _ALONE)

    def digest(self) -> PageDigest:
        return describe(self._examined, self._alone, self.own)

    def read(self) -> Article:
        """Return the article by full extraction, guided by the model if there is one."""
        choice, extraction = self._alone, _ALONE
        if self.model is not None:
            choice, extraction = _guided(self._examined, self._alone, self.model)
        article = article_of(self._examined, choice, extraction)
        if not self.with_ledger:
            return article
        main = self._examined.main
        weighed = self.labeller.body.weighed(main.columns) if self.weigh else ()
        return replace(
            article, ledger=choice.ledger.entries(main.probabilities, weighed)
        )


def _read_by(model: SiteModel, whole: _Whole) -> Article:
    """Return the article by the fast path if *model* allows it and agrees when audited."""
    page = whole.page
    fast = read_fast(page, model, with_ledger=whole.with_ledger)
    if isinstance(fast, Refused):
        return _with_notes(whole.read(), not_fast=fast.reason)
    return _audited(fast, whole.read()) if is_audited(page, model) else fast


def _audited(fast: Article, full: Article) -> Article:
    """Return *fast* if both paths give the same, else *full*."""
    differ = bool(difference(fast, full))
    chosen, word = (full, "differed") if differ else (fast, "agreed")
    shared = agreement(fast.text, full.text)
    return _with_notes(chosen, audit=word, agreement=shared)


def agreement(one: str, other: str) -> float:
    """Return the share (0-1) of the words of both texts that are in the other one too.

    A word counts as often as it occurs; two empty texts agree.
    """
    if one == other:
        return 1.0
    here, there = Counter(one.split()), Counter(other.split())
    shared = (here & there).total()
    return round(2 * shared / (here.total() + there.total()), 4)


def difference(one: Article, other: Article) -> list[str]:
    """Return the names of the fields that differ, except for how they were found."""
    return [
        field.name
        for field in fields(Article)
        if field.name not in _OF_THE_PATH
        and getattr(one, field.name) != getattr(other, field.name)
    ]


def _with_notes(article: Article, **notes: Any) -> Article:  # noqa: ANN401
    """Return *article* with *notes*, fields of its extraction."""
    return replace(article, extraction=replace(article.extraction, **notes))


def _guided(
    examined: Examined, alone: Choice, model: SiteModel
) -> tuple[Choice, Extraction]:
    """Return the choice guided by *model*, or *alone* with the reason.

    A model that drops more than _MOST_DROPPED of what the page alone keeps does not fit.
    """
    follows = Extraction("careful", model.version)
    guidance = guide(examined.blocks, examined.main, model)
    if guidance.is_listing:
        return choose(examined, guidance.main, kind=Kind.LISTING), follows
    choice = choose(examined, guidance.main)
    if alone.lost_in(choice) > _MOST_DROPPED * alone.size:
        return alone, replace(follows, model_limited="drops_too_much")
    if not guidance.template and alone.content.kind.has_text:
        follows = replace(follows, model_limited="unknown_template")
    return choice, follows


def article_of(
    examined: Examined, choice: Choice, extraction: Extraction = _ALONE
) -> Article:
    """Return the article of what was chosen of a page, without its ledger."""
    root, evidence, content = examined.root, examined.evidence, choice.content
    page, head = evidence.page, evidence.head
    run = chain(words(examined.title), *(block.words for block in content.body))
    language = settle_language(extract_language(root, head), run)
    breadcrumbs = extract_breadcrumbs(root, head)
    dates = extract_dates(
        evidence,
        root,
        near_title=list(content.near_title),
        headline=content.headline,
        language=language,
        guess=content.kind.has_text,
    )
    base = Base(page.url, base_url(root, page.url))
    canonical = canonical_url(root, head, base=base.url)
    groups = group_blocks(list(content.body), content.times)
    kept, dropped = choice.ledger.counts()
    article = Article(
        url=page.url,
        canonical_url=canonical,
        site=site_of(canonical),
        kind=content.kind,
        title=examined.title,
        lead=content.lead,
        lead_source="page" if content.lead else "",
        lead_links=lead_links(content.lead_blocks, content.lead, base),
        blocks=article_blocks(groups, base),
        images=_images(content, evidence, groups, url=base.url),
        byline=content.byline.printed,
        authors=extract_authors(evidence, content),
        agency=content.byline.agency,
        published_at=dates.published_at,
        published_source=dates.published_source,
        modified_at=dates.modified_at,
        modified_source=dates.modified_source,
        section=extract_section(root, head, breadcrumbs),
        breadcrumbs=breadcrumbs,
        tags=extract_tags(root, head),
        language=language,
        paywalled=is_paywalled(head),
        extraction=replace(
            extraction,
            confidence=content.confidence,
            kept=kept,
            dropped=dropped,
            date_doubt=dates.doubt,
        ),
        fetched_at=page.fetched_at,
    )
    if page.hints:
        article = _with_hints(article, root, page)
    return _finished(article, head)


def _finished(article: Article, head: Head) -> Article:
    """Return *article* with its fingerprint, and a declared lead if the page prints none."""
    text = article.text
    if not text:
        return article
    lead, source = article.lead, article.lead_source
    if not lead:
        lead, source = find_declared_lead(head, title=article.title, text=text)
    return replace(
        article, lead=lead, lead_source=source, content_fingerprint=fingerprint(text)
    )


def _images(
    content: Content, evidence: Evidence, groups: list[Group], *, url: str
) -> tuple[Image, ...]:
    if content.kind.has_text and not groups:
        return declared_image(evidence.head.declared, url=url)
    return extract_images(groups, evidence.pictures, url=url)
