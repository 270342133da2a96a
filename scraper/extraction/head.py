"""What the head of a page declares: title, section, tags, language, canonical URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from scraper.extraction.json_ld import StructuredData, extract_structured_data
from scraper.extraction.languages import phrases
from scraper.extraction.paths import matcher
from scraper.text import clean, fold, readable, words
from scraper.urls import is_http, normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lxml.html import HtmlElement

    from scraper.extraction.document import Beyond

_LANGUAGE = re.compile(r"^[a-z]{2,3}(?=$|[-_])")
_CODE_LETTERS = 2
"""Letters of a code of ISO 639-1."""
_KEYWORDS = ("news_keywords", "keywords")
_names_breadcrumbs = matcher(r"(?i)breadcrumb")
_names_tags = matcher(
    r"(?i)(?:^|[\s_-])(?:tags?|keysword|keywords?|article__tag)(?:$|[\s_-])"
)
_names_section = matcher(
    r"(?i)(?:^|\s)(?:cate(?:gory)?|section(?:-name)?|article__cate)(?:$|\s)"
)
_OTHER_COMMAS = re.compile("[;；，、]")
_COMMA_SPACE = re.compile(r",\s")
_SECTION_COMMAS = 2
"""Names that "Food, Drink" may be one section of; more are several sections."""
_PAID_TIERS = frozenset({"locked", "metered"})
_TAG_WORDS, _SECTION_WORDS = 12, 6
"""Words of the longest tag, and of the longest section."""
_TAGS_IN = ("div", "ul", "section", "p")
_BREADCRUMBS_IN = ("ul", "ol", "nav", "div", "p", "span")
_SECTION_IN = ("h4", "div", "span", "a", "p")


@dataclass(frozen=True, slots=True)
class Declared:
    """The ``meta`` elements of a page: every content by folded name, in page order.

    *values* are as they stand there: a page declares much that nobody asks for.
    """

    values: dict[str, list[str]]

    def first(self, *names: str) -> str:
        """Return the first content that is not empty of the first of *names* so named."""
        stated = (readable(v) for name in names for v in self.values.get(name, ()))
        return next(filter(None, stated), "")

    def all(self, name: str) -> list[str]:
        """Return what is declared as *name*, readable, empty contents left out."""
        return [text for v in self.values.get(name, ()) if (text := readable(v))]


class HeadWords(NamedTuple):
    """The words of the title, description and text that the head of a page states."""

    title: Sequence[str] = ()
    description: Sequence[str] = ()
    body: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What the page at *url* states of itself; *title* is the text of its ``title``."""

    declared: Declared
    data: StructuredData
    title: str = ""
    url: str = ""

    @property
    def description(self) -> str:
        names = ("og:description", "description", "twitter:description")
        return self.declared.first(*names) or self.data.description

    @property
    def og_type(self) -> str:
        return self.declared.first("og:type").lower()

    def words(self) -> HeadWords:
        """Return what the features of blocks compare with them."""
        declared, data = self.declared, self.data
        title = declared.first("og:title") or data.headline or clean(self.title)
        described = declared.first("og:description", "description") or data.description
        return HeadWords(
            words(title), words(described), words(data.body) if data.stated_body else ()
        )


_OTHER_TITLES = ("svg", "template")


def read_head(root: HtmlElement, url: str, beyond: Beyond | None = None) -> Head:
    """Return what the page at *url* states of itself; its scripts are still in *root*.

    *beyond* takes note of it if its JSON-LD has more values than are read.
    """
    titles = (
        node.text or ""
        for node in root.iter("title")
        if next(node.iterancestors(*_OTHER_TITLES), None) is None
    )
    data = extract_structured_data(root, beyond)
    return Head(_extract_declared(root), data, next(titles, ""), url)


def _extract_declared(root: HtmlElement) -> Declared:
    values: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        content = meta.get("content") or meta.get("value")
        if not content:
            continue
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if name := meta.get(attribute, "").strip().lower():
                values.setdefault(name, []).append(content)
    return Declared(values)


