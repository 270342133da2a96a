"""A fault: what a server does wrong, where, and what a crawl is to make of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from worlds.faults.steps import Step

    Play = Callable[["Addresses"], Iterable[Step]]
    Ends = str | tuple[str, ...]


class Place(StrEnum):
    """What the answer with the fault should have been."""

    PAGE = "page"
    INNER = "redirect into this network"
    FEED = "feed"
    SITEMAP = "sitemap"
    ROBOTS = "robots.txt"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the servers of a crawl listen: the site, one with TLS, one that is not there."""

    base: str
    tls: str
    nobody: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of the table.

    *ends* are the words under which the visit may end: ``read``, or why it failed.
    *guard* is what holds it, *advisory* the published one that it stands for, if any.
    """

    name: str
    place: Place
    does: str
    play: Play
    ends: tuple[str, ...]
    guard: str
    advisory: str = ""
