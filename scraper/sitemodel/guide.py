"""What a site model says of the blocks of one page; read-only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.extraction.paths import template_paths
from scraper.sitemodel.judge import Judge

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent
    from scraper.sitemodel.model import SiteModel, Template

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
