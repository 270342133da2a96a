"""The leases that a crawl has handed out and not settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.storage import AddressKind, Lease

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from scraper.storage import Visit


def lease_of(origin: Response | Failure | Request | None) -> Lease | None:
    """Return the lease that *origin*, or the request that it belongs to, carries."""
    request = getattr(origin, "request", None) or origin
    carried = getattr(request, "cb_kwargs", None) or {}
    lease = carried.get("lease")
    return lease if isinstance(lease, Lease) else None


@dataclass(slots=True)
class _Open:
    """*visit* is what the lease is settled with once its article is stored."""

    lease: Lease
    visit: Visit | None = None
    is_claimed: bool = False
    is_lost: bool = False


class OpenLeases:
    """Leases by position, each claimed by the one component that settles it.

    A lease is lost if nothing in the crawl works on it any more; it can still be claimed.
    """

    def __init__(self) -> None:
        self._open: dict[int, _Open] = {}

    def __len__(self) -> int:
        """Count the leases that are worked on."""
        return sum(not each.is_lost for each in self._open.values())

    def __contains__(self, lease: Lease) -> bool:
        found = self._find(lease)
        return found is not None and not found.is_lost

    def count_articles(self) -> int:
        """Count the leases of articles that are worked on."""
        return sum(
            each.lease.address.kind is AddressKind.ARTICLE and not each.is_lost
            for each in self._open.values()
        )

    def add(self, leases: Iterable[Lease]) -> None:
        self._open |= {lease.position: _Open(lease) for lease in leases}

    def keep(self, lease: Lease, visit: Visit) -> None:
        """Let *lease* be settled with *visit* once its article is stored."""
        self._open.setdefault(lease.position, _Open(lease)).visit = visit

    def claim(self, lease: Lease) -> bool:
        """Return True for the first who claims *lease*, if it is open."""
        found = self._find(lease)
        if found is None or found.is_claimed:
            return False
        found.is_claimed = True
        return True

    def kept(self, lease: Lease) -> Visit | None:
        """Return the visit that waits for the article of *lease*, if there is one."""
        found = self._find(lease)
        return found.visit if found else None

    def claim_article(self, url: str) -> Visit | None:
        """Claim the lease whose page gave the article at *url*; return its visit.

        The address tells, not the object: a pipeline may pass on a changed copy.
        """
        for each in self._open.values():
            article = each.visit.article if each.visit else None
            if article is not None and article.url == url and self.claim(each.lease):
                return each.visit
        return None

    def close(self, position: int) -> None:
        self._open.pop(position, None)

    def lose(self) -> bool:
        """Mark as lost what nobody has claimed; return True if there is such a lease."""
        found = [e for e in self._open.values() if not e.is_claimed and not e.is_lost]
        for each in found:
            each.is_lost = True
        return bool(found)

    def lost(self) -> list[Lease]:
        return [each.lease for each in self._open.values() if each.is_lost]

    def unclaimed(self) -> list[Lease]:
        """Return the leases that nobody has claimed, the lost ones too."""
        return [each.lease for each in self._open.values() if not each.is_claimed]

    def _find(self, lease: Lease) -> _Open | None:
        """Return what is open of *lease*.

        An address that was settled may be leased once more meanwhile, as a page that was
        visited as an article and is a section.
        """
        found = self._open.get(lease.position)
        return found if found and found.lease == lease else None
