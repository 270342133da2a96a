"""Clean articles for the spiders of others: an add-on of Scrapy.

``ADDONS = {"tinsach.TinsachAddon": 500}`` in the settings of a project, or of a
spider, is all: each page that is an article gives an :class:`ArticleItem` beside what the
spider's callback yields, and the callback finds it as ``response.meta["tinsach_article"]``.
See :class:`TinsachAddon` for what can be set.
"""

from __future__ import annotations

from scraper.addon.addon import TinsachAddon
from scraper.addon.items import ArticleItem

__all__ = ["ArticleItem", "TinsachAddon"]
