"""No request, log or store has a user or a password that an address names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.urls import has_user, without_user

if TYPE_CHECKING:
    from scrapy import Request


class UserInfoMiddleware:
    """Downloader middleware: asks for an address without the user that it names.

    Links, redirects and robots.txt may name one (RFC 3986, section 3.2.1); what a person
    gives is refused where it is read.
    """

    def process_request(self, request: Request) -> Request | None:
        if not has_user(request.url):
            return None
        return request.replace(url=without_user(request.url), dont_filter=True)
