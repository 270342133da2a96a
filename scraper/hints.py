"""Fields of an article as the spider of its site says where they sit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scraper.extraction.dates.candidates import parse_stated
from scraper.extraction.dates.clocks import fixed
from scraper.extraction.dates.locales import convention_of
from scraper.text import clean

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from scraper.items import Article, Page

SOURCE = "hint"
"""The ``published_source`` of a time that a hint found."""
_SEVERAL = frozenset({"authors", "tags"})
_ATTRIBUTES = {"meta": "content", "time": "datetime"}


def with_hints(article: Article, root: HtmlElement, page: Page) -> Article:
    """Return *article* with what the hints of *page* find in its tree, *root*.

    Of several hints for a field the first that finds something counts; what none finds
    stays as it is. The day of a page is its article's, else that of its visit.
    """
    moment = article.published_at or page.fetched_at
    found: dict[str, Any] = {}
    for hint in page.hints:
        if hint.field in found or not hint.holds_on(moment.date() if moment else None):
            continue
        texts = [text for each in root.cssselect(hint.place) if (text := _text(each))]
        if hint.field == "published_at":
            convention = convention_of(page.url, article.language)
            stated = (parse_stated(text, convention, SOURCE) for text in texts)
            if candidate := next(filter(None, stated), None):
                local = candidate.moment.astimezone(convention.zone)
                found |= {"published_at": fixed(local), "published_source": SOURCE}
        elif texts:
            found[hint.field] = (
                tuple(dict.fromkeys(texts)) if hint.field in _SEVERAL else texts[0]
            )
    return replace(article, **found) if found else article


def _text(element: HtmlElement) -> str:
    attribute = _ATTRIBUTES.get(str(element.tag))
    stated = element.get(attribute, "") if attribute else ""
    return clean(stated or element.text_content())
