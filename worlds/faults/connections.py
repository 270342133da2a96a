"""Faults of the connection and of HTTP itself."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from worlds.faults.fault import Fault, Place
from worlds.faults.pages import article
from worlds.faults.steps import (
    RESET,
    SILENCE,
    bare,
    chunked,
    drip,
    endless,
    head,
    moved,
    then,
    whole,
)

if TYPE_CHECKING:
    from worlds.faults.fault import Ends, Play

_NUMBERS = count()
_PAGE = article("page")
_LONG = article("long-body")
_HALF = _PAGE[: len(_PAGE) // 2]
_CUT = ("cut_short", "connection")
_CLOCK = "DOWNLOAD_TIMEOUT, of a whole answer"
_HTTP = "Twisted: its parser"
_HEAD = "crawling.connections: 256 KiB of head"
_SIZE = "DOWNLOAD_MAXSIZE"
_LINE = b"X-Filler: " + b"a" * 1000 + b"\r\n"
_START = b"HTTP/1.1 200 OK\r\n"


def _page(
    name: str, does: str, play: Play, ends: Ends, guard: str, advisory: str = ""
) -> Fault:
    ends = ends if isinstance(ends, tuple) else (ends,)
    return Fault(name, Place.PAGE, does, play, ends, guard, advisory)


def _to(target: str) -> Play:
    return lambda at: moved(target.format(at=at))


FAULTS = (
    _page(
        "refused",
        "the connection is refused",
        _to("{at.nobody}/x.html"),
        "refused",
        "crawling.failures",
    ),
    _page(
        "reset-at-once",
        "reset before a byte",
        lambda _: [RESET],
        "connection",
        "crawling.failures",
    ),
    _page(
        "reset-in-head",
        "reset within the header",
        lambda _: [_START + b"Content-Ty", RESET],
        "connection",
        "crawling.failures",
    ),
    _page(
        "reset-in-body",
        "reset within the body",
        lambda _: [head(content_length=len(_PAGE)), _HALF, RESET],
        _CUT,
        "DOWNLOAD_FAIL_ON_DATALOSS",
    ),
    _page("closed-at-once", "closed without a byte", lambda _: [], "connection", _HTTP),
    _page(
        "stall-before-head",
        "silence in place of an answer",
        lambda _: [SILENCE],
        "timeout",
        _CLOCK,
    ),
    _page(
        "stall-in-head",
        "silence within the header",
        lambda _: [_START, SILENCE],
        "timeout",
        _CLOCK,
    ),
    _page(
        "stall-in-body",
        "silence within the body",
        lambda _: [head(content_length=len(_PAGE)), _HALF, SILENCE],
        "timeout",
        _CLOCK,
    ),
    _page(
        "drip-head",
        "the header byte by byte",
        lambda _: drip(head(x_long="y" * 5000)),
        "timeout",
        _CLOCK,
    ),
    _page(
        "drip-body",
        "the body byte by byte",
        lambda _: then(head(content_length=len(_PAGE)), drip(_PAGE)),
        "timeout",
        _CLOCK,
    ),
    _page(
        "short-body",
        "less than Content-Length says",
        lambda _: [head(content_length=len(_PAGE) + 999), _PAGE],
        _CUT,
        "DOWNLOAD_FAIL_ON_DATALOSS",
    ),
    _page(
        "long-body",
        "more than Content-Length says",
        lambda _: [head(content_length=len(_LONG)), _LONG + _HALF],
        "read",
        _HTTP,
    ),
    _page(
        "two-lengths",
        "two different Content-Lengths",
        lambda _: [
            head(content_length=5).replace(
                b"\r\n\r\n", b"\r\nContent-Length: 9\r\n\r\n"
            )
            + b"12345"
        ],
        _CUT,
        _HTTP,
    ),
    _page(
        "length-of-nonsense",
        "Content-Length: -1",
        lambda _: [head(content_length=-1) + _PAGE],
        _CUT,
        _HTTP,
    ),
    _page(
        "chunk-of-nonsense",
        "a chunk whose size is no number",
        lambda _: chunked(b"zz\r\nabc\r\n"),
        _CUT,
        _HTTP,
    ),
    _page(
        "chunk-too-long",
        "a chunk of 2^64 - 1 bytes, then the end",
        lambda _: chunked(b"ffffffffffffffff\r\n", _HALF),
        _CUT,
        _HTTP,
    ),
    _page(
        "chunk-missing",
        "the last chunk is missing",
        lambda _: chunked(b"%x\r\n" % len(_HALF) + _HALF + b"\r\n"),
        _CUT,
        "DOWNLOAD_FAIL_ON_DATALOSS",
    ),
    _page(
        "chunk-extension",
        "an endless chunk extension",
        lambda _: endless(head(transfer_encoding="chunked") + b"5;", b"a" * 4096),
        _CUT,
        _HTTP,
    ),
    _page(
        "no-http",
        "bytes that are no HTTP",
        lambda _: [b"SSH-2.0-OpenSSH_9.6\r\n" * 20],
        "connection",
        _HTTP,
    ),
    _page(
        "endless-body",
        "a body without length or end",
        lambda _: endless(head(), b"<p>" + b"a" * 65533),
        "too_large",
        _SIZE,
    ),
    _page(
        "endless-chunks",
        "chunks without end",
        lambda _: endless(
            head(transfer_encoding="chunked"), b"10000\r\n" + b"a" * 65536 + b"\r\n"
        ),
        "too_large",
        _SIZE,
    ),
    _page(
        "large-by-its-word",
        "Content-Length of a terabyte",
        lambda _: [head(content_length=10**12), _HALF, SILENCE],
        "too_large",
        _SIZE,
    ),
    _page(
        "endless-head",
        "header lines without end",
        lambda _: endless(_START, _LINE * 60),
        "too_large",
        _HEAD,
    ),
    _page(
        "long-header",
        "a header line without end",
        lambda _: endless(_START + b"X-Long: ", b"a" * 65536),
        ("too_large", "connection"),
        "Twisted: 16 KiB a line",
    ),
    _page(
        "folded-head",
        "a header that goes on over lines without end",
        lambda _: endless(_START + b"X-Long: a\r\n", b" b\r\n" * 16384),
        "too_large",
        _HEAD,
    ),
    _page(
        "endless-1xx",
        "100 Continue without end",
        lambda _: endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2000),
        "too_large",
        _HEAD,
    ),
    _page(
        "too-many-requests",
        "429 with Retry-After of 30 years",
        lambda _: bare("429 Too Many Requests", retry_after=10**9),
        "http_429",
        "TINSACH_RETRY_AFTER_MAX",
    ),
    _page(
        "retry-after-date",
        "429 with a Retry-After in the year 9999",
        lambda _: bare(
            "429 Too Many Requests", retry_after="Fri, 31 Dec 9999 23:59:59 GMT"
        ),
        "http_429",
        "TINSACH_RETRY_AFTER_MAX",
    ),
    _page(
        "retry-after-nonsense",
        "429 with Retry-After: soon",
        lambda _: bare("429 Too Many Requests", retry_after="soon; -5, ٣"),
        "http_429",
        "parse_retry_after()",
    ),
    _page(
        "503-storm",
        "503 to everything asked",
        lambda _: bare("503 Service Unavailable"),
        "http_503",
        "RETRY_TIMES",
    ),
    _page(
        "redirect-to-itself",
        "a redirect to itself",
        _to("{at.base}/page/redirect-to-itself.html"),
        "redirect",
        "REDIRECT_MAX_TIMES",
    ),
    _page(
        "redirect-ever-on",
        "a redirect to ever new addresses",
        lambda at: moved(f"{at.base}/page/redirect-ever-on.html?{next(_NUMBERS)}"),
        "redirect",
        "REDIRECT_MAX_TIMES",
    ),
    _page(
        "redirect-nowhere",
        "a redirect without a target",
        lambda _: bare("302 Found"),
        "http_302",
        "crawling.failures",
    ),
    _page(
        "redirect-to-file",
        "a redirect to file:///etc/passwd",
        _to("file:///etc/passwd"),
        "redirect",
        "crawling.redirects",
        "GHSA-23j4-mw76-5v7h",
    ),
    _page(
        "redirect-to-data",
        "a redirect to a data: url",
        _to("data:text/html,<p>x"),
        "redirect",
        "crawling.redirects",
        "GHSA-23j4-mw76-5v7h",
    ),
    _page(
        "redirect-to-s3",
        "a redirect to s3://, as this machine's user",
        _to("s3://bucket/key"),
        "redirect",
        "crawling.redirects",
        "GHSA-23j4-mw76-5v7h",
    ),
    _page(
        "redirect-elsewhere",
        "a redirect to another site",
        _to("https://elsewhere.example/"),
        "redirect",
        "crawling.redirects",
    ),
    _page(
        "redirect-header-injection",
        "a redirect with a line break in it",
        _to("{at.base}/page/x.html%0d%0aX-Injected:%20yes\r\n\tX-Injected: yes"),
        ("http_404", "connection", "redirect"),
        _HTTP,
        "header injection",
    ),
    _page(
        "untrusted-certificate",
        "TLS with a certificate nobody vouches for",
        _to("{at.tls}/page/x.html"),
        "tls",
        "DOWNLOAD_VERIFY_CERTIFICATES",
    ),
    _page(
        "no-tls",
        "no TLS where https is asked for",
        lambda at: moved(at.base.replace("http:", "https:") + "/page/x.html"),
        ("tls", "timeout"),
        _CLOCK,
    ),
    _page(
        "referrer-policy",
        "a Referrer-Policy that names a module to import",
        lambda _: whole(article("referrer-policy"), referrer_policy="this.poem"),
        "read",
        "Scrapy: imports no policy",
        "GHSA-cwxj-rr6w-m6w7",
    ),
    _page(
        "cookie",
        "a cookie for everybody",
        lambda _: whole(article("cookie"), set_cookie="id=1; Path=/"),
        "read",
        "COOKIES_ENABLED",
        "GHSA-mfjm-vh54-3f96, CVE-2022-0577",
    ),
)
