"""The names of encodings that a page may declare: labels of the WHATWG Encoding Standard.

https://encoding.spec.whatwg.org/#names-and-labels, as of September 2026. A name that is
none of them declares nothing: codecs that Python has beside these are of no page, and some
run code that a page should not reach (``idna``, ``unicode_escape``, ``zlib``).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from scraper.extraction.languages import function_words
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
_READ_CHARACTERS = 100_000
"""Characters of a page that are read to tell its language."""


def from_vietnamese_font(markup: str, *, whole: bool = False) -> str:
    """Return *markup* in Unicode if its words prove one of the fonts, else itself.

    Only text that holds no Vietnamese letters of Unicode is converted; with *whole*
    attributes are as well.
    """
    if not any(all(map(markup.__contains__, hint)) for hint in _HINTS):
        return markup
    shown = " ".join(_BETWEEN_TAGS.findall(markup[:_READ_CHARACTERS]))
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


_LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8",
    "ibm866": "866 cp866 csibm866",
    "iso-8859-2": (
        "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2"
    ),
    "iso-8859-3": (
        "csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3"
    ),
    "iso-8859-4": (
        "csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4"
    ),
    "iso-8859-5": (
        "csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 "
        "iso_8859-5:1988"
    ),
    "iso-8859-6": (
        "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 "
        "iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 "
        "iso_8859-6:1987"
    ),
    "iso-8859-7": (
        "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 iso88597 "
        "iso_8859-7 iso_8859-7:1987 sun_eu_greek"
    ),
    "iso-8859-8": (
        "csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 "
        "iso88598 iso_8859-8 iso_8859-8:1988 visual"
    ),
    "iso-8859-8-i": "csiso88598i logical",
    "iso-8859-10": "csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6",
    "iso-8859-13": "iso8859-13 iso885913",
    "iso-8859-14": "iso8859-14 iso885914",
    "iso-8859-15": "csisolatin9 iso8859-15 iso885915 iso_8859-15 l9",
    "iso-8859-16": "",
    "koi8-r": "cskoi8r koi koi8 koi8_r",
    "koi8-u": "koi8-ru",
    "macintosh": "csmacintosh mac x-mac-roman",
    "windows-874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620",
    "windows-1250": "cp1250 x-cp1250",
    "windows-1251": "cp1251 x-cp1251",
    "windows-1252": (
        "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
        "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252"
    ),
    "windows-1253": "cp1253 x-cp1253",
    "windows-1254": (
        "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 "
        "iso_8859-9:1989 l5 latin5 x-cp1254"
    ),
    "windows-1255": "cp1255 x-cp1255",
    "windows-1256": "cp1256 x-cp1256",
    "windows-1257": "cp1257 x-cp1257",
    "windows-1258": "cp1258 x-cp1258",
    "x-mac-cyrillic": "x-mac-ukrainian",
    "gbk": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk",
    "gb18030": "",
    "big5": "big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc-jp": "cseucpkdfmtjapanese x-euc-jp",
    "iso-2022-jp": "csiso2022jp",
    "shift_jis": "csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis",
    "euc-kr": (
        "cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
        "ksc5601 ksc_5601 windows-949"
    ),
    "replacement": "csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr",
    "utf-16be": "unicodefffe",
    "utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16",
    "x-user-defined": "",
}
"""The labels of each encoding beside its name."""

REPLACEMENT = "replacement"
"""Stands for encodings whose bytes no browser reads, since some read them as ASCII."""

_CODECS = {
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gbk": "gb18030",
    "iso-8859-8-i": "iso8859-8",
    "macintosh": "mac-roman",
    "shift_jis": "cp932",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-user-defined": "cp1252",
}
"""Python's codecs where they have another name. The HTML Standard reads a page that
declares x-user-defined as windows-1252; the decoder of GBK is that of GB 18030."""

_NAMES = {
    label: name for name, labels in _LABELS.items() for label in (name, *labels.split())
}
_SPACE = "\t\n\f\r "
_HEAD = 64 * 1024
"""Bytes that a declaration is looked for in; browsers stop at 1,024, pages do not."""
_OF_HEADER = re.compile(r"""(?i)(?:^|;)\s*charset\s*=\s*["']?\s*([^\s"',;]+)""")
_DECLARATION = re.compile(
    rb"(?is)<!--.*?(?:-->|$)|<\?xml\s(?P<xml>[^<>]{0,500})"
    rb"""|<meta(?=[\s/])(?P<meta>(?:[^<>"']|"[^"]{0,2000}"|'[^']{0,2000}'){0,2000})"""
)
_OF_XML = re.compile(rb"""\bencoding\s*=\s*["']?\s*([^\s"'?>]+)""")
_OF_META = re.compile(
    rb"""(?i)^(?:[^"']|"[^"]*"|'[^']*')*?[\s/]charset\s*=\s*["']?\s*([^\s"'/>;]+)"""
)
_PRAGMA = re.compile(rb"(?i)http[-_]?equiv\s*=\s*[\"']?\s*content[-_ ]?type")
_OF_CONTENT = re.compile(rb"""(?i)charset\s*=\s*["']?\s*([^\s"'/>;,]+)""")


def encoding_name(label: str) -> str | None:
    """Return the name of the encoding that *label* stands for, None if it is not a label."""
    return _NAMES.get(label.strip(_SPACE).lower())


def codec_of(name: str) -> str:
    """Return Python's codec for the encoding *name*, which is not REPLACEMENT."""
    return _CODECS.get(name, name)


def header_encoding(content_type: str) -> str | None:
    """Return the name of the encoding that a Content-Type header declares, if any."""
    found = _OF_HEADER.search(content_type)
    return encoding_name(found[1]) if found else None


def stated_encodings(body: bytes) -> Iterator[str]:
    """Yield the names of the encodings that the page *body* declares itself.

    That is by an XML declaration, and by ``meta`` elements outside comments.
    """
    for found in _DECLARATION.finditer(body, 0, _HEAD):
        label = _label_of(found)
        if label and (name := encoding_name(label.decode("latin-1"))):
            yield name


def _label_of(declaration: re.Match[bytes]) -> bytes | None:
    xml, meta = declaration["xml"], declaration["meta"]
    if xml is not None:
        found = _OF_XML.search(xml)
    elif meta is not None and b"charset" in meta.lower():
        found = _OF_META.search(meta)
        if found is None and _PRAGMA.search(meta):
            found = _OF_CONTENT.search(meta)
    else:
        return None
    return found[1] if found else None
