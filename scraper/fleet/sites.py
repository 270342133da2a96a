"""The sites to crawl, and their order: the one crawled longest ago comes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper import clock
from scraper.crawling.frontier import job_of
from scraper.crawling.spiders import list_sites
from scraper.errors import ConfigurationError
from scraper.urls import NAMES_A_USER, has_user, is_http

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.storage import Store

_ANY = "news"
"""The spider for sites that have none of their own."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """A spider and its arguments; *job* is the name of its crawls in the store."""

    spider: str
    job: str
    arguments: Mapping[str, str] = field(default_factory=dict)


def named(names: Iterable[str], arguments: Mapping[str, str]) -> list[Site]:
    """Return the sites of *names*, which are spiders or URLs, without duplicates.

    *arguments* apply to all of them. Raises ConfigurationError for any other name.
    """
    return _named(names, _homes(), arguments)


def all_of(store: Store, arguments: Mapping[str, str]) -> list[Site]:
    """Return every site with a spider, and those that *store* has crawls of without one."""
    homes = _homes()
    return _named([*homes, *_explored(store)], homes, arguments)


def in_turn(sites: Iterable[Site], store: Store) -> list[Site]:
    """Return *sites* in the order of their last crawls, those never crawled first."""
    began = store.jobs.latest()
    waiting = {job: at for job, at in began.items() if not clock.is_ahead(at)}
    return sorted(sites, key=lambda site: waiting.get(site.job, _NEVER))


def _homes() -> dict[str, str]:
    """Return the site of each spider, if it has one."""
    return {row.spider: row.home for row in list_sites() if row.home}


def _named(
    names: Iterable[str], homes: Mapping[str, str], arguments: Mapping[str, str]
) -> list[Site]:
    sites = (_site(name, homes.get(name), arguments) for name in names)
    return list({site.job: site for site in sites}.values())


def _site(name: str, own: str | None, arguments: Mapping[str, str]) -> Site:
    if own is not None:
        base = arguments.get("portal", "").rstrip("/") or own
        return Site(name, job_of(name, base, own), arguments)
    address = name if "://" in name else f"https://{name}"
    parts = urlsplit(address)
    if not is_http(address) or (address != name and "." not in parts.netloc):
        raise ConfigurationError(
            f"{name} is neither a spider (`tinsach sites` lists them) nor a URL"
        )
    if has_user(address):
        raise ConfigurationError(f"{name} {NAMES_A_USER}")
    home = f"{parts.scheme}://{parts.netloc}".lower()
    return Site(_ANY, job_of(_ANY, home), {**arguments, "site": address})


def _explored(store: Store) -> Iterator[str]:
    for job in store.jobs.latest():
        spider, _, home = job.partition(" ")
        if spider == _ANY and is_http(home):
            yield home
