"""Which sites are crawled, and in which order: the one that has waited longest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scraper.crawling.site_table import list_sites
from scraper.errors import ConfigurationError
from scraper.urls import is_http

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.storage import Store

_ANY = "news"
"""The spider that crawls a site of which nothing is known."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """A spider and its arguments; *job* is what the store calls its crawls."""

    spider: str
    job: str
    arguments: Mapping[str, str] = field(default_factory=dict)


def named(names: Iterable[str], arguments: Mapping[str, str]) -> list[Site]:
    """Return the sites of *names*, spiders or addresses, each once.

    *arguments* are for all of them. Raises ConfigurationError for what is neither.
    """
    known = {row.spider for row in list_sites() if row.home}
    sites = (_site(name, known, arguments) for name in names)
    return list({site.job: site for site in sites}.values())


def all_of(store: Store, arguments: Mapping[str, str]) -> list[Site]:
    """Return every site that has a spider, and those that *store* was filled from without."""
    spiders = [row.spider for row in list_sites() if row.home]
    return named([*spiders, *_explored(store)], arguments)


def in_turn(sites: Iterable[Site], store: Store) -> list[Site]:
    """Return *sites* in the order of their latest crawls, those never crawled first."""
    began = store.jobs.latest()
    return sorted(sites, key=lambda site: began.get(site.job, _NEVER))


def _site(name: str, known: set[str], arguments: Mapping[str, str]) -> Site:
    if name in known:
        portal = arguments.get("portal", "").rstrip("/")
        return Site(name, f"{name} {portal}".strip(), arguments)
    address = name if "://" in name else f"https://{name}"
    parts = urlsplit(address)
    if not is_http(address) or (address != name and "." not in parts.netloc):
        raise ConfigurationError(
            f"{name} is neither a spider (`tinsach sites` lists them) nor an address"
        )
    home = f"{parts.scheme}://{parts.netloc}".lower()
    return Site(_ANY, f"{_ANY} {home}", {**arguments, "site": address})


def _explored(store: Store) -> Iterator[str]:
    for job in store.jobs.latest():
        spider, _, home = job.partition(" ")
        if spider == _ANY and is_http(home):
            yield home
