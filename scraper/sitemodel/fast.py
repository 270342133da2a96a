"""The fast path: only the article is parsed, and the site model says what is told in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.extraction.boilerplate import boilerplate_blocks
from scraper.extraction.careful import examine_root
from scraper.extraction.document import parse_markup
from scraper.extraction.main_content import MainContent, blocks_of
from scraper.extraction.paths import template_paths
from scraper.sitemodel.cut import CONTAINER, NotFast, cut

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.careful import Examined
    from scraper.items import Page
    from scraper.sitemodel.model import SiteModel

_UNKNOWN = 0.15
"""Share of the container's words on unknown template paths that is one too many."""
_LEAST = 30
"""Words told from which on a page is an article for sure."""


def examine_fast(page: Page, model: SiteModel) -> Examined:
    """Return *page* as its article alone shows it.

    Raises :class:`~scraper.sitemodel.cut.NotFast` where *model* does not know the page
    well enough.
    """

    def find_main(root: HtmlElement, blocks: list[RawBlock]) -> MainContent:
        container = root.find(f".//*[@{CONTAINER}]")
        if container is None:
            raise NotFast("container_lost")
        return _main_content(blocks, blocks_of(container, blocks), model)

    return examine_root(page, parse_markup(cut(page, model).markup), find_main)


def _main_content(
    blocks: list[RawBlock], inside: range, model: SiteModel
) -> MainContent:
    """Return what *model* takes for told, in place of what trafilatura would find."""
    seen = [blocks[i] for i in inside if not blocks[i].hidden]
    told = {
        block.index: model.tells(path)
        for block, path in zip(seen, template_paths(seen), strict=True)
    }
    found = {i for i, keep in told.items() if keep}
    boilerplate = boilerplate_blocks(blocks, found)
    found -= boilerplate
    size = sum(len(blocks[i].words) for i in found)
    unknown = sum(len(b.words) for b in seen if told[b.index] is None)
    if size < _LEAST:
        raise NotFast("short")
    if unknown > _UNKNOWN * (size + unknown):
        raise NotFast("unknown_blocks")
    return MainContent(frozenset(found), inside, boilerplate)
