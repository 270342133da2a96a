"""Hosts that cannot be reached, certificates, proxies, robots.txt."""

from __future__ import annotations

import gzip
import itertools
import json
import ssl
import subprocess

import pytest

from tests.warm import COLD
from worlds.certificate import write_certificate

PORTAL = "http://portal.example.org"
ARTICLE = "/thoi-su/bai-20261101100000000.htm"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(site, certificate):
    """The site behind TLS, with an article in its feed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site.server.socket = context.wrap_socket(site.server.socket, server_side=True)
    site.base = site.base.replace("http:", "https:")
    return site


@pytest.fixture
def site(make_site):
    """A site of its own for each test."""
    return make_site()


@pytest.fixture
def crawls(new_crawls):
    return new_crawls


def test_a_host_that_refuses_connections_is_unreachable(crawls) -> None:
    run = crawls(arguments={"portal": "http://127.0.0.1:9"})
    assert (run.status, run.verdict) == (4, "the portal cannot be reached")
    assert "the host refuses connections" in run.stderr
    assert set(run.report["source_failures"]) == {"refused"}
    assert run.report["pages"] == 0


@pytest.mark.slow
def test_a_name_that_does_not_resolve_is_unreachable(crawls) -> None:
    run = crawls(arguments={"portal": "http://portal.invalid"})
    assert (run.status, run.verdict) == (4, "the portal cannot be reached")
    assert "the host name cannot be resolved" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_certificate_nobody_vouches_for_is_refused(crawls, secure) -> None:
    run = crawls(arguments={"portal": secure.base})
    assert (run.status, run.verdict) == (4, "the portal cannot be reached")
    assert "the TLS handshake failed (certificate verify failed)" in run.stderr
    assert secure.hits == []


def test_a_certificate_that_is_vouched_for_is_taken(
    crawls, secure, certificate, monkeypatch, write_article, write_feed
) -> None:
    address = secure.put(ARTICLE, write_article("Bài sau TLS"))
    secure.put("/tin-moi-nhat.rss", write_feed([address]))
    monkeypatch.setitem(crawls.environment, "SSL_CERT_FILE", str(certificate))
    run = crawls(arguments={"portal": secure.base})
    assert address in run.stored()


def test_the_proxy_of_the_environment_is_asked(
    crawls, site, monkeypatch, write_article, write_feed
) -> None:
    site.put(PORTAL + ARTICLE, write_article("Bài qua proxy"))
    site.put(PORTAL + "/tin-moi-nhat.rss", write_feed([PORTAL + ARTICLE]))
    monkeypatch.setitem(crawls.environment, "http_proxy", site.base)
    run = crawls(arguments={"portal": PORTAL})
    assert PORTAL + ARTICLE in run.stored()
    assert all(path.startswith(PORTAL) for path in site.hits)


def test_a_redirect_from_outside_into_this_network_is_refused(
    crawls, site, monkeypatch, answer, write_feed
) -> None:
    target = site.base + "/secret.htm"
    site.put(PORTAL + ARTICLE, answer(status=302, headers={"Location": target}))
    site.put(PORTAL + "/tin-moi-nhat.rss", write_feed([PORTAL + ARTICLE]))
    monkeypatch.setitem(crawls.environment, "http_proxy", site.base)
    monkeypatch.setitem(crawls.environment, "TINSACH_ALLOW_PRIVATE", "0")
    run = crawls(arguments={"portal": PORTAL})
    assert run.report["failed"] == {"redirect": 1}
    assert "redirects to another site" in run.stderr
    assert not [path for path in site.hits if "secret" in path]


# What the system's resolver answers for names that have addresses of IPv6.
_RESOLVER = """
import runpy, socket
answers = {"six.example": ["::1"], "both.example": ["93.184.215.14", "fd00::1"],
           "public.example": ["2606:2800:21f::1"]}
real = socket.getaddrinfo
def look_up(host, *rest, **options):
    found = [real(each, *rest, **options) for each in answers.get(host, [host])]
    return sum(found, [])
