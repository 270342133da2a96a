"""Fields of an article as the spider of its site says where they sit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scraper.discovery.times import parse_time
from scraper.text import clean

if TYPE_CHECKING:
    from datetime import tzinfo

    from lxml.html import HtmlElement

    from scraper.items import Article, Page

SOURCE = "hint"
"""The ``published_source`` of a time that a hint found."""
_SEVERAL = frozenset({"authors", "tags"})
_ATTRIBUTES = {"meta": "content", "time": "datetime"}


def with_hints(
    article: Article, root: HtmlElement, page: Page, zone: tzinfo
) -> Article:
    """Return *article* with what the hints of *page* find in its tree, *root*.

    Of several hints for a field the first that finds something counts; what none finds
    stays as it is. The day of a page is its article's, else that of its visit. *zone* is
    that of times that name none.
    """
    moment = article.published_at or page.fetched_at
    found: dict[str, Any] = {}
    for hint in page.hints:
        if hint.field in found or not hint.holds_on(moment.date() if moment else None):
            continue
        texts = [text for each in root.cssselect(hint.place) if (text := _text(each))]
        if hint.field == "published_at":
            times = (parse_time(text, tz=zone) for text in texts)
            time = next(filter(None, times), None)
            if time:
                found |= {"published_at": time.astimezone(zone)}
                found |= {"published_source": SOURCE}
        elif texts:
            found[hint.field] = (
                tuple(dict.fromkeys(texts)) if hint.field in _SEVERAL else texts[0]
            )
    return replace(article, **found) if found else article


def _text(element: HtmlElement) -> str:
    attribute = _ATTRIBUTES.get(str(element.tag))
    stated = element.get(attribute, "") if attribute else ""
    return clean(stated or element.text_content())
