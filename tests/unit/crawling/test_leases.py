from __future__ import annotations

import pytest

from scraper.crawling.leases import OpenLeases
from scraper.storage import Address, AddressKind, Lease

URL = "https://example.vn/khoa-hoc/"


def lease(kind: AddressKind) -> Lease:
    return Lease(3, Address(URL, kind), visited_at=None)


@pytest.fixture
def leased_again() -> OpenLeases:
    """A page that was visited as an article, settled, and leased again as a section."""
    leases = OpenLeases()
    leases.add([lease(AddressKind.ARTICLE)])
    assert leases.claim(lease(AddressKind.ARTICLE))
    leases.close(3)
    leases.add([lease(AddressKind.SECTION)])
    return leases


def test_a_lease_is_claimed_once(leased_again) -> None:
    assert leased_again.claim(lease(AddressKind.SECTION))
    assert not leased_again.claim(lease(AddressKind.SECTION))


def test_whoever_had_an_address_before_cannot_claim_it_again(leased_again) -> None:
    assert lease(AddressKind.ARTICLE) not in leased_again
    assert not leased_again.claim(lease(AddressKind.ARTICLE))
    assert leased_again.claim(lease(AddressKind.SECTION))
