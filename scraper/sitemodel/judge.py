"""What a site model says of one block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.extraction.verdicts import Verdict
from scraper.items import BlockKind
from scraper.sitemodel.digest import block_key, label

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock
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
        return Verdict("repeated_on_site", keep=False, evidence=evidence)

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
        return Verdict("label_on_site", False, f"label seen on {pages} pages")

    def _of_path(self, path: str, *, is_found: bool) -> Verdict | None:
        if self.template is None:
            return None if is_found else self._of_any_template(path)
        fact = self.template.paths.get(path)
        if fact is None or fact.keep is None or (fact.keep and is_found):
            return None
        if fact.keep:
            evidence = f"kept on {fact.kept} of {fact.pages} pages"
            return Verdict("path_kept_on_site", keep=True, evidence=evidence)
        evidence = f"dropped on {fact.pages - fact.kept} of {fact.pages} pages"
        return Verdict("path_dropped_on_site", keep=False, evidence=evidence)

    def _of_any_template(self, path: str) -> Verdict | None:
        """Return what the fast path would do: a page may be too short for its template."""
        if self.model.tells(path) is not True:
            return None
        evidence = "kept on the pages of all templates"
        return Verdict("path_kept_on_site", keep=True, evidence=evidence)
