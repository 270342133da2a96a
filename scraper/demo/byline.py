"""The credit lines that the portal prints."""

from __future__ import annotations

from dataclasses import dataclass

from scraper.demo.lexicon import PEN_NAMES

TTXVN = "TTXVN"
AGENCY_ALONE = "TTXVN/Báo Tin tức và Dân tộc"


@dataclass(frozen=True, slots=True)
class Byline:
    """*strong* and *italic* are how the current template sets the line in two parts."""

    strong: str
    italic: str
    authors: tuple[str, ...]
    agency: str = TTXVN

    @property
    def printed(self) -> str:
        return self.strong + self.italic

    @property
    def glued(self) -> str:
        """The name that the portal's JSON-LD states: ``Linh SơnTTXVN``."""
        return self.strong + (TTXVN if self.italic else "")


_NEWS = (
    ("{a}", " (TTXVN)"),
    ("Tin, ảnh: {a}", " (TTXVN)"),
    ("{a} – {b}", " (TTXVN)"),
    (AGENCY_ALONE, ""),
    ("{a}", " (TTXVN)"),
    ("Bài, ảnh: {a}", " (TTXVN)"),
    ("{a}/TTXVN", ""),
    ("{a}, {b}", " (TTXVN)"),
)
_GALLERY = (
    ("Chùm ảnh, clip: {a}/TTXVN", ""),
    ("Chùm ảnh: {a}", " (TTXVN)"),
    ("Ảnh: {a} – {b}", " (TTXVN)"),
)
_FORMS = {"interview": (("{a}/TTXVN (Thực hiện)", ""),), "gallery": _GALLERY}


def byline_of(n: int, shape: str, first: int) -> Byline:
    """Return the byline of article *n*; *first* chooses the names."""
    forms = _FORMS.get(shape, _NEWS)
    strong, italic = forms[n // 2 % len(forms)]
    a = PEN_NAMES[first % len(PEN_NAMES)]
    b = PEN_NAMES[(first + 1 + first % 7) % len(PEN_NAMES)]
    if "{" not in strong:
        return Byline(strong, italic, (), strong)
    authors = (a, b) if "{b}" in strong else (a,)
    return Byline(strong.format(a=a, b=b), italic, authors)
