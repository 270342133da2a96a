"""What a site model says of the blocks of one page; read-only."""

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
_MOST = 0.5
_LONG = 12
_NO_CHANCE = 3
"""Articles that say the same from which on it is no follow-up's recapitulation."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows the site's *model* and the page's *template*, None for an unknown one."""

    model: SiteModel
    template: Template | None

    def verdict(self, block: RawBlock, path: str, *, is_found: bool) -> Verdict | None:
        """Return what is known of *block* at *path*, None for nothing."""
        if told := self._of_text(block, path) or self._of_label(block):
            return told
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
        """Tell what several articles may say of their own accord.

        A follow-up repeats what its readers may have missed; "What we know" and "File
        photo" stand over and under much.
        """
        if block.kind in _SHORT_BY_NATURE:
            return seen.pages < _MOST * self.model.pages
        return seen.pages < _NO_CHANCE and self._may_be_told(block, path)

    def _may_be_told(self, block: RawBlock, path: str) -> bool:
        """Tell what is set as the body, a question, and prose of an unknown template."""
        if self.template is None:
            return len(block.words) >= _LONG
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
        """Return what the fast path would do: a page may be too short for its template."""
        if self.model.tells(path) is not True:
            return None
        evidence = "kept on the pages of all templates"
        return Verdict(Rule.PATH_KEPT_ON_SITE, evidence)


_FEW = 50
"""Words on its body path from which on a page is known to be of a template."""
_MISSED = 0.5
_LISTED = 0.5


@dataclass(frozen=True, slots=True)
class Guidance:
    """*template* is the body path of the page's template, "" where it is unknown."""

    main: MainContent
    template: str = ""
    is_listing: bool = False


def guide(blocks: list[RawBlock], main: MainContent, model: SiteModel) -> Guidance:
    """Return *main* with what *model* says of the page's blocks."""
    paths = template_paths(blocks)
    template = _template_of(blocks, paths, model)
    main = _with_missed_body(blocks, paths, main, template)
    judge = Judge(model, template)
    main = _widened(blocks, paths, main, judge)
    told = {
        at: judge.verdict(blocks[at], paths[at], is_found=at in main.found)
        for at in main.inside
    }
    known = {at: verdict for at, verdict in told.items() if verdict}
    return Guidance(
        replace(main, verdicts={**main.verdicts, **known}),
        template.body if template else "",
        template is None and _looks_listed(blocks, paths, model),
    )


def _template_of(
    blocks: list[RawBlock], paths: list[str], model: SiteModel
) -> Template | None:
    """Return the template on whose body path most words of the page stand."""
    size = {template.body: 0 for template in model.templates}
    for block, path in zip(blocks, paths, strict=True):
        if path in size and not block.hidden:
            size[path] += len(block.words)
    best = max(
        model.templates, key=lambda each: (size[each.body], each.body), default=None
    )
    return best if best and size[best.body] >= _FEW else None


def _with_missed_body(
    blocks: list[RawBlock],
    paths: list[str],
    main: MainContent,
    template: Template | None,
) -> MainContent:
    """Return *main* with the rest of the template's body where it found a small part.

    What was found elsewhere may be the article still: then the page is left alone.
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
    if found >= _MISSED * size or (main.found and not found):
        return main
    indexes = {b.index for b in body} | main.found
    inside = range(min(indexes), max(indexes) + 1)
    return replace(main, found=frozenset(indexes), inside=inside)


def _widened(
    blocks: list[RawBlock], paths: list[str], main: MainContent, judge: Judge
) -> MainContent:
    """Return *main* with what its template keeps of the page outside the container.

    The rest of a body that is split may be too short to tell the container.
    """
    template = judge.template
    outside = [
        (block, path)
        for block, path in zip(blocks, paths, strict=True)
        if template and template.keeps(path) and block.index not in main.inside
    ]
    told = {b.index: judge.verdict(b, path, is_found=False) for b, path in outside}
    kept = {at for at, verdict in told.items() if verdict and verdict.keep}
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
    return listed > _LISTED * sum(size for size, _ in visible)
