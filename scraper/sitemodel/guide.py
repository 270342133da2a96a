"""Apply a site model to the blocks of one page; the model is not changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.extraction.ledger import Verdict
from scraper.extraction.paths import template_paths
from scraper.extraction.rules import Rule
from scraper.items import BlockKind
from scraper.sitemodel.digest import block_key, label

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent
    from scraper.sitemodel.model import Repeated, SiteModel, Template


_SHORT_BY_NATURE = frozenset({BlockKind.HEADING, BlockKind.CAPTION})
_SHORT_REPEATED_SHARE = 0.5
"""Share of the pages from which on a heading or caption is the site's; by hand."""
_PROSE_WORDS = 12
"""The fewest words of prose in a page of an unknown template; by hand."""
_BODY_REPEATED_PAGES = 3
"""Articles with the same block set as body, from which on it is the site's: two may be a
story and its follow-up (docs/choices.md)."""
_TEMPLATE_WORDS = 50
"""The fewest words on its body path that identify the template of a page."""
_FOUND_SHARE = 0.5
"""Share of the template's body that must be found, or the rest is added; by hand."""
_LISTED_SHARE = 0.5
"""Share of a page's words on paths of listings, above which it is one; by hand."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges blocks by the site's *model* and the page's *template*, None if unknown."""

    model: SiteModel
    template: Template | None

    def verdict(self, block: RawBlock, path: str, *, is_found: bool) -> Verdict | None:
        """Return the verdict on *block* at *path*, None if the model has none."""
        if verdict := self._of_text(block, path) or self._of_label(block):
            return verdict
        if block.kind is BlockKind.CAPTION or block.hidden:
            return None
        return self._of_path(path, is_found=is_found)

    def _of_text(self, block: RawBlock, path: str) -> Verdict | None:
        seen = self.model.repeated.get(block_key(block))
        if seen is None or self._may_be_chance(block, seen, path):
            return None
        evidence = f"seen on {seen.pages} of {self.model.pages} pages"
        return Verdict(Rule.REPEATED_ON_SITE, evidence)

    def _may_be_chance(self, block: RawBlock, seen: Repeated, path: str) -> bool:
        """Return True if several articles may contain *block* by themselves.

        A follow-up repeats earlier paragraphs for its readers; "What we know" and "File
        photo" are common headings and captions.
        """
        if block.kind in _SHORT_BY_NATURE:
            return seen.pages < _SHORT_REPEATED_SHARE * self.model.pages
        return seen.pages < _BODY_REPEATED_PAGES and self._may_be_body(block, path)

    def _may_be_body(self, block: RawBlock, path: str) -> bool:
        """Return True for a block set as body, a question, prose of an unknown template."""
        if self.template is None:
            return len(block.words) >= _PROSE_WORDS
        return path == self.template.body or block.text.endswith("?")

    def _of_label(self, block: RawBlock) -> Verdict | None:
        pages = self.model.labels.get(label(block))
        if pages is None:
            return None
        return Verdict(Rule.LABEL_ON_SITE, f"label seen on {pages} pages")

    def _of_path(self, path: str, *, is_found: bool) -> Verdict | None:
        if self.template is None:
            return None if is_found else self._of_any_template(path)
        fact = self.template.paths.get(path)
        if fact is None or fact.keep is None or (fact.keep and is_found):
            return None
        if fact.keep:
            evidence = f"kept on {fact.kept} of {fact.pages} pages"
            return Verdict(Rule.PATH_KEPT_ON_SITE, evidence)
        evidence = f"dropped on {fact.pages - fact.kept} of {fact.pages} pages"
        return Verdict(Rule.PATH_DROPPED_ON_SITE, evidence)

    def _of_any_template(self, path: str) -> Verdict | None:
        """Return the verdict of all templates, for a page too short to recognise its own."""
        if self.model.keeps(path) is not True:
            return None
        evidence = "kept on the pages of all templates"
        return Verdict(Rule.PATH_KEPT_ON_SITE, evidence)


@dataclass(frozen=True, slots=True)
class Guidance:
    """*template* is the body path of the page's template, "" if it is unknown."""

    main: MainContent
    template: str = ""
    is_listing: bool = False


def guide(blocks: list[RawBlock], main: MainContent, model: SiteModel) -> Guidance:
    """Return *main* with the verdicts of *model* on the page's blocks."""
    paths = template_paths(blocks)
    template = _template_of(blocks, paths, model)
    main = _with_missed_body(blocks, paths, main, template)
    judge = Judge(model, template)
    main = _widened(blocks, paths, main, judge)
    verdicts = {
        at: judge.verdict(blocks[at], paths[at], is_found=at in main.found)
        for at in main.inside
    }
    known = {at: verdict for at, verdict in verdicts.items() if verdict}
    return Guidance(
        replace(main, verdicts={**main.verdicts, **known}),
        template.body if template else "",
        template is None and _looks_listed(blocks, paths, model),
    )


def _template_of(
    blocks: list[RawBlock], paths: list[str], model: SiteModel
) -> Template | None:
    """Return the template whose body path has most words of the page, None if too few."""
    size = {template.body: 0 for template in model.templates}
    for block, path in zip(blocks, paths, strict=True):
        if path in size and not block.hidden:
            size[path] += len(block.words)
    best = max(
        model.templates, key=lambda each: (size[each.body], each.body), default=None
    )
    return best if best and size[best.body] >= _TEMPLATE_WORDS else None


def _with_missed_body(
    blocks: list[RawBlock],
    paths: list[str],
    main: MainContent,
    template: Template | None,
) -> MainContent:
    """Return *main* with the rest of the template's body if only a small part was found.

    If text was found elsewhere only, it may be the article: *main* is not changed then.
    """
    if template is None or not template.keeps(template.body):
        return main
    body = [
        b
        for b, path in zip(blocks, paths, strict=True)
        if path == template.body and not b.hidden
    ]
    size = sum(len(b.words) for b in body)
    found = sum(len(b.words) for b in body if b.index in main.found)
    if found >= _FOUND_SHARE * size or (main.found and not found):
        return main
    indexes = {b.index for b in body} | main.found
    inside = range(min(indexes), max(indexes) + 1)
    return replace(main, found=frozenset(indexes), inside=inside)


def _widened(
    blocks: list[RawBlock], paths: list[str], main: MainContent, judge: Judge
) -> MainContent:
    """Return *main* with the blocks outside the container that its template keeps.

    The smaller part of a split body may be too short to count for the container.
    """
    template = judge.template
    outside = [
        (block, path)
        for block, path in zip(blocks, paths, strict=True)
        if template and template.keeps(path) and block.index not in main.inside
    ]
    verdicts = {b.index: judge.verdict(b, path, is_found=False) for b, path in outside}
    kept = {at for at, verdict in verdicts.items() if verdict and verdict.keep}
    if not main.inside or kept <= main.found:
        return main
    indexes = kept | {*main.inside}
    inside = range(min(indexes), max(indexes) + 1)
    return replace(main, found=main.found | kept, inside=inside)


def _looks_listed(blocks: list[RawBlock], paths: list[str], model: SiteModel) -> bool:
    listing = frozenset(model.listing)
    visible = [
        (len(b.words), path)
        for b, path in zip(blocks, paths, strict=True)
        if not b.hidden
    ]
    listed = sum(size for size, path in visible if path in listing)
    return listed > _LISTED_SHARE * sum(size for size, _ in visible)
