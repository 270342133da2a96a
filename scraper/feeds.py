"""Articles in Scrapy's feeds: the record that ``tinsach export`` writes.

Scrapy's exporters, and pipelines that use ``ItemAdapter(item)``, see an article through
:class:`ArticleAdapter`; JSON, pickle and marshal need no more. CSV and XML hold no nested
values, so they have their own exporters. Other items are exported as Scrapy does.
"""

from __future__ import annotations

import re
from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Any

from itemadapter import ItemAdapter
from itemadapter.adapter import AdapterInterface
from scrapy.exporters import CsvItemExporter, XmlItemExporter

from scraper.exports.csv_table import cell
from scraper.items import Article
from scraper.schema import FLAT, OMITTED, flatten
from scraper.text import harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = frozenset({"schema_version", "canonical_url"})
"""Fields by which a dictionary is recognised as the record of an article."""
_NOT_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 (section 2.2) forbids beside control characters and surrogates."""


class ArticleAdapter(AdapterInterface):
    """The fields of :meth:`Article.to_dict`; an article is not changed in place."""

    item: Article

    @classmethod
    def is_item_class(cls, item_class: type) -> bool:
        return issubclass(item_class, Article)

    @cached_property
    def _record(self) -> dict[str, Any]:
        return self.item.to_dict()

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401  any field of the record
        return self._record[name]

    def __setitem__(self, name: str, value: object) -> None:
        raise TypeError(_frozen(name))

    def __delitem__(self, name: str) -> None:
        raise TypeError(_frozen(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)


def register_adapter() -> None:
    """Make every ItemAdapter of this process use :class:`ArticleAdapter`."""
    known = ItemAdapter.ADAPTER_CLASSES
    if ArticleAdapter not in known:
        ItemAdapter.ADAPTER_CLASSES = deque((ArticleAdapter, *known))


class CsvFeed(CsvItemExporter):
    """Writes articles with the columns and cells of ``tinsach export --format csv``.

    Columns that a pipeline added to an article come last. FEED_EXPORT_FIELDS wins; a
    nested field that it names is JSON text.
    """

    def export_item(self, item: object) -> None:
        record = _record_of(item)
        if record:
            record = flatten(record)
        if record and self._headers_not_written and self.fields_to_export is None:
            added = (name for name in record if name not in OMITTED)
            self.fields_to_export = list(dict.fromkeys([*FLAT, *added]))
        super().export_item(
            {name: cell(value) for name, value in record.items()} or item
        )


class XmlFeed(XmlItemExporter):
    """Writes an element per field: unknown values are empty, booleans true or false."""

    def export_item(self, item: object) -> None:
        record = _record_of(item)
        super().export_item(_as_text(record) if record else item)


def _record_of(item: object) -> dict[str, Any]:
    """Return the record of *item*; {} if it is neither an article nor a record."""
    adapter = ItemAdapter(item)
    return dict(adapter) if adapter.keys() >= _MARKS else {}


def _as_text(value: Any) -> Any:  # noqa: ANN401  any value of the record
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case dict():
            return {name: _as_text(each) for name, each in value.items()}
        case list():
            return [_as_text(each) for each in value]
        case str():
            return _NOT_XML.sub("", harmless(value))
        case _:
            return str(value)


def _frozen(name: str) -> str:
    return f"an article is frozen: use dataclasses.replace(item, {name}=…)"
