"""One crawl in this process, with checked settings."""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings, default_settings
from scrapy.spiderloader import get_spider_loader

from scraper.crawling.replay import REPLAY_SETTINGS
from scraper.errors import ConfigurationError, ScraperError
from scraper.options import BY_VARIABLE, is_quiet, nearest, read_switch
from scraper.urls import is_http
from scraper.workers.process import tune_heap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapy import Spider

    from scraper.crawling.extensions import Progress
    from scraper.items import Hint


_MAY_BE_NEGATIVE = ("PRIORITY",)
_LEVEL = "LOG_LEVEL"
_SWITCH = "_ENABLED"
"""The end of the names of switches: Scrapy's default of some is 1, not True."""
_FRACTIONS = frozenset({"DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT", "DNS_TIMEOUT"})
"""Settings that Scrapy reads as fractions although their defaults are whole."""


def checked(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings *given*, with switches as words that Scrapy understands.

    Raises ConfigurationError for an invalid value, and for a name that is nearly one of
    *known*, the settings of the project. Any other name may be a component's setting.
    """
    defaults = {**vars(default_settings), **known}
    _check_names(given, defaults)
    return {name: _checked(name, given[name], defaults.get(name)) for name in given}


def _check_names(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
    for name in given:
        if name in BY_VARIABLE or name in defaults:
            continue
        if meant := nearest(name, {*defaults, *BY_VARIABLE}):
            raise ConfigurationError(f"unknown setting {name}; is {meant} meant?")


def _checked(name: str, value: Any, default: object) -> Any:  # noqa: ANN401
    if name in BY_VARIABLE:
        BY_VARIABLE[name].parse("" if value is None else str(value))
    elif name == _LEVEL:
        return _read_level(value)
    elif isinstance(value, str) and (
        isinstance(default, bool) or name.endswith(_SWITCH)
    ):
        return read_switch(name, value)
    elif isinstance(value, str) and isinstance(default, int | float):
        is_whole = isinstance(default, int) and name not in _FRACTIONS
        _check_number(name, value, is_whole=is_whole)
    elif isinstance(value, str) and isinstance(default, Mapping):
        _check_table(name, value)
    return value


def _check_number(name: str, text: str, *, is_whole: bool) -> None:
    try:
        number = int(text) if is_whole else float(text)
    except ValueError:
        number = math.nan
    least = -math.inf if any(part in name for part in _MAY_BE_NEGATIVE) else 0
    if not math.isfinite(number) or number < least:
        kind = "whole number" if is_whole else "number"
        raise ConfigurationError(f"{name} is {text!r}: write a {kind}, not below 0")


def _check_table(name: str, text: str) -> None:
    try:
        is_table = isinstance(json.loads(text), dict)
    except ValueError:
        is_table = False
    if not is_table:
        raise ConfigurationError(
            f'{name} is {text!r}: write a JSON object, such as {{"key": 1}}'
        )


def _read_level(value: object) -> object:
    """Return the level *value*, as a number if it is one: logging takes no digits as text."""
    if str(value).isdecimal():
        return int(str(value))
    if value is not None and value not in logging.getLevelNamesMapping():
        raise ConfigurationError(
            f"{_LEVEL} is {value!r}: write DEBUG, INFO, WARNING, ERROR or CRITICAL"
        )
    return value


DEFAULT_SETTINGS = "scraper.settings"
_MODULE = "SCRAPY_SETTINGS_MODULE"


def _log_level() -> str:
    return "ERROR" if is_quiet() else "WARNING"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a crawl is run, beside the spider's own arguments.

    *replay* is a folder, manifest or WARC file that replaces the network; *store* is a
    SQLAlchemy URL; *progress* is called at most ten times a second; *log_level* is ERROR
    by default if TINSACH_QUIET is on, else WARNING; *settings* are Scrapy settings that
    take precedence over everything else.
    """

    replay: Path | None = None
    store: str | None = None
    progress: Progress | None = None
    log_level: str = field(default_factory=_log_level)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CrawlOutcome:
    """The stats of a crawl and the reason for which it ended.

    *signal* is the one that interrupted it.
    """

    stats: Mapping[str, Any]
    reason: str
    signal: int | None = None


class _Process(AsyncCrawlerProcess):
    """Scrapy's process, which also keeps the number of the signal that ended it."""

    signal: int | None = None

    def _signal_shutdown(self, signum: int, _: Any) -> None:  # noqa: ANN401
        self.signal = signum
        super()._signal_shutdown(signum, _)


def run_crawl(
    spider_name: str,
    arguments: Mapping[str, str],
    *,
    options: RunOptions | None = None,
) -> CrawlOutcome:
    """Run the spider to its end and return its stats.

    Call it once in a process, in the main thread: Twisted's reactor cannot be started
    twice. Raises ConfigurationError for an unknown spider, argument or replay, before
    anything is fetched, and any ScraperError that prevents the crawl from starting.
    """
    options = options or RunOptions()
    settings = load_settings(options)
    spider = load_spider(spider_name, settings)
    made = spider(**arguments)
    if options.replay is not None:
        _check_replay(options.replay)
    elif portal := getattr(made, "portal", None):
        _check_private(portal.base, settings)
    return _crawl(spider, arguments, settings)


def load_settings(options: RunOptions) -> Settings:
    """Return the project's settings (``SCRAPY_SETTINGS_MODULE``) with *options* applied.

    Raises ConfigurationError for an invalid option or a missing module.
    """
    settings = Settings()
    _load_project(settings)
    settings.set("LOG_LEVEL", options.log_level, "cmdline")
    if options.replay is not None:
        settings.setdict(REPLAY_SETTINGS, "cmdline")
        settings.set("TINSACH_REPLAY", str(options.replay), "cmdline")
    if options.store is not None:
        settings.set("TINSACH_STORE", options.store, "cmdline")
    if options.progress is not None:
        settings.set("TINSACH_PROGRESS", options.progress, "cmdline")
    given = checked(options.settings, settings)
    settings.setdict(given, "cmdline")
    return settings


def _load_project(settings: Settings) -> None:
    """Load the project's settings; raise ConfigurationError if there is no such module."""
    module = os.environ.get(_MODULE) or DEFAULT_SETTINGS
    try:
        settings.setmodule(module, priority="project")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"{_MODULE} is {module}: {error}; install it, or unset the variable"
        ) from error


