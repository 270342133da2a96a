"""Pages for an archive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from scraper.archive import Capture, iter_newest
from scraper.items import Page
from scraper.storage import Address

START = datetime(2026, 11, 25, 4, tzinfo=UTC)


def url_of(number: int) -> str:
    return f"http://bao.example/tin-{number}.htm"


def capture(number: int = 1, body: bytes = b"<p>Tin</p>", **later: float) -> Capture:
    """Return page *number*, fetched *later* than START."""
    moment = START + timedelta(**later)
    url = url_of(number)
    page = Page(url, body, "text/html", "utf-8", fetched_at=moment)
    listed = Address(url, section="thoi-su", time=START, dated=True)
    answered = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "3"),
        ("ETag", '"x"'),
    )
    return Capture(page, listed, (("User-Agent", "tinsach"),), answered)


def found(folder, **options) -> list[tuple[str, bytes]]:
    """Return URL and body of the newest page of each URL in *folder*."""
    return [(k.page.url, k.page.body) for k in iter_newest(folder, **options)]