socket.getaddrinfo = look_up
runpy.run_module("scraper.crawling.download_process", run_name="__main__")
"""


def test_a_name_of_ipv6_alone_leads_through_no_proxy_into_this_network(
    site, crawls
) -> None:
    urls = [f"http://{name}.example/tin.htm" for name in ("six", "both", "public")]
    site.put(urls[2], "<p>Tin")
    done = subprocess.run(
        [COLD, "-c", _RESOLVER],
        input="\n".join(
            json.dumps(record)
            for record in (
                {"timeout": 30, "settings": {}},
                *(
                    {"number": n, "url": url, "at_once": True}
                    for n, url in enumerate(urls)
                ),
            )
        ),
        env=crawls.environment
        | {"http_proxy": site.base, "TINSACH_ALLOW_PRIVATE": "0"},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    refused = "".join(sorted(done.stdout.splitlines()))
    assert "six.example resolves to the private address ::1;" in refused
    assert "both.example resolves to the private address fd00::1;" in refused
    assert set(site.hits) == {urls[2]}


def test_what_robots_txt_forbids_is_not_asked_for(
    crawls, site, write_article, write_feed
) -> None:
    hidden = "/thoi-su/kin-20261101100000000.htm"
    site.put("/robots.txt", "User-agent: *\nDisallow: /thoi-su/kin-\n")
    addresses = [site.put(p, write_article(p)) for p in (ARTICLE, hidden)]
    site.put("/tin-moi-nhat.rss", write_feed(addresses))
    run = crawls(arguments={"portal": site.base})
    assert hidden not in site.hits
    assert ARTICLE in site.hits
    assert run.report["failed"] == {"robots": 1}
    assert site.hits[0] == "/robots.txt"


def test_a_robots_txt_that_is_unreachable_forbids_all_until_the_next_run(
    crawls, site, answer, write_article, write_feed
) -> None:
    address = site.put(ARTICLE, write_article("Bài"))
    site.put("/tin-moi-nhat.rss", write_feed([address]))
    site.put("/robots.txt", answer("Disallow:", status=503))
    first = crawls(arguments={"portal": site.base})
    assert set(site.hits) == {"/robots.txt"}
    assert first.status == 4
    assert (
        first.verdict == "its robots.txt is unreachable, and so nothing was asked for"
    )
    assert "/robots.txt: HTTP 503 Service Unavailable; the host failed" in first.stderr
    site.put("/robots.txt", answer("", status=404))
    assert address in crawls.later(minutes=10)(arguments={"portal": site.base}).stored()


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Content-Encoding": "gzip"}, "the compressed response is damaged"),
        ({"Location": "file:///robots.txt"}, "redirects to file:///robots.txt"),
    ],
    ids=["damaged", "nowhere"],
)
def test_a_robots_txt_that_cannot_be_read_is_no_permission(
    crawls, site, answer, write_feed, headers, why
) -> None:
    site.put("/tin-moi-nhat.rss", write_feed([]))
    status = 302 if "Location" in headers else 200
    body = gzip.compress(b"User-agent: *\nDisallow: /\n")[:-9]
    site.put("/robots.txt", answer(body, status=status, headers=headers))
    run = crawls(arguments={"portal": site.base})
    assert set(site.hits) == {"/robots.txt"}
    assert run.status == 4
    assert f"robots.txt: {why}" in run.stderr


def test_the_rules_of_a_robots_txt_on_another_site_hold(
    crawls, site, answer, write_article, write_feed, make_site
) -> None:
    address = site.put(ARTICLE, write_article("Bài"))
    site.put("/tin-moi-nhat.rss", write_feed([address]))
    other = make_site()
    other.put("/robots.txt", "User-agent: *\nDisallow: /thoi-su/\n")
    target = other.base.replace("127.0.0.1", "localhost") + "/robots.txt"
    site.put("/robots.txt", answer(status=302, headers={"Location": target}))
    run = crawls(arguments={"portal": site.base})
    assert ARTICLE not in site.hits
    assert run.report["failed"] == {"robots": 1}


def test_whoever_does_not_obey_robots_txt_does_not_ask_for_it(
    crawls, site, answer, write_article, write_feed
) -> None:
    address = site.put(ARTICLE, write_article("Bài"))
    site.put("/tin-moi-nhat.rss", write_feed([address]))
    site.put("/robots.txt", answer("", status=503))
    run = crawls(arguments={"portal": site.base}, settings={"ROBOTSTXT_OBEY": False})
    assert address in run.stored()
    assert "/robots.txt" not in site.hits


@pytest.mark.slow
def test_one_request_a_second_is_the_default(
    crawls, site, write_article, write_feed
) -> None:
    address = site.put(ARTICLE, write_article("Bài"))
    site.put("/thoi-su.rss", write_feed([address]))
    defaults = {"AUTOTHROTTLE_ENABLED": True, "DOWNLOAD_DELAY": 1}
    crawls(
        arguments={"portal": site.base, "section": "thoi-su", "limit": "1"},
        settings=defaults,
    )
    moments = [at for _, at in site.times]
    gaps = [later - at for at, later in itertools.pairwise(moments)]
    assert len(gaps) >= 2
    assert min(gaps) > 0.9


@pytest.mark.slow
def test_a_page_that_failed_gives_its_place_under_the_limit_to_the_next(
    crawls, site, answer, write_article, write_feed
) -> None:
    days = [f"/thoi-su/b-202611{day:02}100000000.htm" for day in (9, 8, 7, 6)]
    bad = [answer("", status=404), answer(b"%PDF-1", content_type="application/pdf")]
    good = [answer(write_article(day)) for day in days[2:]]
    addresses = [site.put(d, a) for d, a in zip(days, bad + good, strict=True)]
    site.put("/thoi-su.rss", write_feed(addresses))
    run = crawls(
        arguments={"portal": site.base, "section": "thoi-su", "limit": "1"},
        settings={"CONCURRENT_REQUESTS": 1},
    )
    asked = [path for path in site.hits if path in days]
    assert asked == days[:3]
    assert run.report["new"] == 1
