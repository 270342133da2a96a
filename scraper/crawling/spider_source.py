"""The spider of a site as Python source: data that were found, and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.discovery import LinkKind
from scraper.discovery.links import shape_of
from scraper.urls import hosts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from scraper.crawling.new_site import Source

_MOST_FEEDS = 20
_AGREE = 0.95
"""Share of the listed articles whose addresses must have one form."""
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


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What was found of the site at *home*, an address without a path.

    *missing* are the fields that most of its articles lack.
    """

    name: str
    title: str
    home: str
    sources: Sequence[Source]
    missing: Sequence[str] = ()

    @property
    def articles(self) -> list[str]:
        """Addresses of articles that the sources list, in the commonest form, once each."""
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
    """Return a regular expression on the paths of articles, "" where they have no one form.

    It matches nearly all that is listed, and no address of a source.
    """
    known = list(sources)
    listed = {url for each in known for url in each.articles}
    shapes = Counter(map(shape_of, listed)).most_common(1)
    if not shapes or shapes[0][1] < _AGREE * len(listed) or "?" in shapes[0][0]:
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
    """Return hints for the *missing* fields as comments, for a person to fill in."""
    if not missing:
        return []
    since = f"since=date({day.year}, {day.month}, {day.day})"
    rows = [
        f'    #     Hint("{name}", ".place-of-{name}", {since}),\n' for name in missing
    ]
    return [_HINTS, "    # hints = (\n", *rows, "    # )\n"]


def _literal(text: str) -> str:
    """Return *text* as a literal; in double quotes, as the formatter writes it, if plain."""
    if not text.isprintable():
        return ascii(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
