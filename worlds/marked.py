"""Pages with a generated part between two marks."""

from __future__ import annotations


def with_part(page: str, begin: str, end: str, part: str) -> str:
    """Return *page* with *part* between the marks *begin*, which is there once, and *end*."""
    before, rest = page.split(begin)
    return f"{before}{begin}{part}{end}{rest.split(end, 1)[1]}"
