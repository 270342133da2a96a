"""Scrapy settings; named in scrapy.cfg, imported by nobody."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from scrapy.settings.default_settings import EXTENSIONS_BASE as _EXTENSIONS_BASE
from scrapy.utils.conf import closest_scrapy_cfg

from scraper import __version__, clock, configuration, crawling
from scraper.import_path import find_namesake
from scraper.options import (
    BROWSER,
    RENDER,
    SANDBOX,
    current,
    home_folder,
    read,
    read_contact,
)


def _check_project() -> None:
    """Exit if Scrapy means the settings of a project with its own package ``scraper``."""
    project = str(Path(closest_scrapy_cfg() or "/").parent)
    if project in sys.path and (other := find_namesake([project])):
        raise SystemExit(
            f"scrapy: scraper.settings is that of the installed tinsach, not of {other};"
            " rename that package, or install tinsach in another environment"
        )


_check_project()
configuration.apply()

BOT_NAME = "tinsach"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
SPIDER_LOADER_WARN_ONLY = True  # a broken file of the user does not stop the others

# The name of a desktop browser, since portals send others a mobile template, and a contact
# by which a portal reaches the person who runs this crawl.
_CONTACT = read_contact()
USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    f"Chrome/140.0.0.0 Safari/537.36 tinsach/{__version__}"
) + (f" (+{_CONTACT})" if _CONTACT else "")
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "*",
}
# A cookie may switch a portal to its mobile template; RedirectGuard keeps those of redirects.
COOKIES_ENABLED = False

# One request per second and host, fewer if the host is slow.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "tinsach"
ROBOTSTXT_PARSER = "scraper.crawling.middlewares.politeness.BoundedParser"
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 2
CONCURRENT_ITEMS = 4  # tasks for every response; a page gives one article
# Bytes received and not stored yet; above it no request is sent.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 10_000_000
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0

# http and https only, with verified certificates, bounded in size and time.
_HANDLER = "scraper.crawling.connections.VerifyingDownloadHandler"
DOWNLOAD_HANDLERS = {
    "http": _HANDLER,
    "https": _HANDLER,
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024  # before and after decompression
DOWNLOAD_WARNSIZE = 5 * 1024 * 1024
DOWNLOAD_TIMEOUT = 30
METAREFRESH_ENABLED = False  # RefreshMiddleware does it
REDIRECT_MAX_TIMES = crawling.MAX_REDIRECTS
DNS_TIMEOUT = 20
TWISTED_DNS_RESOLVER = "scraper.crawling.connections.PublicResolver"
# Addresses of this network are requested only if this is true.
TINSACH_ALLOW_PRIVATE = read(
    crawling.ALLOW_PRIVATE, os.environ.get(crawling.ALLOW_PRIVATE)
)

# Rendering: sites and hosts, the browser's executable, its sandbox.
TINSACH_RENDER = current(RENDER)
TINSACH_BROWSER = current(BROWSER)
TINSACH_BROWSER_SANDBOX = current(SANDBOX)

# Retries.
RETRY_TIMES = 2
RETRY_PRIORITY_ADJUST = 1  # at once: the first source shows whether a host is down
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the spider logs URL and reason itself
# Seconds of the first pause after a 429 that names none; most seconds that are waited.
TINSACH_RETRY_PAUSE = current("TINSACH_RETRY_PAUSE")
TINSACH_RETRY_AFTER_MAX = current("TINSACH_RETRY_AFTER_MAX")

# Newest first: the priority is the hour, and within it the order of the listing counts.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scraper.crawling.middlewares.guards.UserInfoMiddleware": 50,
    "scraper.crawling.middlewares.politeness.RobotsMiddleware": 100,
    "scraper.crawling.middlewares.rendering.RenderingMiddleware": 540,
    "scraper.crawling.middlewares.politeness.RetryAfterMiddleware": 560,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scraper.crawling.middlewares.guards.RefreshMiddleware": 580,
    "scraper.crawling.middlewares.decoding.DecodingMiddleware": 590,
    "scraper.crawling.middlewares.guards.RedirectGuard": 610,
    "scraper.crawling.middlewares.guards.PrivateAddressGuard": 760,
    "scraper.crawling.middlewares.guards.ProxyNotes": 770,
}
SPIDER_MIDDLEWARES = {"scraper.crawling.frontier.EmptyResults": 0}
# Not switched off by EXTENSIONS, since Scrapy imports what is listed there: .15 s.
EXTENSIONS_BASE = {
    path: order
    for path, order in _EXTENSIONS_BASE.items()
    if path.split(".")[2] not in {"remote_control", "telnet"}
}
EXTENSIONS = {
    "scraper.crawling.replay.Replay": 10,
    "scraper.crawling.reader.Reader": 20,
    "scraper.crawling.reader.SiteModels": 25,
    "scraper.crawling.extensions.Archiver": 27,
    "scraper.crawling.frontier.Frontier": 30,
    "scraper.crawling.extensions.ClockWitness": 50,
    "scraper.crawling.extensions.Pruning": 80,
    "scraper.crawling.extensions.ProgressReporter": 90,
    "scraper.monitoring.recorder.ArticleCounts": 100,
    "scraper.monitoring.recorder.Sameness": 100,
    "scraper.monitoring.recorder.RunRecorder": 110,
}
ITEM_PIPELINES = {
    "scraper.pipelines.ValidatePipeline": 100,
    "scraper.pipelines.DeduplicatePipeline": 200,
    "scraper.pipelines.StorePipeline": 300,
}

# Workers (0: one per core), seconds per page, where pages that hang are kept.
TINSACH_WORKERS = current("TINSACH_WORKERS")
TINSACH_READ_TIMEOUT = current("TINSACH_READ_TIMEOUT")
TINSACH_QUARANTINE = str(home_folder() / "quarantine")

# The archive of raw pages (1: in TINSACH_HOME, else a folder), and the bounds of all that
# grows (0: no limit), see scraper.options.
TINSACH_ARCHIVE = current("TINSACH_ARCHIVE")
TINSACH_KEEP = current("TINSACH_KEEP")
TINSACH_KEEP_PAGES = current("TINSACH_KEEP_PAGES")
TINSACH_KEEP_RUNS = current("TINSACH_KEEP_RUNS")
TINSACH_KEEP_URLS = current("TINSACH_KEEP_URLS")
TINSACH_KEEP_MODELS = current("TINSACH_KEEP_MODELS")

# Output.
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = crawling.FEED_EXPORTERS
LOG_LEVEL = "INFO"
LOG_DATEFORMAT = clock.OF_THE_LOG
LOG_FORMATTER = "scraper.crawling.failures.OneLine"
DEFAULT_DROPITEM_LOG_LEVEL = "INFO"
