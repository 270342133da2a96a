"""Item pipelines, in the order they run in: validate, deduplicate, store."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from scrapy.exceptions import CloseSpider
from scrapy.utils.conf import build_component_list

from scraper.crawling import Component
from scraper.crawling.frontier import STORE_FAILED, Frontier
from scraper.crawling.leases import DUPLICATE, Rejected
from scraper.crawling.store_client import StoreClient
from scraper.errors import StorageError
from scraper.items import Article
from scraper.seen import Seen
from scraper.storage import Outcome

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


logger = logging.getLogger(__name__)
_Item = TypeVar("_Item")
_DERIVED = ("text", "captions")
"""Fields of a record that are derived from its blocks; the blocks are stored."""


class UnusableItemError(TypeError):
    """An item that is neither an article nor a record of one."""


class _Pipeline(Component):
    def article_of(self, item: object) -> Article:
        """Return the article of *item*, an article or a record of one.

        A record is a mapping with the fields of an article, as ``article.to_dict()`` or
        ``ItemAdapter(article).asdict()`` return them. Raises UnusableItemError for anything
        else, naming the pipelines in their order, one of which passed on the item.
        """
        if isinstance(item, Article):
            return item
        if not isinstance(item, Mapping):
            raise self._unusable(item)
        try:
            return _from_record(item)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise self._unusable(item, error) from error

    def _unusable(
        self, item: object, error: Exception | None = None
    ) -> UnusableItemError:
        given = "None" if item is None else f"a {type(item).__name__}"
        why = f" ({type(error).__name__}: {error})" if error else ""
        return UnusableItemError(
            f"{type(self).__name__} received {given}, which is not an article{why}: an"
            f" earlier pipeline returned it. The order is {', '.join(_order(self._crawler))};"
            " return the item, or a copy made by dataclasses.replace()"
        )


class ValidatePipeline(_Pipeline):
    """Drops pages that are not articles, and articles without a title or text.

    Stats: ``validate/dropped/<reason>``.
    """

    def process_item(self, item: _Item) -> _Item:
        reason = self.article_of(item).fault
        if reason:
            self._crawler.stats.inc_value(f"validate/dropped/{reason}")
            raise Rejected(reason)
        return item


REMEMBERED = 200_000
"""Most keys held, three per article: some 4 MB; the oldest half is dropped at once."""


class DeduplicatePipeline(_Pipeline):
    """Drops articles that share two of canonical_url, words and title with an earlier one.

    One alone may be the same on every page of a broken template. Titles are compared
    without case.

    Stats: ``deduplicate/dropped/duplicate``.
    """

    def __init__(self, crawler: Crawler, *, remembered: int = REMEMBERED) -> None:
        super().__init__(crawler)
        self.remembered = remembered
        self.seen, self.before = Seen(), Seen()

    def process_item(self, item: _Item) -> _Item:
        keys = _keys(self.article_of(item))
        if any(key in self.seen or key in self.before for key in keys):
            self._crawler.stats.inc_value("deduplicate/dropped/duplicate")
            raise Rejected(DUPLICATE)
        for key in keys:
            self.seen.add(key)
        if len(self.seen) >= self.remembered // 2:
            self.seen, self.before = Seen(), self.seen
        return item


def _keys(article: Article) -> list[tuple[str, ...]]:
    address, words = article.canonical_url, article.content_fingerprint
    title = article.title.casefold().split()
    of_words = [(address, words, ""), (words, *title)] if words else []
    return [(address, *title), *of_words]


class StorePipeline(_Pipeline):
    """Saves to the store of the setting TINSACH_STORE (default as in open_store).

    An item is passed on, unchanged, once it is committed together with its visit; changes
    of earlier pipelines are stored. Stats: ``store/new``, ``store/changed``,
    ``store/unchanged``; ``store/forgotten`` of items that are dropped;
    ``articles/not_stored``. A store that fails is logged once and closes the spider with
    the reason ``store_failed``, or ``job_held`` if the run lost its job.
    """

    def open_spider(self) -> None:
        try:
            StoreClient.of(self._crawler).open()
        except StorageError as error:
            logger.error("Nothing can be stored: %s", error)  # noqa: TRY400
            raise CloseSpider(STORE_FAILED) from error

    async def process_item(self, item: _Item) -> _Item:
        frontier = Frontier.of(self._crawler)
        article = self.article_of(item)
        try:
            settled = await frontier.store(article)
        except StorageError as error:
            self._crawler.stats.inc_value("articles/not_stored")
            frontier.give_up(error)
            raise Rejected("not stored") from error
        self._crawler.stats.inc_value(f"store/{settled.outcome}")
        if settled.outcome is Outcome.FORGOTTEN:
            raise Rejected("forgotten")
        return item


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


def _order(crawler: Crawler) -> list[str]:
    chosen = crawler.settings.get_component_priority_dict_with_base("ITEM_PIPELINES")
    names = (
        each if isinstance(each, str) else getattr(each, "__name__", repr(each))
        for each in build_component_list(chosen)
    )
    return [name.rpartition(".")[2] for name in names]
