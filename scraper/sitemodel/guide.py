"""What a site model says of the blocks of one page; read-only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.extraction.paths import template_paths
from scraper.extraction.verdicts import Verdict
from scraper.items import BlockKind
from scraper.sitemodel.digest import block_key, label

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent
    from scraper.sitemodel.model import Repeated, SiteModel, Template

_FEW = 50
"""Words on its body path from which on a page is known to be of a template."""
_MISSED = 0.5
_LISTED = 0.5
_NO_CHANCE = 3
"""Articles that say the same from which on it is no follow-up's recapitulation."""


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
    verdicts = dict(main.verdicts)
    for at in main.inside:
        if told := _verdict(blocks[at], paths[at], at in main.found, model, template):
            verdicts[at] = told
    return Guidance(
        replace(main, verdicts=verdicts),
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
    """Return *main*, or where it missed most of the template's body, that body."""
    if template is None or not _is_kept(template, template.body):
        return main
    body = [
        b
        for b, path in zip(blocks, paths, strict=True)
        if path == template.body and not b.hidden
    ]
    size = sum(len(b.words) for b in body)
    found = sum(len(b.words) for b in body if b.index in main.found)
    if found >= _MISSED * size:
        return main
    inside = range(body[0].index, body[-1].index + 1)
    return replace(main, found=frozenset(b.index for b in body), inside=inside)


def _is_kept(template: Template, path: str) -> bool:
    fact = template.paths.get(path)
    return fact is not None and fact.keep


def _verdict(
    block: RawBlock,
    path: str,
    is_found: bool,
    model: SiteModel,
    template: Template | None,
) -> Verdict | None:
    seen = model.repeated.get(block_key(block))
    if seen is not None and not _may_be_chance(seen, path, model, template):
        evidence = f"seen on {seen.pages} of {model.pages} pages"
        return Verdict("repeated_on_site", keep=False, evidence=evidence)
    if (pages := model.labels.get(label(block))) is not None:
        return Verdict("label_on_site", False, f"label seen on {pages} pages")
    fact = template.paths.get(path) if template else None
    if fact is None or block.kind is BlockKind.CAPTION or block.hidden:
        return None
    if fact.keep and not is_found:
        evidence = f"kept on {fact.kept} of {fact.pages} pages"
        return Verdict("path_kept_on_site", keep=True, evidence=evidence)
    if not fact.keep:
        evidence = f"dropped on {fact.pages - fact.kept} of {fact.pages} pages"
        return Verdict("path_dropped_on_site", keep=False, evidence=evidence)
    return None


def _may_be_chance(
    seen: Repeated, path: str, model: SiteModel, template: Template | None
) -> bool:
    """Tell a paragraph set as the body that two of many articles say.

    A follow-up repeats what its readers may have missed.
    """
    of_body = template is not None and path == template.body
    return of_body and seen.pages < min(_NO_CHANCE, model.pages)


def _looks_listed(blocks: list[RawBlock], paths: list[str], model: SiteModel) -> bool:
    listing = frozenset(model.listing)
    visible = [
        (len(b.words), path)
        for b, path in zip(blocks, paths, strict=True)
        if not b.hidden
    ]
    listed = sum(size for size, path in visible if path in listing)
    return listed > _LISTED * sum(size for size, _ in visible)