def base_url(root: HtmlElement, url: str) -> str:
    """Return the URL that relative ones on the page at *url* refer to: its base, or *url*."""
    for element in root.iter("base"):
        href = element.get("href", "").strip()
        if href and is_http(base := _join(url, href)):
            return base
    return url


def canonical_url(root: HtmlElement, head: Head, *, base: str) -> str:
    """Return the page's own URL, normalised; *base* is that of :func:`base_url`.

    What the page declares is believed only on its own site: a shared template that
    names another site, or the home page, would merge what is not the same.
    """
    url = head.url
    links = (
        link.get("href", "")
        for link in root.iter("link")
        if "canonical" in link.get("rel", "").lower().split()
    )
    for candidate in (*links, head.declared.first("og:url")):
        absolute = _join(base, candidate.strip())
        if candidate.strip() and is_http(absolute) and _same_page(absolute, url):
            return normalise_url(absolute)
    return normalise_url(url)


def _same_page(candidate: str, url: str) -> bool:
    if not url or candidate == url:
        return True
    if site_of(candidate) != site_of(url):
        return False
    names_home = urlsplit(normalise_url(candidate))._replace(scheme="", netloc="")
    return names_home.geturl() != "/" or urlsplit(normalise_url(url)).path == "/"


def _join(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def extract_language(root: HtmlElement, head: Head) -> str:
    """Return the ISO 639-1 code that the page declares, "" if it declares none."""
    named = (
        root.get("lang", ""),
        root.get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        head.declared.first("content-language", "language", "og:locale"),
        head.data.language,
    )
    return next(filter(None, map(_language_code, named)), "")


@lru_cache(maxsize=64)
def _language_code(name: str) -> str:
    """Return the ISO 639-1 code that *name* is or begins with, "" for "vn" and "und"."""
    from babel.core import get_global

    match = _LANGUAGE.match(name.strip().lower())
    if match is None:
        return ""
    code = match.group()
    current = get_global("language_aliases").get(code, code).partition("_")[0]
    code = current if len(current) == _CODE_LETTERS else code
    return (
        code
        if len(code) == _CODE_LETTERS and code in get_global("likely_subtags")
        else ""
    )


def extract_tags(root: HtmlElement, head: Head) -> tuple[str, ...]:
    """Return the keywords: article:tag, else a tag list in the body, else news_keywords."""
    found = head.declared.all("article:tag") or _link_texts(tags_element(root))
    if not found:
        keywords = head.declared.first(*_KEYWORDS)
        found = [keywords] if keywords else list(head.data.tags)
    unique: dict[str, str] = {}
    for tag in (part for joined in found for part in _one_by_one(joined, len(found))):
        name = clean(tag).strip(" ,;#")
        if name and len(words(name)) <= _TAG_WORDS:
            unique.setdefault(fold(name), name)
    return tuple(unique.values())


def _one_by_one(joined: str, count: int) -> list[str]:
    """Return the tags that one of *count* elements holds; a comma may be part of a tag."""
    if count == 1 and "," not in joined:
        return _OTHER_COMMAS.split(joined)
    several = count == 1 or joined.count(",") > 1
    return joined.split(",") if several else [joined]


def tags_element(root: HtmlElement) -> HtmlElement | None:
    """Return the first element that is named as lists of tags are and holds links."""
    for element in root.iter(*_TAGS_IN):
        label = f"{element.get('class', '')} {element.get('id', '')}"
        if _names_tags(label) and element.find(".//a") is not None:
            return element
    return None


def _link_texts(element: HtmlElement | None) -> list[str]:
    if element is None:
        return []
    return [readable(a.text_content()) for a in element.iter("a")]


def extract_breadcrumbs(root: HtmlElement, head: Head) -> tuple[str, ...]:
    """Return the path of sections that leads to the page, home and page left out."""
    printed = filter(None, _link_texts(breadcrumbs_element(root)))
    crumbs = list(printed) or list(head.data.breadcrumbs)
    return tuple(dict.fromkeys(crumb for crumb in crumbs if not _is_home(crumb)))


def breadcrumbs_element(root: HtmlElement) -> HtmlElement | None:
    """Return the first element that is named so and holds links with a text."""
    for element in root.iter(*_BREADCRUMBS_IN):
        if "breadcrumb" not in "".join(element.values()).lower():
            continue
        get = element.get
        label = f"{get('class', '')} {get('id', '')} {get('aria-label', '')}"
        is_named = element.tag not in ("p", "span") and _names_breadcrumbs(label)
        if (is_named or "BreadcrumbList" in get("itemtype", "")) and any(
            _link_texts(element)
        ):
            return element
    return None


def _is_home(crumb: str) -> bool:
    return fold(crumb) in _home_words() or not words(crumb)


@cache
def _home_words() -> frozenset[str]:
    return frozenset(map(fold, phrases().home_words))


def extract_section(root: HtmlElement, head: Head, breadcrumbs: tuple[str, ...]) -> str:
    """Return the section: article:section, a printed one, JSON-LD, the last breadcrumb.

    Of several that are declared in one element, joined by commas, it is the first.
    """
    declared_name = head.declared.first("article:section", "articlesection")
    if declared_name:
        names = [clean(part) for part in declared_name.split(",")]
        joined = len(names) > _SECTION_COMMAS or not _COMMA_SPACE.search(declared_name)
        known = {*breadcrumbs, head.data.section}
        return names[0] if joined or names[0] in known else declared_name
    element = section_element(root)
    if element is not None:
        return readable(element.text_content())
    return head.data.section or (breadcrumbs[-1] if breadcrumbs else "")


def section_element(root: HtmlElement) -> HtmlElement | None:
    """Return the first element that is named as sections are and holds a few words."""
    for element in root.iter(*_SECTION_IN):
        is_named = _names_section(element.get("class", ""))
        if is_named or element.get("itemprop") == "articleSection":
            printed = clean(element.text_content())
            if printed and len(words(printed)) <= _SECTION_WORDS:
                return element
    return None


def is_paywalled(head: Head) -> bool:
    """Return True if the page says that it is cut or counted for non-subscribers."""
    tier = head.declared.first("article:content_tier", "content_tier").lower()
    return not head.data.free or tier in _PAID_TIERS


_CONTENT = re.compile(rb"(?i)\bcontent\s*=\s*(?:\"\s*[^\"\s]|'\s*[^'\s]|[^\s\"'>])")


class PrintedField(NamedTuple):
    """A field that *find* reads from the first element that is named for it.

    Such an element opens with one of *tags*, and *is_named* matches its opening tag, in
    lower case, which holds one of *hints*. Of one with more than *most_words* nothing is
    read, and none is read if the head declares something as *declared*.
    """

    name: str
    tags: tuple[bytes, ...]
    hints: tuple[bytes, ...]
    is_named: re.Pattern[bytes]
    find: Callable[[HtmlElement], HtmlElement | None]
    declared: bytes = b""
    most_words: float = inf

    def is_declared(self, declarations: list[bytes]) -> bool:
        """Return True if one of *declarations*, tags of the head, states the field."""
        return bool(self.declared) and any(
            self.declared in tag and _CONTENT.search(tag) for tag in declarations
        )


def _openings(tags: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(f"<{tag}".encode() for tag in tags)


PRINTED_FIELDS = (
    PrintedField(
        "breadcrumbs",
        _openings(_BREADCRUMBS_IN),
        (b"breadcrumb",),
        re.compile(rb"breadcrumb"),
        breadcrumbs_element,
    ),
    PrintedField(
        "tags",
        _openings(_TAGS_IN),
        (b"tag", b"keyword", b"keysword"),
        re.compile(rb"[\s\"'=_-](?:tags?|keysword|keywords?)(?=[\s\"'_>/-])"),
        tags_element,
        b"article:tag",
    ),
    PrintedField(
        "section",
        _openings(_SECTION_IN),
        (b"cate", b"section"),
        re.compile(
            rb"[\s\"'=](?:cate(?:gory)?|section(?:-name)?|article__cate)(?=[\s\"'>/])"
            rb"|articlesection"
        ),
        section_element,
        b"article:section",
        _SECTION_WORDS,
    ),
)
"""The fields that may stand outside the article, where :mod:`scraper.sitemodel.cut`
searches the bytes of a page for them."""
