"""A new site: find its sources, write its spider, and save pages to check it by."""

from __future__ import annotations

import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scraper import clock
from scraper.crawling.fetch import fetch_page, fetch_pages
from scraper.crawling.run import load_spider
from scraper.discovery import LinkKind, parse_feed, parse_listing, parse_sitemap
from scraper.discovery.links import is_article_address, shape_of
from scraper.discovery.pages import (
    Candidate,
    FoundBy,
    candidates_of,
    feed_pages_of,
    feeds_listed,
)
from scraper.errors import ConfigurationError, DiscoveryError, ExtractionError
from scraper.extraction.document import decode
from scraper.items import HINTED, Article
from scraper.urls import hosts_of, site_of
from scraper.workers import ReaderPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from scraper.discovery import Link
    from scraper.items import Page


MOST_SHOWN = 30
_FEED_PAGES = 2
"""The most pages that are read because they list feeds."""
_LEAST_SECTION_ARTICLES = 3
"""The fewest articles on a page of the menu that is a section."""

_PARSERS: dict[LinkKind, Callable[..., list[Link]]] = {
    LinkKind.FEED: parse_feed,
    LinkKind.SITEMAP: parse_sitemap,
    LinkKind.LISTING: parse_listing,
}


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, sitemap or section page that lists articles.

    *items* counts the articles it lists, or the parts of a sitemap index. *newest* is the
    time of the newest article, None if none states a time. *articles* are the URLs of
    the first MOST_SHOWN.
    """

    url: str
    kind: LinkKind
    found_by: FoundBy
    title: str
    items: int
    newest: datetime | None
    articles: tuple[str, ...] = ()


def discover(url: str) -> Iterator[Source]:
    """Yield the sources of the site at *url*: the page itself, then the surest first.

    Candidates that do not answer or list no article are left out. Raises FetchRefused
    if the front page cannot be fetched, DiscoveryError if it is not HTML, ExtractionError
    if it exceeds the limits of a worker.
    """
    with ReaderPool(workers=1) as pool:
        front = fetch_page(url)
        candidates = _candidates(front, pool)
        own = Candidate(front.url, LinkKind.LISTING, FoundBy.ASKED)
        answers = fetch_pages([each.url for each in candidates])
        for candidate, page in zip([own, *candidates], [front, *answers], strict=True):
            with suppress(DiscoveryError, ExtractionError):
                source = _source(candidate, page, pool) if page else None
                if source:
                    yield source


def _candidates(front: Page, pool: ReaderPool) -> list[Candidate]:
    named = pool.find_links(front, feed_pages_of).result()[:_FEED_PAGES]
    robots, *pages = fetch_pages([urljoin(front.url, "/robots.txt"), *named])
    rules = robots.body if robots else b""
    found = pool.find_links(front, candidates_of, robots=rules).result()
    return found + _on_feed_pages(pages, {each.url for each in found}, pool)


def _on_feed_pages(
    pages: Iterable[Page | None], known: set[str], pool: ReaderPool
) -> list[Candidate]:
    """Return the feeds linked on *pages* that are not *known* yet."""
    found: dict[str, Candidate] = {}
    for page in filter(None, pages):
        with suppress(DiscoveryError, ExtractionError):
            for each in pool.find_links(page, feeds_listed).result():
                found.setdefault(each.url, each)
    return [each for url, each in found.items() if url not in known]


def _source(candidate: Candidate, page: Page, pool: ReaderPool) -> Source | None:
    """Return *candidate* as a source, None if it lists too few articles.

    Raises DiscoveryError if *page* is not of its kind.
    """
    parse = _PARSERS[candidate.kind]
    links = pool.find_links(page, parse).result()
    parts = [link for link in links if link.kind is LinkKind.SITEMAP]
    articles = parts or [link for link in links if _is_article(link, candidate)]
    if len(articles) < (
        _LEAST_SECTION_ARTICLES if candidate.kind is LinkKind.LISTING else 1
    ):
        return None
    times = [link.time for link in articles if link.time]
    return Source(
        page.url,
        candidate.kind,
        candidate.found_by,
        candidate.title,
        len(articles),
        max(times, default=None),
        () if parts else tuple(link.url for link in articles[:MOST_SHOWN]),
    )


def _is_article(link: Link, candidate: Candidate) -> bool:
    """Return True if *link* is an article of this site, as every link of a feed is."""
    if site_of(link.url) != site_of(candidate.url):
        return False
    if candidate.kind is LinkKind.SITEMAP and link.kind is LinkKind.OTHER:
        return is_article_address(link.url)
    return candidate.kind is LinkKind.FEED or link.kind is LinkKind.ARTICLE


_MOST_FEEDS = 20
_SAME_FORM_SHARE = 0.95
"""Share of the listed articles whose URLs must have the same form."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PIECES = {
    "w": "[^/]+",
    "w9": "[^/]+",
    "s": "[^/]+-[^/]+-[^/]+",
    "*9": r"[^/]*\d{5,}[^/]*",
    "9": r"\d{1,4}",
    "Y": r"\d{4}",
}
_SOURCE = '''\
"""{host}: written by ``tinsach new-site`` on {day}."""

from __future__ import annotations
{imports}
from spiders.explored import ExploredSpider


class {name_of_class}(ExploredSpider):
    name = {name}
    title = {title}
    family = "explored"
    checked = {checked}
    home = {home}
    hosts = frozenset({hosts})
{lines}'''
_HINTS = """\
    # Not found on most pages. If pages show it, name the place by a CSS selector, with
    # `from datetime import date` and `from scraper.items import Hint`:
"""
SHOWN = 10
"""Articles that are fetched to check their fields."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What is known about the site at *home*, a URL without a path.

    *missing* are the fields that most of its articles lack.
    """

    name: str
    title: str
    home: str
    sources: Sequence[Source]
    missing: Sequence[str] = ()

    @property
    def articles(self) -> list[str]:
        """The URLs of articles that the sources list, if of the commonest form, each once."""
        listed = dict.fromkeys(url for each in self.sources for url in each.articles)
        shapes = Counter(map(shape_of, listed))
        common = shapes.most_common(1)
        return [url for url in listed if shape_of(url) == common[0][0]]


