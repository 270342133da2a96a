"""Vietnamese set for a font: TCVN3 (".VnTime") and VNI, whose letters show as others."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from scraper.extraction.languages import function_words
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Callable

_TCVN3 = str.maketrans(
    "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
    "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
)
_PLAIN_MARKS = "ùøûõï"
_VNI_TONES = {
    "a": (_PLAIN_MARKS + "êéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ"),
    "e": (_PLAIN_MARKS + "âáàåãä", "éèẻẽẹêếềểễệ"),
    "o": (_PLAIN_MARKS + "âáàåãä", "óòỏõọôốồổỗộ"),
    "u": (_PLAIN_MARKS, "úùủũụ"),
    "y": (_PLAIN_MARKS[:4], "ýỳỷỹ"),
    "ô": (_PLAIN_MARKS, "ớờởỡợ"),
    "ö": (_PLAIN_MARKS, "ứừửữự"),
}
_VNI_LETTERS = dict(zip("ôöñíìæóòî", "ơưđíìỉĩịỵ", strict=True))

_HINTS = ("¸", "øöñ")
"""Letters that every page in TCVN3 holds ("á"), and every one in VNI ("à", "ư", "đ")."""
_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_BETWEEN_TAGS = re.compile(r">[^<>]+(?=<)")
_LEAST_WORDS, _LEAST_SHARE = 6, 0.05
"""Function words of Vietnamese that a converted text shows, of all its words and how many
different ones; a text of another language comes near neither."""
_READ = 100_000


def from_vietnamese_font(markup: str, *, whole: bool = False) -> str:
    """Return *markup* in Unicode if its words prove one of the fonts, else itself.

    Only text that holds no Vietnamese letters of Unicode is converted; with *whole*
    attributes are as well.
    """
    if not any(all(map(markup.__contains__, hint)) for hint in _HINTS):
        return markup
    shown = " ".join(_BETWEEN_TAGS.findall(markup[:_READ]))
    if _is_vietnamese(shown):
        return markup
    for convert in (_from_tcvn3, _from_vni):
        if _is_vietnamese(convert(shown)):
            return convert(markup) if whole else _converted(markup, convert)
    return markup


def _converted(markup: str, convert: Callable[[str], str]) -> str:
    def shown(found: re.Match[str]) -> str:
        text = found.group()
        is_unicode = text.isascii() or _VIETNAMESE.search(text)
        return text if is_unicode else convert(text)

    return _BETWEEN_TAGS.sub(shown, markup)


def _is_vietnamese(text: str) -> bool:
    run = words(text)
    listed = _marked_function_words()
    found = [word for word in run if word in listed]
    return len(set(found)) >= _LEAST_WORDS and len(found) >= _LEAST_SHARE * len(run)


@cache
def _marked_function_words() -> frozenset[str]:
    """Return the function words of Vietnamese that hold letters outside ASCII."""
    listed = function_words()["vi"]
    return frozenset(w for w in listed if len(w) > 1 and not w.isascii())


def _from_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _from_vni(text: str) -> str:
    pattern, letters = _vni()
    return pattern.sub(lambda found: letters[found.group()], text)


@cache
def _vni() -> tuple[re.Pattern[str], dict[str, str]]:
    """Return what matches a letter of VNI, one or two characters, and each one's meaning."""
    lower = dict(_VNI_LETTERS)
    for vowel, (marks, shown) in _VNI_TONES.items():
        lower |= {vowel + m: s for m, s in zip(marks, shown, strict=True)}
    letters: dict[str, str] = {}
    for set_as, shown in lower.items():
        letters |= {set_as.upper(): shown.upper(), set_as.capitalize(): shown.upper()}
        letters[set_as] = shown
    longest_first = sorted(letters, key=len, reverse=True)
    return re.compile("|".join(longest_first)), letters