def load_spider(name: str, settings: Settings | None = None) -> type[Spider]:
    """Return the spider class called *name*.

    Raises ConfigurationError for an unknown name, listing the nearest and all others, and
    for a URL, naming the command that crawls it.
    """
    loader = get_spider_loader(settings or load_settings(RunOptions()))
    try:
        return loader.load(name)
    except KeyError:
        if is_http(name):
            raise ConfigurationError(
                f"{name} is a URL; to crawl it: tinsach crawl news -a site={name}"
            ) from None
        known = sorted(loader.list())
        meant = "".join(
            f"is {each} meant? " for each in get_close_matches(name, known, 1)
        )
        listed = f"{meant}there are {', '.join(known)}"
        raise ConfigurationError(f"no spider {name}; {listed}") from None


def iter_spiders() -> Iterator[type[Spider]]:
    """Yield the spider classes of the project."""
    loader = get_spider_loader(load_settings(RunOptions()))
    return (loader.load(name) for name in loader.list())


def load_hints() -> dict[str, tuple[Hint, ...]]:
    """Return the hints of all spiders by the hosts of their sites."""
    return {
        host: hints
        for spider in iter_spiders()
        if (hints := getattr(spider, "hints", ()))
        for host in getattr(spider, "hosts", ())
    }


def _check_private(base: str, settings: Settings) -> None:
    """Raise ConfigurationError for a site in this network: every page would be refused."""
    from scraper.crawling.connections import is_private_allowed, why_private

    if not is_private_allowed(settings) and (why := why_private(base)):
        raise ConfigurationError(f"{base} {why}")


def _check_replay(path: Path) -> None:
    if not path.exists():
        raise ConfigurationError(
            f"{path}: no such file or folder; give saved pages or a WARC file"
        )


def _crawl(
    spider: type[Spider], arguments: Mapping[str, str], settings: Settings
) -> CrawlOutcome:
    tune_heap()
    process = _Process(settings)
    crawler = process.create_crawler(spider)
    task = process.crawl(crawler, **arguments)
    process.start()
    if task.done() and not task.cancelled() and (error := task.exception()):
        raise _as_ours(error)
    stats = dict(crawler.stats.get_stats())
    reason = str(stats.get("finish_reason", "shutdown"))
    return CrawlOutcome(stats, reason, process.signal)


def _as_ours(error: BaseException) -> BaseException:
    if isinstance(error, ScraperError):
        return error
    return ScraperError(f"the crawl could not start: {error}")
