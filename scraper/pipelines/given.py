"""What a pipeline is given: an article, or what a pipeline of the user's made of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scrapy.utils.conf import build_component_list

from scraper.items import Article

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_DERIVED = ("text", "captions")
"""What a flat record says twice; the blocks are what is stored."""


class UnusableItemError(TypeError):
    """An item that is no article, nor a record of one."""


def article_of(item: object, reader: object, crawler: Crawler) -> Article:
    """Return the article that *item*, given to the pipeline *reader*, is or records.

    A record is a mapping with the fields of an article, as ``article.to_dict()`` or
    ``ItemAdapter(article).asdict()`` gives them. Raises UnusableItemError for anything
    else; it names the pipelines in their order, one of which passed on the item.
    """
    if isinstance(item, Article):
        return item
    if not isinstance(item, Mapping):
        raise _unusable(item, reader, crawler)
    try:
        return _from_record(item)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _unusable(item, reader, crawler, error) from error


def _from_record(record: Mapping[str, Any]) -> Article:
    flat = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in record.items()
    }
    article = Article.from_dict(flat)
    derived = article.to_dict()
    for name in _DERIVED:
        if name in flat and flat[name] != derived[name]:
            raise ValueError(f"its {name} is not that of its blocks: change the blocks")
    return article


def _unusable(
    item: object, reader: object, crawler: Crawler, error: Exception | None = None
) -> UnusableItemError:
    given = "None" if item is None else f"a {type(item).__name__}"
    why = f" ({type(error).__name__}: {error})" if error else ""
    return UnusableItemError(
        f"{type(reader).__name__} was given {given}, which is no article{why}: a pipeline"
        f" before it returned that. The order is {', '.join(_order(crawler))}; return"
        " the item, or a copy made by dataclasses.replace()"
    )


def _order(crawler: Crawler) -> list[str]:
    chosen = crawler.settings.get_component_priority_dict_with_base("ITEM_PIPELINES")
    names = (
        each if isinstance(each, str) else getattr(each, "__name__", repr(each))
        for each in build_component_list(chosen)
    )
    return [name.rpartition(".")[2] for name in names]
