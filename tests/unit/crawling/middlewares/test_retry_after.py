"""How long a host asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scraper import clock
from scraper.crawling.middlewares.retry_after import parse_retry_after


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"120", 120.0),
        (b" 0 ", 0.0),
        (b"Tue, 24 Nov 2026 12:00:30 GMT", 30.0),
        (b"Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        (b"soon", None),
        (b"01 Nov 2026" + b"1" * 48 + b" 10:00:00 GMT", None),
        (b"-5", None),
        (b"", None),
        (None, None),
        (b"Tue, 24 Nov 2026 12:00:30 -0000", None),
    ],
)
def test_seconds_and_dates_are_read(monkeypatch, value, seconds) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    assert parse_retry_after(value) == seconds
