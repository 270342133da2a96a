"""Bytes to text: the encoding that a page is in, declared or detected."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from w3lib.encoding import read_bom, resolve_encoding

from scraper.extraction.languages import from_vietnamese_font, function_words
from scraper.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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
"""The labels of each encoding beside its name, as of September 2026.

https://encoding.spec.whatwg.org/#names-and-labels. Any other name declares nothing: no page
is in the other codecs that Python has, and some run code that a page should not reach
(``idna``, ``unicode_escape``, ``zlib``).
"""

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
"""Bytes that are searched for a declaration; browsers stop at 1,024, pages do not."""
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
    found = None
    if xml is not None:
        found = _OF_XML.search(xml)
    elif meta is not None and b"charset" in meta.lower():
        found = _OF_META.search(meta)
        if found is None and _PRAGMA.search(meta):
            found = _OF_CONTENT.search(meta)
    return found[1] if found else None


_JAPANESE = b"\x1b$"
"""What switches ISO-2022-JP, the one encoding of seven bits, to another alphabet."""
_NOT_LEGACY = frozenset({"utf-8", "utf-16be", "utf-16le", "iso-2022-jp", REPLACEMENT})
"""Declarations that are ignored for bytes that are not UTF-8, UTF-16 or of seven bits."""
UNREADABLE = "\ufffd"
"""All the text of a page in an encoding that the Encoding Standard replaces."""
_WESTERN = "cp1252"
_LATIN = frozenset(
    {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "cp850", "mac-roman"}
    | {f"iso8859-{part}" for part in (1, 2, 3, 4, 9, 10, 13, 14, 15, 16)}
)
_WITH_GAPS = ("euc_jp", "cp949", "cp932", "big5hkscs", "gb18030", "cp874")
"""Encodings that not all bytes belong to; those of two bytes, the rarest combinations
first."""
_TAGS = re.compile(rb"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>")
_RUN = re.compile(rb"[^<>\n]+")
_HIGH = re.compile(rb"[\x80-\xff]+")
_HIGH_BYTES = bytes(range(128, 256))
_SAMPLE = 20_000
"""Bytes that are given to the detector."""
_LEAST_UTF8 = 12
"""High bytes from which UTF-8 is believed against a declaration."""
_REMEMBERED = 1000
"""Runs of bytes whose text is remembered."""
_MOST_RUNS = 500_000
"""Runs of a page that are recoded: more than its tags, and lines, that are read."""
_LEAST_SEEN = 8
"""High bytes below which encodings cannot be distinguished."""
_SURE = 30
"""High bytes from which a detected encoding outranks a declared one of a single byte,
which decodes anything: of 183 gold pages in 20 encodings, two were detected wrong."""
_LEAST_PROOF = 2
"""Function words that prove an encoding, if another shows fewer."""
_LONE = 1.5
"""Mean length of runs of high bytes below which a text is in Latin letters: accents
stand alone, the letters of other scripts beside each other."""
_WRONG = 0.02
"""Share of high bytes that a page of the declared encoding may hold wrong."""

_CUT = re.compile(
    "(?:[\udce0-\udcf4][\udc80-\udcbf]{1,2})+(?![\udc80-\udcff])"
    "|(?<=[^\\s>\udc80-\udcff])[\udcc2-\udcdf](?![A-Za-z\udc80-\udcff])"
)
"""Escaped bytes of a character whose last bytes are missing; one alone would be a
capital letter at the end of a word."""
_STRAY = re.compile("[\udc80-\udcff]+")
_TWICE = re.compile(
    rb"\xc3[\x82-\xb4](?:\xc2[\x80-\xbf]|[\xc5\xc6\xcb].|\xe2[\x80-\x84].)"
)
_SPECIALS = {ord(bytes([b]).decode(_WESTERN, "replace")): b for b in range(128, 160)}
_SPECIALS.pop(0xFFFD)
_FROM_CONTROLS = {control: special for special, control in _SPECIALS.items()}
_FIRST_TAG_IN_UTF16 = re.compile(
    rb"(?P<little>(?:[\t\n\r ]\0)*<\0[!?a-zA-Z]\0)|(?:\0[\t\n\r ])*\0<\0[!?a-zA-Z]"
)
_WESTERN_CONTROL = re.compile(rb"\xc2[\x80-\x9f]")
"""Windows-1252 that was taken for Latin-1 on its way to UTF-8."""
_AFTER = f"\x80-\xbf{''.join(map(chr, _SPECIALS))}"
_HIGH_RUN = re.compile(f"[\xc0-\xff{_AFTER}]{{2,}}")
_SURELY_TWICE = re.compile(f"â[€\x80][{_AFTER}]|(?<=[a-z])[Â-Å][{_AFTER}]")
_SHOWN = re.compile(r"[^<>\n]+")
_TWICE_READ = 128 * 1024
_MOST_ROUNDS = 3
"""Times that a text may have been encoded too often."""
_TWICE_LEAST, _TWICE_SHARE = 5, 0.9
"""Runs that read as UTF-8 once more, at least, and as a share of all runs: the runs of
text that was encoded once ("é»", "…”") hardly ever do."""


def decode_bytes(body: bytes, declared: str | None = None) -> str:
    """Return *body* as text; *declared* is the charset of the HTTP header, any label.

    A byte order mark decides first. Then valid UTF-8 is believed before any declaration
    (a wrong header is common, bytes of another encoding that happen to be valid UTF-8
    are not), as is UTF-8 with a few bytes of Windows-1252 between. Else the header and
    the page's own declaration count if the text confirms them, and the encoding is
    detected if not. Text that was encoded twice, or set for a Vietnamese font, becomes
    what it shows. What cannot be decoded is left out. A page of ASCII bytes that declares
    an encoding that the WHATWG Encoding Standard replaces is UNREADABLE.
    """
    return _decoded(body, declared)[0]


def recode_bytes(body: bytes, declared: str | None = None) -> bytes:
    """Return what :func:`decode_bytes` does in UTF-8: mostly *body* itself."""
    text, is_encoded = _decoded(body, declared)
    return body if is_encoded else text.encode()


def _decoded(body: bytes, declared: str | None) -> tuple[str, bool]:
    """Return the text of *body*, and True if *body* is known to be that text in UTF-8."""
    marked, bom = read_bom(body)
    if marked and bom:
        return body[len(bom) :].decode(marked, "ignore"), False
    guessed = _utf16_without_mark(body)
    if guessed:
        return body.decode(guessed, "ignore"), False
    if body.isascii():
        return _of_seven_bits(body, declared), False
    try:
        plain, read = codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return _legacy(body, declared), False
    is_twice = _TWICE.search(body, 0, _TWICE_READ)
    text = _decoded_again(plain) if is_twice else plain
    if _WESTERN_CONTROL.search(body):
        text = text.translate(_FROM_CONTROLS)
    text = from_vietnamese_font(text)
    return text, text is plain and read == len(body)


def is_utf8(body: bytes) -> bool:
    """Return True if *body* is valid UTF-8, also if it ends within a character."""
    try:
        codecs.utf_8_decode(body, "strict", False)
    except UnicodeDecodeError:
        return False
    return True


def is_mostly_utf8(body: bytes) -> bool:
    """Return True if *body* is UTF-8 except for a few bytes."""
    valid, wrong = _count_utf8(body)
    return valid > 2 * wrong or not wrong


def _count_utf8(body: bytes) -> tuple[int, int]:
    """Return how many bytes outside ASCII are part of UTF-8 characters, and how many not."""
    wrong = len(body) - len(body.decode("utf-8", "ignore").encode())
    return _count_high(body) - wrong, wrong


def _utf16_without_mark(body: bytes) -> str | None:
    """Return the UTF-16 that the NULs of markup show, if any.

    Those of the first tag, or of every second byte.
    """
    if first := _FIRST_TAG_IN_UTF16.match(body):
        return "utf-16-le" if first["little"] else "utf-16-be"
    head = body[:400]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    if odd > len(head) // 4 and not even:
        return "utf-16-le"
    if even > len(head) // 4 and not odd:
        return "utf-16-be"
    return None


def _of_seven_bits(body: bytes, declared: str | None) -> str:
    """Return *body*, which is of ASCII bytes alone, as text."""
    if next(_declared(body, declared), "") == REPLACEMENT:
        return UNREADABLE
    if _JAPANESE in body:
        return body.decode("iso2022_jp_ext", "ignore")
    return body.decode("ascii")


def _legacy(body: bytes, declared: str | None) -> str:
    """Return *body*, which is not valid UTF-8, as text; parts of it may be UTF-8."""
    stated = [
        codecs.lookup(_CODECS.get(name, name)).name
        for name in _declared(body, declared)
        if name not in _NOT_LEGACY
    ]
    if is_mostly_utf8(body):
        foreign = b"\n".join(run for run in _RUN.findall(body) if _is_foreign(run))
        encoding = _encoding_of(foreign, stated)
        if encoding != _WESTERN:
            body = _recoded(body, encoding, _is_foreign)
        return _western_between(body)
    western = body.decode("latin-1")
    if (converted := from_vietnamese_font(western, whole=True)) is not western:
        return converted
    encoding = _encoding_of(_sample(body), stated)
    return _western_between(_recoded(body, encoding, _is_not_utf8))


def _recoded(body: bytes, encoding: str, is_in_it: Callable[[bytes], bool]) -> bytes:
    """Return *body* with the runs between tags, or in one, that are in *encoding* as UTF-8.

    A page of a million short runs has few different ones. What follows the first
    _MOST_RUNS stays as it is.
    """

    @lru_cache(maxsize=_REMEMBERED)
    def recode(run: bytes) -> bytes:
        if run.isascii() or not is_in_it(run):
            return run
        return run.decode(encoding, "ignore").encode()

    return _RUN.sub(lambda found: recode(found[0]), body, count=_MOST_RUNS)


def _is_foreign(run: bytes) -> bool:
    """Return True for a run of a page in UTF-8 that is in another encoding."""
    return not is_mostly_utf8(run) and _count_high(run) >= _LEAST_SEEN


def _is_not_utf8(run: bytes) -> bool:
    """Return False for a run of a page in another encoding that is UTF-8, not by chance."""
    return len(run) < _LEAST_UTF8 or _count_high(run) < _LEAST_UTF8 or not is_utf8(run)


def _encoding_of(sample: bytes, declared: list[str]) -> str:
    """Return the encoding of *sample*: of those *declared* if one fits, else detected."""
    fitting = [each for each in declared if _fits(sample, each)]
    named = next(iter(fitting), None)
    seen = _count_high(sample)
    is_wide = named and len(_HIGH_BYTES.decode(named, "replace")) < len(_HIGH_BYTES)
    if seen < _LEAST_SEEN or is_wide:
        return named or _WESTERN
    detected = _detect(sample)
    is_latin = seen < _LONE * len(_HIGH.findall(sample))
    if detected is None or (is_latin and detected not in _LATIN):
        detected = _WESTERN
    if named is None or detected in fitting:
        return detected
    proof, other = (
        _count_function_words(sample.decode(e, "ignore")) for e in (detected, named)
    )
    if max(proof, other) >= _LEAST_PROOF and proof != other:
        return detected if proof > other else named
    if is_latin and named not in _LATIN:
        return detected
    is_sure = named not in _LATIN or named == _WESTERN or not is_latin
    return detected if is_sure and seen >= _SURE else named


def _count_function_words(text: str) -> int:
    """Return how many words of *text* are function words with letters outside ASCII."""
    run = [word for word in words(text) if len(word) > 1 and not word.isascii()]
    return max(
        sum(map(listed.__contains__, run)) for listed in function_words().values()
    )


def _declared(body: bytes, header: str | None) -> Iterator[str]:
    """Yield the names of the encodings that header and page declare."""
    if header and (name := encoding_name(header)):
        yield name
    yield from stated_encodings(body)


def _fits(sample: bytes, encoding: str) -> bool:
    wrong = sample.decode(encoding, "replace").count("\ufffd")
    return wrong <= _WRONG * _count_high(sample)


def _detect(sample: bytes) -> str | None:
    """Return the encoding of *sample*, also if a few of its bytes belong to none.

    chardet rules out an encoding for one byte that it does not have.
    """
    guessed = _guess(sample)
    if guessed in _WITH_GAPS or _count_high(sample) < _LONE * len(
        _HIGH.findall(sample)
    ):
        return guessed
    least = len(sample) - _WRONG * _count_high(sample)
    for encoding in _WITH_GAPS:
        whole = sample.decode(encoding, "ignore").encode(encoding, "ignore")
        if least <= len(whole) < len(sample) and _guess(whole) == encoding:
            return encoding
    return guessed


def _guess(sample: bytes) -> str | None:
    from chardet import EncodingEra, detect  # 30 ms, for the few pages that need it

    eras = EncodingEra.ALL ^ EncodingEra.MAINFRAME
    name = detect(sample, encoding_era=eras)["encoding"]
    resolved = resolve_encoding(name) if name else None
    if resolved is None or resolved in {"utf-8", "ascii"}:
        return None
    return codecs.lookup(resolved).name


def _sample(body: bytes) -> bytes:
    """Return lines of the text of *body* that are more than ASCII, without markup."""
    lines = map(bytes.strip, _TAGS.sub(b"\n", body).splitlines())
    return b"\n".join(
        line for line in lines if not line.isascii() and _is_not_utf8(line)
    )[:_SAMPLE]


def _western_between(body: bytes) -> str:
    """Return *body* as UTF-8, other bytes read as Windows-1252, cut characters left out."""
    text = _CUT.sub("", body.decode("utf-8", "surrogateescape"))

    @lru_cache(maxsize=_REMEMBERED)
    def western(run: str) -> str:
        return run.encode("utf-8", "surrogateescape").decode(_WESTERN, "ignore")

    return _STRAY.sub(lambda found: western(found[0]), text)


def _count_high(body: bytes) -> int:
    return len(body) - len(body.translate(None, _HIGH_BYTES))


def _decoded_again(text: str) -> str:
    """Return *text* with what was encoded twice, or more often, decoded.

    That is the whole text, or what stands between two tags and holds sequences that nobody writes.
    """
    for _ in range(_MOST_ROUNDS):
        again = _decoded_once(text, _TWICE_LEAST)
        if again == text:
            break
        text = again
    if _SURELY_TWICE.search(text):
        return _SHOWN.sub(_decoded_part, text)
    return text


def _decoded_part(found: re.Match[str]) -> str:
    part = found[0]
    return _decoded_once(part, 1) if _SURELY_TWICE.search(part) else part


def _decoded_once(text: str, least: int) -> str:
    """Return *text* decoded once more if that changes almost all of its runs."""
    runs = _HIGH_RUN.findall(text)
    once = {run: _decoded_run(run) for run in dict.fromkeys(runs)}
    changed = sum(once[run] != run for run in runs)
    if changed < max(least, _TWICE_SHARE * len(runs)):
        return text
    return _HIGH_RUN.sub(lambda found: once[found.group()], text)


def _decoded_run(run: str) -> str:
    try:
        return run.translate(_SPECIALS).encode("latin-1").decode()
    except UnicodeError:
        return run
