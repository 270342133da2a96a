"""The guards of this project, and how each is taken out to see what stands on it.

A fault's ``guard`` names one of GUARDS, one of worlds/hazards, or one of UPSTREAM: what a
library does, which its row holds it to. A guard is taken out by edits of a copy of the source, each of which must
find its text once, or by settings of the crawl. Then its rows must fail, or, where the
rows cannot tell, its *test*.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from worlds.faults.catalogue import FAULTS

if TYPE_CHECKING:
    from pathlib import Path

    from worlds.faults.fault import Fault

UPSTREAM = frozenset(
    {"Twisted", "Scrapy", "Protego", "libxml2", "feedparser", "SQLite", "w3lib"}
)
_COPIED = (
    *("scraper", "spiders", "tinsach", "tests", "bench"),
    *("pyproject.toml", "scrapy.cfg"),
)


class Edit(NamedTuple):
    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Guard:
    name: str
    edits: tuple[Edit, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    test: str = ""

    @property
    def rows(self) -> list[Fault]:
        return [fault for fault in FAULTS if fault.guard == self.name]

    def take_out(self, project: Path, copy: Path) -> None:
        """Write *project* without this guard to the new folder *copy*."""
        copy.mkdir()
        for name in _COPIED:
            source = project / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        for file, old, new in self.edits:
            text = (copy / file).read_text("utf-8")
            (copy / file).write_text(text.replace(old, new), "utf-8")


_SETTINGS = "scraper/settings.py"
_FAILURES = "scraper/crawling/failures.py"
_DECODING = "scraper/crawling/middlewares/decoding.py"
_DOCUMENT = "scraper/extraction/document.py"
_ENCODING = "scraper/extraction/encoding.py"
_FEEDS = "scraper/discovery/feeds.py"
_MARKUP = "scraper/discovery/markup.py"
_MIDDLEWARE = '    "scraper.crawling.middlewares.guards.PrivateAddressGuard": 760,\n'
_HUGE = "1 << 40"

GUARDS = (
    Guard(
        "crawling.failures",
        (
            Edit(
                _FAILURES,
                "    error = _error_of(failure)\n    if isinstance(error, HttpError):\n"
                '        return f"http_',
                '    return "unknown"\n    error = _error_of(failure)\n'
                '    if isinstance(error, HttpError):\n        return f"http_',
            ),
        ),
    ),
    Guard("DOWNLOAD_FAIL_ON_DATALOSS", settings={"DOWNLOAD_FAIL_ON_DATALOSS": False}),
    Guard(
        "DOWNLOAD_TIMEOUT, of a whole answer",
        settings={"DOWNLOAD_TIMEOUT": 3600},
    ),
    Guard("DOWNLOAD_MAXSIZE", settings={"DOWNLOAD_MAXSIZE": 0}),
    Guard(
        "crawling.connections: 256 KiB of head",
        (
            Edit(
                "scraper/crawling/connections.py",
                "MAX_HEAD_BYTES = 256 * 1024",
                f"MAX_HEAD_BYTES = {_HUGE}",
            ),
        ),
    ),
    Guard("TINSACH_RETRY_AFTER_MAX", settings={"TINSACH_RETRY_AFTER_MAX": 1e12}),
    Guard(
        "parse_retry_after()",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "except (OverflowError, ValueError):",
                "except ZeroDivisionError:",
            ),
        ),
    ),
    Guard("RETRY_TIMES", settings={"RETRY_TIMES": 10**9}),
    Guard("REDIRECT_MAX_TIMES", settings={"REDIRECT_MAX_TIMES": 10**9}),
    Guard(
        "crawling.redirects",
        (
            Edit(
                _SETTINGS,
                '    "scraper.crawling.middlewares.guards.RedirectGuard": 610,\n',
                "",
            ),
        ),
    ),
    Guard(
        "crawling.guards: seconds",
        (
            Edit(
                "scraper/crawling/middlewares/guards.py",
                "MAX_REFRESH_SECONDS = 10",
                f"MAX_REFRESH_SECONDS = {_HUGE}",
            ),
        ),
    ),
    Guard(
        "discovery.links: the page itself",
        (
            Edit(
                "scraper/discovery/links.py",
                "normalise_url(address) == normalise_url(url)",
                "False",
            ),
        ),
    ),
    Guard(
        "DOWNLOAD_VERIFY_CERTIFICATES",
        settings={"DOWNLOAD_VERIFY_CERTIFICATES": False},
    ),
    Guard("COOKIES_ENABLED", settings={"COOKIES_ENABLED": True}),
    Guard(
        "crawling.decoding",
        (
            Edit(
                _SETTINGS,
                'HttpCompressionMiddleware": None,\n'
                '    "scraper.crawling.middlewares.guards.RefreshMiddleware": 580,\n'
                '    "scraper.crawling.middlewares.decoding.DecodingMiddleware": 590,',
                'HttpCompressionMiddleware": 590,',
            ),
        ),
    ),
    Guard(
        "crawling.decoding: what follows",
        (Edit(_DECODING, "if not body.startswith(_MAGIC):", "if not body:"),),
    ),
    Guard(
        "crawling.decoding: an encoding nobody knows",
        (
            Edit(
                _DECODING,
                "if unpack is None:",
                "if unpack is None: continue\n        if unpack is None:",
            ),
        ),
    ),
    Guard(
        "crawling.decoding: plain text",
        (Edit(_DECODING, "if _is_plain(body):", "if False:"),),
    ),
    Guard(
        "crawling.decoding: no packing",
        (Edit(_DECODING, "if not _is_identity(each)]", "if each]"),),
    ),
    Guard(
        "crawling.decoding: gzip unsaid",
        (Edit(_DECODING, "if body.startswith(_GZIP_MAGIC) and", "if False and"),),
    ),
    Guard(
        "crawling.decoding: DOWNLOAD_MAXSIZE",
        (
            Edit(
                _DECODING,
                'self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")',
                f"self._most = {_HUGE}",
            ),
        ),
    ),
    Guard(
        "crawling.decoding: two layers",
        (Edit(_DECODING, "MAX_LAYERS = 2", "MAX_LAYERS = 1000"),),
    ),
    Guard(
        "extraction.encoding: valid UTF-8 first",
        (
            Edit(
                _ENCODING,
                'plain, read = codecs.utf_8_decode(body, "strict", False)',
                'plain, read = body.decode(declared or "utf-8", "ignore"), 0',
            ),
        ),
    ),
    Guard(
        "extraction.encoding: UTF-16",
        (Edit(_ENCODING, "    if guessed:\n", "    if False:\n"),),
    ),
    Guard(
        "extraction.document: other media",
        (
            Edit(_DOCUMENT, "    _refuse_other_media(page)\n    markup", "    markup"),
            Edit(_DOCUMENT, "if not _ANY_TAG.search(markup):", "if False:"),
        ),
    ),
    Guard(
        "crawling.private",
        (
            Edit(_SETTINGS, _MIDDLEWARE, ""),
            Edit("scraper/crawling/download_process.py", f"    {_MIDDLEWARE}", ""),
        ),
    ),
    Guard(
        "discovery.feeds: no entities",
        (Edit(_FEEDS, "if markup.follows:", "if False:"),),
    ),
    Guard(
        "discovery.feeds: bytes, tags",
        (
            Edit(_FEEDS, "MAX_FEED_BYTES = 10_000_000", f"MAX_FEED_BYTES = {_HUGE}"),
            Edit(_FEEDS, "MAX_TAGS = 300_000", f"MAX_TAGS = {_HUGE}"),
        ),
    ),
    Guard(
        "discovery.feeds: a feed's root",
        (Edit(_FEEDS, "if markup.root not in ROOTS:", "if False:"),),
    ),
    Guard(
        "discovery.markup: 50 MB",
        (Edit(_MARKUP, "MAX_BYTES = 50_000_000", f"MAX_BYTES = {_HUGE}"),),
        test="tests/unit/discovery/test_markup.py",
    ),
    Guard(
        "crawling.candidates: the site's own addresses",
        (
            Edit(
                "scraper/crawling/scope.py",
                "if parts.hostname not in self.hosts:",
                "if False:",
            ),
        ),
        test="tests/unit/crawling/test_portal.py",
    ),
    Guard(
        "discovery.feeds: no entities",
        (
            Edit(
                _MARKUP,
                "return UNKNOWN if name in entities else escape(found[0])",
                "return escape(found[0])",
            ),
        ),
        test="tests/unit/discovery/test_sitemaps.py",
    ),
    Guard(
        "discovery.feeds: 50,000 entries",
        (Edit(_FEEDS, "MAX_ENTRIES = 50_000", f"MAX_ENTRIES = {_HUGE}"),),
    ),
    Guard(
        "spiders.base: depth of sitemaps",
        (Edit("spiders/base.py", "DEEPEST = 3", "DEEPEST = 10**9"),),
    ),
    Guard(
        "crawling.politeness: unreachable",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "            raise _refusal(self._unreachable[netloc])",
                "            pass",
            ),
        ),
    ),
    Guard(
        "crawling.politeness: 4xx",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "if response.status >= _FIRST_ERROR:",
                "if False:",
            ),
        ),
    ),
    Guard(
        "crawling.politeness: 512 KiB",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "MAX_ROBOTS_BYTES = 512 * 1024",
                f"MAX_ROBOTS_BYTES = {_HUGE}",
            ),
        ),
        settings={"DOWNLOAD_MAXSIZE": 0},
    ),
)
