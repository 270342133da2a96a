"""A browser without network access of its own.

The crawl downloads the page and what its scripts request, under the rules for everything
else: limits of time, size and rate, refusal of private addresses, robots.txt, proxies and
User-Agent. Requests of another kind (WebSockets, WebRTC, speculative connections) fail,
since the browser resolves no name and reaches no proxy.

The module needs the extra ``browser``.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from scraper.crawling.failures import Refused, explain_failure
from scraper.options import BROWSER, SANDBOX, read
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from playwright.async_api import Page, Route
    from playwright.async_api import Request as Asked
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.settings import BaseSettings

_logger = logging.getLogger(__name__)
_NOWHERE = "http://127.0.0.1:9"
_ARGUMENTS = [
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
]
_TYPES = frozenset({"script", "xhr", "fetch"})
"""Types that text can depend on; images, styles, fonts, frames and media are refused."""
MAX_REQUESTS = 60
"""The most scripts and responses of one page; within the time-out it has fewer."""
_MAX_KEPT_SCRIPTS = 50
"""Scripts kept for the next page of the site, which usually has the same ones."""
_SENT = ("accept", "origin", "referer")
"""Headers of a script's request that are forwarded; cookies are not."""
_DROPPED = frozenset(
    {b"content-encoding", b"content-length", b"transfer-encoding", b"set-cookie"}
    | {b"refresh", b"link"}
)
"""Headers of a response that the browser does not get: they concern the connection."""
_CLOSING = 5.0
"""Seconds that closing a page may take before the whole browser is closed."""


def launch_options(settings: BaseSettings) -> dict[str, Any]:
    """Return how Playwright starts the browser: without access to the network."""
    return {
        "executable_path": settings.get(BROWSER) or None,
        "chromium_sandbox": read(SANDBOX, settings.get(SANDBOX)),
        "args": _ARGUMENTS,
        "proxy": {"server": _NOWHERE},
    }


class Browser(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # it has no types
    """scrapy-playwright's handler; the crawl downloads what its pages request.

    *meta* is that of the requests for scripts and what they request.
    """

    def __init__(self, crawler: Crawler, meta: Mapping[str, Any]) -> None:
        super().__init__(crawler)
        self._meta = meta
        settings = crawler.settings
        self._owner = crawler
        self._seconds = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._visits: dict[str, _Visit] = {}
        self._scripts: dict[str, Response] = {}
        self._names = map("page-{}".format, itertools.count())
        self._starting = asyncio.Lock()
        self.config.navigation_timeout_ms = 1000 * self._seconds
        self.config.launch_options = launch_options(settings)

    async def render(self, response: Response) -> bytes:
        """Return the document of *response* after its scripts have run, as UTF-8.

        Raises Refused if the browser does not start, or does not finish within the
        time-out of a download.
        """
        await self._start()
        name = next(self._names)
        self._visits[name] = _Visit(self._owner, response, self._scripts, self._meta)
        request = _request_for(response, name, self._owner, self._seconds)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self.download_request(request)
        except (TimeoutError, PlaywrightTimeout):
            reason = f"its scripts did not end within {self._seconds:g} s"
            raise Refused("not_rendered", reason) from None
        except PlaywrightError as error:
            raise Refused("not_rendered", _first_line(error)) from None
        finally:
            await self._forget(name)
        body: bytes = answer.body
        return body

    async def _start(self) -> None:
        async with self._starting:
            try:
                if not hasattr(self, "browser_provider"):
                    await self._launch()
                await self._maybe_launch_browser()
            except PlaywrightError as error:
                raise Refused("browser", _why_not_started(error)) from None

    async def _forget(self, name: str) -> None:
        """Close the page, whatever it is doing, and discard what it has stored."""
        del self._visits[name]
        wrapper = self.context_wrappers.pop(name, None)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(_CLOSING):
                await wrapper.context.close()
        except (TimeoutError, PlaywrightError):
            with suppress(PlaywrightError, AttributeError):  # it may have gone already
                await self.browser.close()

    def _make_request_handler(self, context_name: str, **_: Any) -> Any:  # noqa: ANN401
        """Return the handler of a page's requests that replaces scrapy-playwright's."""
        return self._visits[context_name].answer


class _Visit:
    """Answers the requests of one page: for its document once, then for its scripts."""

    def __init__(
        self,
        crawler: Crawler,
        page: Response,
        scripts: dict[str, Response],
        meta: Mapping[str, Any],
    ) -> None:
        self._crawler, self._scripts, self._meta = crawler, scripts, meta
        self._page: Response | None = page
        self._parts = 0

    async def answer(self, route: Route, asked: Asked) -> None:
        """Fulfil the request, or abort it if there is no response."""
        found = await self._find(asked)
        with suppress(PlaywrightError):  # the page has been closed meanwhile
            if found is None:
                self._crawler.stats.inc_value("rendered/refused_parts")
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(
                    status=found.status, headers=_shown(found), body=found.body
                )

    async def _find(self, asked: Asked) -> Response | None:
        if asked.is_navigation_request():
            is_own = asked.frame.parent_frame is None
            page, self._page = (self._page, None) if is_own else (None, self._page)
            return page
        if asked.method != "GET" or asked.resource_type not in _TYPES:
            return None
        if not is_http(asked.url) or self._parts >= MAX_REQUESTS:
            return None
        return self._scripts.get(asked.url) or await self._download(asked)

    async def _download(self, asked: Asked) -> Response | None:
        """Return the response of the crawl's downloader, if there is one."""
        self._parts += 1
        engine = self._crawler.engine
        if engine is None:
            return None
        headers = {name: asked.headers[name] for name in _SENT if name in asked.headers}
        request = Request(
            asked.url, headers=headers, meta=dict(self._meta), dont_filter=True
        )
        try:
            response = await engine.download_async(request)
        except Exception as error:  # the page does without it
            _logger.debug("%s: %s", asked.url, explain_failure(error))
            return None
        self._crawler.stats.inc_value("rendered/parts")
        if asked.resource_type == "script" and len(self._scripts) < _MAX_KEPT_SCRIPTS:
            self._scripts[asked.url] = response
        return response


def _request_for(
    response: Response, name: str, crawler: Crawler, seconds: float
) -> Request:
    context = {
        "accept_downloads": False,
        "service_workers": "block",
        "user_agent": crawler.settings["USER_AGENT"],
    }
    deadline = time.monotonic() + 0.8 * seconds
    return Request(
        response.url,
        meta={
            "playwright": True,
            "playwright_context": name,
            "playwright_context_kwargs": context,
            "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded"},
            "playwright_page_methods": [PageMethod(_settle(deadline))],
        },
    )


def _settle(deadline: float) -> Callable[[Page], Any]:
    async def wait(page: Page) -> None:
        """Wait until the network is idle, or until the deadline."""
        left = max(0.1, deadline - time.monotonic())
        with suppress(PlaywrightTimeout):
            await page.wait_for_load_state("networkidle", timeout=1000 * left)

    return wait


def _shown(response: Response) -> dict[str, str]:
    return {
        name.decode("latin-1"): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() not in _DROPPED
    }


def _why_not_started(error: PlaywrightError) -> str:
    advice = f"{BROWSER} names one, `playwright install chromium` brings one"
    if "sandbox" in str(error).lower() or os.geteuid() == 0:
        advice += f"; as root, or without user namespaces, it needs {SANDBOX}=0"
    return f"the browser does not start ({_first_line(error)}); {advice}"


def _first_line(error: PlaywrightError) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0][:200]
