"""What the add-on puts into the settings; those of the user count."""

from __future__ import annotations

import logging
import sys
from functools import cache
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from scraper.addon.items import ArticlesMiddleware
from scraper.addon.reading import AddonModels, ReadingMiddleware
from scraper.crawling import FEED_EXPORTERS
from scraper.crawling.reader import Reader
from scraper.feeds import register_adapter
from scraper.import_path import find_namesake

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_logger = logging.getLogger(__name__)
DEFAULTS = {
    "TINSACH_ADDON_ALL": True,
    "TINSACH_ADDON_ITEMS": True,
    "TINSACH_ADDON_LEARN": True,
}
_COMPONENTS = (
    # Last of all that see an answer: it is decoded, no redirect, not tried again.
    ("DOWNLOADER_MIDDLEWARES", ReadingMiddleware, 10),
    # Beyond the middlewares that look at what the spider yields.
    ("SPIDER_MIDDLEWARES", ArticlesMiddleware, 20),
    ("EXTENSIONS", Reader, 20),
    ("EXTENSIONS", AddonModels, 25),
)


class TinsachAddon:
    """Reads every HTML page of a crawl, and adds its article where it is one.

    Settings: ``TINSACH_ADDON_ALL`` False: only requests with ``meta["tinsach"]`` True are
    read; else all but those with False. ``TINSACH_ADDON_ITEMS`` False: articles are in
    ``response.meta`` alone. ``TINSACH_ADDON_LEARN`` False: each page is read by itself;
    else a model of its site is learned as the crawl goes, in memory, or kept for the next
    one in the store that ``TINSACH_STORE`` names. Those of
    :class:`~scraper.crawling.reader.Reader` hold too: workers, time-out, quarantine.

    Stats: ``tinsach/articles``, ``tinsach/passed_over/<fault>`` and
    ``tinsach/failed/<error class>``, and those of the model.
    """

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:
        """Warn of a namesake before the spiders, which may import it, are loaded."""
        _warn_of_namesake()

    def update_settings(self, settings: BaseSettings) -> None:
        _warn_of_namesake()
        reactor = str(settings["TWISTED_REACTOR"])
        if "asyncio" not in reactor:
            raise NotConfigured(
                f"pages are read on asyncio, and TWISTED_REACTOR is {reactor}:"
                " leave it as Scrapy has it"
            )
        for name, value in DEFAULTS.items():
            settings.set(name, value, "addon")
        for name, component, order in _COMPONENTS:
            settings.setdefault_in_component_priority_dict(name, component, order)
        for name, exporter in FEED_EXPORTERS.items():
            settings["FEED_EXPORTERS"].setdefault(name, exporter, "addon")
        register_adapter()


@cache
def _warn_of_namesake() -> None:
    if other := find_namesake(sys.path):
        _logger.warning(
            "in this process `import scraper` is tinsach, not %s: rename that one if the"
            " project needs it",
            other,
        )
