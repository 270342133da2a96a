"""robots.txt in whatever encoding it was saved."""

from __future__ import annotations

from urllib.parse import quote

from scraper.extraction.document import decode
from scraper.extraction.encoding import is_utf8

_ASCII = bytes(range(128))
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u200b\u2060"))


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt, by its byte order mark, UTF-8, UTF-16 or Latin.

    Of bytes that are no UTF-8 it is not known which letters they are, so a line with
    some is given twice: as Windows-1252, and with the bytes as an address has them
    (RFC 9309, section 2.2.2). Either form of the rule then holds.
    """
    if b"\0" in body or is_utf8(body):
        return decode(body).translate(_UNSEEN)
    return "\n".join(line for raw in body.splitlines() for line in _spellings(raw))


def _spellings(line: bytes) -> list[str]:
    if line.isascii():
        return [line.decode("ascii")]
    return [line.decode("cp1252", "replace"), quote(line, safe=_ASCII)]
