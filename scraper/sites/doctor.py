"""Check that a live site still matches what its spider states."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from protego import Protego

from scraper import clock
from scraper.crawling.fetch import fetch_page, fetch_results
from scraper.crawling.middlewares.politeness import is_unreachable
from scraper.crawling.run import RunOptions, load_settings, load_spider
from scraper.discovery import LinkKind, parse_feed, parse_links, parse_listing
from scraper.discovery.links import shape_of
from scraper.discovery.markup import robots_text
from scraper.errors import ConfigurationError, ScraperError
from scraper.items import EXPECTED
from scraper.sites import Check
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scraper.crawling.downloader import FetchResult
    from scraper.discovery import Link
    from scraper.items import Article, Page
    from scraper.storage import Address

    _Source = tuple[str, str, Callable[..., list[Link]]]


MOST_APART = 120
"""The largest difference, in seconds, between the host's clock and this machine's."""
_NONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
ARTICLES = 3
_FIELDS = ("title", "lead", "blocks", *(name for name in EXPECTED if name != "lead"))
_NEEDED = ("title", "blocks", "published_at")


def iter_host_checks(base: str, addresses: list[str]) -> Iterator[Check]:
    """Fetch robots.txt of the host at *base* and check TLS, rules for *addresses*, clock."""
    (result,) = fetch_results([f"{base}/robots.txt"])
    yield _check_tls(base, result)
    if result.status is not None:
        yield _check_robots(result, addresses)
    if result.date:
        yield check_date(datetime.fromisoformat(result.date))


def _check_tls(base: str, result: FetchResult) -> Check:
    if result.status is None:
        return Check("tls", ok=False, detail=f"{base}: {result.refused}")
    is_secure = base.startswith("https:")
    found = "certificate verified" if is_secure else "answers without TLS"
    return Check("tls", ok=True, detail=f"{base}: {found}")


def _check_robots(result: FetchResult, addresses: list[str]) -> Check:
    if is_unreachable(result.status or 0):
        advice = (
            "a crawl requests nothing from this host until it responds; try again later"
        )
        return Check("robots", ok=False, detail=f"{result.refused}; {advice}")
    if result.refused:
        found = "" if result.status in _NONE else f" ({result.refused})"
        detail = f"no robots.txt: everything is allowed{found}"
        return Check("robots", ok=True, detail=detail)
    agent = load_settings(RunOptions())["ROBOTSTXT_USER_AGENT"]
    rules = Protego.parse(robots_text(result.body))
    forbidden = [url for url in addresses if not rules.can_fetch(url, agent)]
    if forbidden:
        asked = f"{len(forbidden)} of {len(addresses)} sources, such as {forbidden[0]}"
        advice = "ask the site for permission, or remove them from the spider"
        return Check("robots", ok=False, detail=f"it forbids {asked}: {advice}")
    detail = f"allows {agent} all {len(addresses)} sources"
    return Check("robots", ok=True, detail=detail)


def check_date(there: datetime) -> Check:
    """Return the comparison of the host's time, *there*, with that of this machine."""
    apart = (clock.now() - there).total_seconds()
    if abs(apart) <= MOST_APART:
        return Check(
            "date", ok=True, detail=f"{abs(apart):.0f} s from the host's clock"
        )
    which = "ahead of" if apart > 0 else "behind"
    found = f"this machine is {abs(apart):.0f} s {which} the host's clock"
    detail = f"{found}; {clock.SET_CLOCK}"
    return Check("date", ok=False, detail=detail)


def check_site(spider_name: str, portal: str | None = None) -> list[Check]:
    """Return checks of the host, one feed, one section and three articles.

    For a site that is explored, the front page replaces the section. A network failure
    is a failed check. Raises ConfigurationError for an unknown spider, one without
    sources, or a *portal* that is not a URL.
    """
    spider_class = load_spider(spider_name)
    spider: Any = spider_class(**({"portal": portal} if portal else {}))
    if not hasattr(spider, "portal"):
        raise ConfigurationError(
            f"spider {spider_name} states no portal to check;"
            " only those on spiders.base.PortalSpider do"
        )
    addresses = [source.url for wave in spider.iter_waves() for source in wave]
    checks = list(iter_host_checks(spider.portal.base, addresses))
    if not checks[0].ok:
        return checks
    found: dict[str, Address] = {}
    with ReaderPool(workers=1) as pool:
        for source in _sources(spider):
            check, candidates = _check_source(spider, source, pool)
            checks.append(check)
            found |= {candidate.url: candidate for candidate in candidates}
        return checks + _check_articles(spider, list(found)[:ARTICLES], pool)


def _sources(spider: Any) -> Iterable[_Source]:  # noqa: ANN401
    for path in spider.feeds[:1]:
        yield "feed", path, parse_feed
    for name in list(spider.sections)[:1]:
        path = spider.section_page.format(section=name, stem=spider.sections[name])
        yield "section", path, parse_links
    if not spider.sections:
        yield "front page", spider.front, parse_listing


def _headlines(links: list[Link]) -> list[Link]:
    """Return the *links* of a listing that probably lead to articles.

    They have the commonest shape of URL; a few others lead to topics.
    """
    shapes = [
        (shape_of(each.url), each) for each in links if each.kind is LinkKind.ARTICLE
    ]
    common = Counter(shape for shape, _ in shapes).most_common(1)
    return [link for shape, link in shapes if shape == common[0][0]]


def _check_source(
    spider: Any,  # noqa: ANN401
    source: _Source,
    pool: ReaderPool,
) -> tuple[Check, list[Address]]:
    kind, path, parse = source
    url = spider.portal.base + path
    try:
        links = pool.find_links(replace(fetch_page(url), url=url), parse).result()
        links = _headlines(links) if parse is parse_listing else links
        candidates = list(spider.portal.iter_candidates(links))
    except ScraperError as error:
        return Check(kind, ok=False, detail=str(error)), []
    if not candidates:
        detail = f"{url}: responds, but lists no URL of a known article form"
        return Check(kind, ok=False, detail=detail), []
    return Check(kind, ok=True, detail=f"{url}: {len(candidates)} articles"), candidates


def _check_articles(
    spider: Any,  # noqa: ANN401
    urls: list[str],
    pool: ReaderPool,
) -> list[Check]:
    if not urls:
        detail = "no source lists an article to check"
        return [Check("article", ok=False, detail=detail)]
    return [_check_article(spider, url, pool) for url in urls]


def _check_article(spider: Any, url: str, pool: ReaderPool) -> Check:  # noqa: ANN401
    try:
        page = replace(fetch_page(url), hints=spider.hints)
        article = pool.submit(page).result()
    except ScraperError as error:
        return Check("article", ok=False, detail=str(error))
    template = _template_of(spider, page)
    there = [name for name in _FIELDS if getattr(article, name)]
    missing = [name for name in _FIELDS if name not in there]
    parts = [f"{url}: {article.kind}"]
    if spider.templates:
        parts.append(f"template {template or 'unknown'}")
    parts.append(f"fields {', '.join(there) or 'none'}")
    if missing:
        parts.append(f"missing {', '.join(missing)}")
    is_known = bool(template) or not spider.templates
    is_whole = is_known and _is_whole(article)
    return Check("article", ok=is_whole, detail="; ".join(parts))


def _template_of(spider: Any, page: Page) -> str:  # noqa: ANN401
    for name, pattern in spider.templates.items():
        if pattern.search(page.body):
            return str(name)
    return ""


def _is_whole(article: Article) -> bool:
    return article.kind.has_text and all(getattr(article, name) for name in _NEEDED)
