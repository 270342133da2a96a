"""What a page hides by its own style sheet, which is none of its main content.

Only rules of a single class or id are read, ``.note{display:none}``, and only if no other
rule, script or link of the page may show again what they hide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.blocks import RawBlock
    from scraper.extraction.main_content import MainContent

_HIDES = re.compile(r"display\s*:\s*none\b")
_SHOWS = re.compile(r"display\s*:\s*(?!\s|none\b)")
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIMPLE = re.compile(r"[.#][A-Za-z_-][\w-]*")
_MAX_RULES = 2000
"""Rules that hide something, of which no more are read."""
_MAX_NAMES = 200
"""Names that are looked for in the sheet and the scripts; any other may be shown again."""
_MOST = 0.25
"""Share of the words found that the style may hide; a script will show a larger part."""


@dataclass(frozen=True, slots=True)
class Styles:
    """The rules that a page itself holds, and the scripts and links that may undo them."""

    sheet: str
    hiding: frozenset[str]
    scripts: Sequence[HtmlElement]
    fragments: frozenset[str]

    @classmethod
    def of(cls, root: HtmlElement) -> Self:
        """Return what the ``style`` elements of *root* say; these may then be removed."""
        sheet = _sheet_of(root)
        hiding = frozenset(_hiding_names(sheet))
        if not hiding:
            return cls(sheet, hiding, (), frozenset())
        fragments = frozenset(a.get("href", "") for a in root.iter("a"))
        return cls(sheet, hiding, [*root.iter("script")], fragments)

    def without_hidden(self, main: MainContent, blocks: list[RawBlock]) -> MainContent:
        """Return *main* without those of *blocks* that the style hides; mark these.

        Of 1,600 gold pages 150 hide some text so, and one a line of its gold (2026-11-29).
        """
        if not self.hiding:
            return main
        known: dict[HtmlElement | None, bool] = {None: False}
        undone: dict[str, bool] = {}
        asked = (blocks[at] for at in sorted(main.found.union(main.inside)))
        hidden = [b for b in asked if self._is_hidden(b.element, known, undone)]
        found = main.found.difference(block.index for block in hidden)
        said, left = (
            sum(len(blocks[at].words) for at in each) for each in (main.found, found)
        )
        if not hidden or said - left > _MOST * said:
            return main
        for block in hidden:
            block.hidden = True
        return replace(main, found=found)

    def _is_hidden(
        self,
        element: HtmlElement,
        known: dict[HtmlElement | None, bool],
        undone: dict[str, bool],
    ) -> bool:
        """Return True if the style hides *element* or what is around it.

        What is *known* of elements, and whether a name is *undone*, is remembered.
        """
        chain: list[HtmlElement] = []
        node: HtmlElement | None = element
        while node is not None and node not in known:
            chain.append(node)
            node = node.getparent()
        is_hidden = known[node]
        for each in reversed(chain):
            is_hidden = known[each] = is_hidden or self._hides(each, undone)
        return is_hidden

    def _hides(self, element: HtmlElement, undone: dict[str, bool]) -> bool:
        names = [f".{name}" for name in element.get("class", "").split()]
        names.append(f"#{element.get('id', '')}")
        for name in self.hiding.intersection(names):
            if name not in undone:
                undone[name] = len(undone) >= _MAX_NAMES or self._may_show(name)
            if not undone[name]:
                return not _SHOWS.search(element.get("style", ""))
        return False

    def _may_show(self, name: str) -> bool:
        """Return True if a rule of any screen or state, a script or a link shows *name*."""
        if self._has_rule_to_show(name):
            return True
        if any(name[1:] in (script.text or "") for script in self.scripts):
            return True
        return name in self.fragments

    def _has_rule_to_show(self, name: str) -> bool:
        searched = 0
        for match in re.finditer(rf"{re.escape(name)}(?![\w-])", self.sheet):
            if match.end() < searched:  # the same rule names it several times
                continue
            start = self.sheet.find("{", match.end())
            if start < 0:
                return False
            searched = self.sheet.find("}", start)
            if searched < 0:
                searched = len(self.sheet)
            if _SHOWS.search(self.sheet, start, searched):
                return True
        return False


def _sheet_of(root: HtmlElement) -> str:
    """Return the rules for every screen that *root* holds itself."""
    sheet = "\n".join(
        style.text or ""
        for style in root.iter("style")
        if style.get("media", "all").strip().lower() in {"", "all", "screen"}
        and next(style.iterancestors("noscript"), None) is None
    )
    return _COMMENT.sub("", sheet) if "/*" in sheet else sheet


def _hiding_names(sheet: str) -> Iterator[str]:
    """Yield ``.class`` and ``#id`` of each rule outside all others that hides them."""
    depth = seen = 0
    for count, match in enumerate(_HIDES.finditer(sheet)):
        if count == _MAX_RULES:
            return
        at = match.start()
        depth += sheet.count("{", seen, at) - sheet.count("}", seen, at)
        seen = at
        start = sheet.rfind("{", 0, at)
        if depth != 1 or start < 0:
            continue
        before = max(sheet.rfind("}", 0, start), sheet.rfind(";", 0, start))
        for selector in sheet[before + 1 : start].split(","):
            if _SIMPLE.fullmatch(selector.strip()):
                yield selector.strip()