def name_of(url: str) -> str:
    """Return a name for the spider of the site at *url*: example of www.example.com."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    name = re.sub(r"\W+", "_", host.rpartition(".")[0].rpartition(".")[2] or host)
    return name.lower() if _NAME.fullmatch(name.lower()) else f"site_{name.lower()}"


def is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text))


def spider_source(facts: SiteFacts, *, pages: int, day: date) -> str:
    """Return the source of a module that holds the spider of a site.

    *pages* were fetched on *day*. Strings of the site are written as literals.
    """
    host = (urlsplit(facts.home).hostname or "").removeprefix("www.")
    form = article_form(facts.sources)
    lines = [f'    article_path = re.compile(r"{form}")\n'] if form else []
    lines += _listed("feeds", _paths(facts, LinkKind.FEED)[:_MOST_FEEDS])
    sitemaps = _paths(facts, LinkKind.SITEMAP)
    lines += [f"    sitemap = {_literal(sitemaps[0])}\n"] if sitemaps else []
    lines += _proposed_hints(facts.missing, day)
    return _SOURCE.format(
        host=re.sub(r"[^\w.:-]", "", host),
        day=day,
        imports="\nimport re\n" if form else "",
        name_of_class=f"{facts.name.title().replace('_', '')}Spider",
        name=_literal(facts.name),
        title=_literal(facts.title),
        checked=_literal(f"against {pages} pages of {day}"),
        home=_literal(facts.home),
        hosts="{" + ", ".join(map(_literal, sorted(hosts_of(host)))) + "}",
        lines="".join(lines),
    )


def article_form(sources: Iterable[Source]) -> str:
    """Return a regular expression for the paths of articles, "" if their forms differ.

    It matches nearly all listed URLs, and none of a source.
    """
    known = list(sources)
    listed = {url for each in known for url in each.articles}
    shapes = Counter(map(shape_of, listed)).most_common(1)
    if (
        not shapes
        or shapes[0][1] < _SAME_FORM_SHARE * len(listed)
        or "?" in shapes[0][0]
    ):
        return ""
    form = _form(shapes[0][0])
    places = [urlsplit(each.url).path for each in known]
    return "" if any(re.search(form, path) for path in places) else form


def _form(shape: str) -> str:
    pieces = []
    for part in shape.strip("/").split("/"):
        stem, dot, extension = part.partition(".")
        pieces.append(_PIECES.get(stem, "[^/]+") + re.escape(dot + extension))
    return f"^/{'/'.join(pieces)}/?$"


def _paths(facts: SiteFacts, kind: LinkKind) -> list[str]:
    found = (each.url for each in facts.sources if each.kind is kind)
    return list(dict.fromkeys(url.removeprefix(facts.home) for url in found))


def _listed(name: str, values: Sequence[str]) -> list[str]:
    if not values:
        return []
    rows = "".join(f"        {_literal(value)},\n" for value in values)
    return [f"    {name} = (\n{rows}    )\n"]


def _proposed_hints(missing: Sequence[str], day: date) -> list[str]:
    """Return hints for the *missing* fields as comments to fill in by hand."""
    if not missing:
        return []
    since = f"since=date({day.year}, {day.month}, {day.day})"
    rows = [
        f'    #     Hint("{name}", ".place-of-{name}", {since}),\n' for name in missing
    ]
    return [_HINTS, "    # hints = (\n", *rows, "    # )\n"]


def _literal(text: str) -> str:
    """Return *text* as a literal, in double quotes like the formatter's if printable."""
    if not text.isprintable():
        return ascii(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class NewSite:
    """What was written: the *spider* file and the *pages* folder, with what was read."""

    name: str
    spider: Path
    pages: Path
    sources: int
    read: list[tuple[Path, Article | ExtractionError]]


def add_site(
    url: str,
    home: Path,
    *,
    name: str = "",
    tell: Callable[[str], None] = lambda _: None,
) -> NewSite:
    """Write a spider for the site at *url* into *home*, with pages to check it by.

    Existing files are never overwritten. *tell* is called with a line before each step.
    Raises ConfigurationError if the name is invalid or taken, FetchRefused if the site
    cannot be fetched, DiscoveryError if it lists no article.
    """
    name = name or name_of(url)
    spider, folder = home / "spiders" / f"{name}.py", home / "pages" / name
    _check_free(name, spider, folder)
    tell(f"looking for sources of {url}")
    front = fetch_page(url)
    parts = urlsplit(front.url)
    sources = list(discover(url))
    title = _title_of(front) or parts.netloc
    facts = SiteFacts(name, title, f"{parts.scheme}://{parts.netloc}", sources)
    if not any(each.articles for each in sources):
        raise DiscoveryError(f"{url}: nothing was found that lists articles")
    tell(f"reading articles of {len(sources)} sources")
    pages = [page for page in fetch_pages(facts.articles[:SHOWN]) if page]
    written = _write_pages(folder, [front, *pages])
    read = list(zip(written[1:], _read(pages), strict=True))
    facts = replace(facts, missing=_missing([result for _, result in read]))
    today = clock.now().date()
    _write_new(spider, spider_source(facts, pages=len(written), day=today))
    return NewSite(name, spider, folder, len(sources), read)


def _check_free(name: str, spider: Path, folder: Path) -> None:
    if not is_name(name):
        raise ConfigurationError(
            f"{name} is not a valid spider name; give --name with letters, digits and _"
        )
    for path in (spider, folder):
        if path.exists():
            raise ConfigurationError(f"{path} exists already; give another --name")
    try:
        load_spider(name)
    except ConfigurationError:
        return
    raise ConfigurationError(f"spider {name} exists already; give another --name")


def _title_of(front: Page) -> str:
    text = decode(front.body[:100_000], front.encoding)
    opened = re.search(r"(?i)<title[^<>]*>", text)
    closed = re.compile(r"(?i)</title").search(text, opened.end()) if opened else None
    if not opened or not closed:
        return ""
    return " ".join(text[opened.end() : closed.start()].split())[:100]


def _write_pages(folder: Path, pages: list[Page]) -> list[Path]:
    """Write *pages* and the manifest that ``tinsach extract`` reads."""
    (folder / "pages").mkdir(parents=True)
    written, lines = [], []
    for number, page in enumerate(pages):
        path = folder / "pages" / f"{number:02}.html"
        path.write_bytes(page.body)
        written.append(path)
        entry = {"id": f"{number:02}", "url": page.url, "path": f"pages/{path.name}"}
        entry |= {"encoding": page.encoding} if page.encoding else {}
        lines.append(json.dumps(entry) + "\n")
    _write_new(folder / "manifest.jsonl", "".join(lines))
    return written


def _write_new(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(text)


def _missing(read: list[Article | ExtractionError]) -> list[str]:
    """Return the fields that a hint may find and most of the articles *read* lack."""
    articles = [each for each in read if isinstance(each, Article) and each.text]
    return [
        name
        for name in HINTED
        if articles
        and sum(not getattr(each, name) for each in articles) > len(articles) / 2
    ]


def _read(pages: list[Page]) -> list[Article | ExtractionError]:
    with ReaderPool() as pool:
        return [result for _, result in pool.read_all(pages)]
