"""Link: what every source of addresses is turned into."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

from scraper.urls import is_http

if TYPE_CHECKING:
    from datetime import datetime


class LinkKind(StrEnum):
    """What a link is said to lead to.

    NEXT is the page after this one of the same listing; OTHER leaves the judgement to
    the spider.
    """

    ARTICLE = "article"
    LISTING = "listing"
    FEED = "feed"
    SITEMAP = "sitemap"
    NEXT = "next"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute http(s) address and what its *source*, an address, says of it.

    *time* is aware: when the article appeared, or else when it last changed.
    """

    url: str
    kind: LinkKind
    title: str = ""
    time: datetime | None = None
    section: str = ""
    source: str = ""


def absolute(base: str, href: str | None) -> str | None:
    """Return the http(s) address of *href* without its fragment, None for others."""
    if not href or href.lstrip().startswith("#"):
        return None
    try:
        address = urldefrag(urljoin(base, href.strip())).url
    except ValueError:
        return None
    return address if is_http(address) else None
