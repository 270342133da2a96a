"""Every fault ends under its word, and what comes after it is stored."""

from __future__ import annotations

import pytest

from worlds.certificate import write_certificate
from worlds.faults.catalogue import FAULTS, of
from worlds.faults.crawl import PORTAL, SECRETS, crawl, fetch
from worlds.faults.fault import Place
from worlds.faults.server import serving

IN_A_CRAWL = of(Place.PAGE, Place.FEED, Place.SITEMAP)
MOST_MIB = 250
"""Above a crawl without faults, of one that meets them all with pages of 15 MB on their way.

One fault takes 36 at most (``bench faults``); without the bounds they take 1,100.
"""
SOON = {
    "DOWNLOAD_TIMEOUT": 2,
    "TINSACH_READ_TIMEOUT": 60.0,
    "TINSACH_RETRY_AFTER_MAX": 0.3,
    "TINSACH_RETRY_PAUSE": 0.1,
    "CONCURRENT_REQUESTS": 1,
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory, certificate):
    """One crawl that meets them all, and the server that it met."""
    with serving(IN_A_CRAWL, certificate) as server:
        folder = tmp_path_factory.mktemp("faults")
        yield crawl(server, IN_A_CRAWL, folder, settings=SOON), server


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    """A crawl of a site without faults."""
    with serving([]) as server:
        yield crawl(server, [], tmp_path_factory.mktemp("healthy"), settings=SOON)


@pytest.mark.slow
@pytest.mark.parametrize("fault", IN_A_CRAWL, ids=lambda fault: fault.name)
def test_a_fault_is_told_and_the_next_page_is_stored(crawled, fault) -> None:
    crawl, server = crawled
    assert server.first_asked(fault)
    assert crawl.end_of(fault)[0] in fault.ends
    assert crawl.has_next(fault)
    if fault.ends == ("read",) and fault.place is Place.PAGE:
        assert crawl.has_own(fault)


@pytest.mark.slow
def test_no_fault_takes_much_memory(crawled, healthy) -> None:
    assert crawled[0].peak_mib - healthy.peak_mib < MOST_MIB


@pytest.mark.slow
def test_nothing_of_this_machine_goes_out(crawled) -> None:
    asked = b"".join(crawled[1].received)
    for secret in SECRETS:
        assert secret not in asked


@pytest.mark.slow
def test_every_page_that_was_asked_for_is_accounted_for(crawled) -> None:
    assert crawled[0].report.unaccounted == 0


@pytest.mark.slow
def test_no_traceback_is_shown(crawled) -> None:
    assert "Traceback" not in crawled[0].said


@pytest.mark.slow
@pytest.mark.parametrize("fault", of(Place.ROBOTS), ids=lambda fault: fault.name)
def test_pages_are_asked_for_unless_robots_txt_is_unreachable(tmp_path, fault) -> None:
    with serving([fault]) as server:
        crawled = crawl(server, [fault], tmp_path, settings=SOON)
        assert server.first_asked(fault)
    assert crawled.end_of(fault)[0] in fault.ends
    assert crawled.goes_on(fault)
    assert "Traceback" not in crawled.said


@pytest.fixture(scope="module")
def refusals():
    faults = of(Place.INNER)
    with serving(faults, name=PORTAL) as server:
        yield fetch(server, faults, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("fault", of(Place.INNER), ids=lambda fault: fault.name)
def test_no_redirect_leads_into_this_network(refusals, fault) -> None:
    assert "private address" in refusals[fault.name]


def test_every_fault_has_a_row_in_the_docs(project) -> None:
    page = (project / "docs" / "reliability.md").read_text("utf-8")
    rows = {line.split()[1] for line in page.splitlines() if line.startswith("| ")}
    assert {fault.name for fault in FAULTS} <= rows
