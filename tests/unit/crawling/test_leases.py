from __future__ import annotations

import pytest
from scrapy.http import Response

from scraper.crawling.leases import OpenLeases, hash_of, page_of
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


def answer(body: bytes, content_type: str | None = None) -> Response:
    headers = {"Content-Type": content_type} if content_type else {}
    return Response("http://x/a.htm", body=body, headers=headers)


def test_the_encoding_is_the_headers_alone() -> None:
    body = b'<meta charset="utf-16">'
    assert page_of(answer(body)).encoding is None
    assert page_of(answer(body, "text/html")).encoding is None
    assert page_of(answer(body, "text/html; charset=UTF-8")).encoding == "utf-8"


def test_a_page_has_the_address_the_bytes_and_the_moment() -> None:
    page = page_of(answer(b"<html>", "text/html"))
    assert (page.url, page.body, page.status) == ("http://x/a.htm", b"<html>", 200)
    assert page.content_type == "text/html"
    assert page.fetched_at.tzinfo is not None


@pytest.mark.parametrize("other", [b"<p>Hai tin</p>", b"<p>Tin hay</p>", b""])
def test_a_body_that_differs_has_another_hash(other: bytes) -> None:
    one, same, two = (
        hash_of(Response("https://example.org/", body=body))
        for body in (b"<p>Tin hai</p>", b"<p>Tin hai</p>", other)
    )
    assert one == same != two
    assert len(one) == len(two) == 16
