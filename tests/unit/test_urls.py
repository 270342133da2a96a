from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.urls import (
    _public_suffixes,
    hosts_of,
    is_http,
    normalise_url,
    site_of,
)


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.com/a", "example.com"),
        ("https://tin.bao.com.vn/a", "bao.com.vn"),
        ("http://127.0.0.1:8000/a", "127.0.0.1"),
        ("http://localhost/a", "localhost"),
        ("", ""),
        ("/only/a/path", ""),
    ],
)
def test_the_site_is_the_registrable_domain_or_the_host(url, site):
    assert site_of(url) == site


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/", True),
        ("https://a.example", True),
        ("HTTPS://A.example/x", True),
        ("ftp://a.example/", False),
        ("//a.example/", False),
        ("/a", False),
        ("https:///a", False),
        ("javascript:void(0)", False),
        ("http://[broken/", False),
        ("", False),
    ],
)
def test_an_address_is_http_where_it_is_absolute_and_has_a_host(url, expected):
    assert is_http(url) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://Bao.Example/A", "https://bao.example/A"),
        ("https://bao.example", "https://bao.example/"),
        ("https://bao.example./a", "https://bao.example/a"),
        ("https://bao.example:443/a", "https://bao.example/a"),
        ("http://bao.example:80/a", "http://bao.example/a"),
        ("https://bao.example:8443/a", "https://bao.example:8443/a"),
        ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a"),
        ("https://bao.example/a#top", "https://bao.example/a"),
        ("https://bao.example/a?utm_source=x&fbclid=y", "https://bao.example/a"),
        (
            "https://bao.example/a?at_format=x&p=2&at_link_id=4",
            "https://bao.example/a?p=2",
        ),
        (
            "https://bao.example/a?icmpid=x&WT.mc_id=2&xtor=RSS-1",
            "https://bao.example/a",
        ),
        ("https://bao.example/a?ref=newsletter&src=twitter", "https://bao.example/a"),
        (
            "https://bao.example/a?partner=rss&emc=rss&mod=rss_home",
            "https://bao.example/a",
        ),
        ("https://bao.example/a?feature=share&referrer=email", "https://bao.example/a"),
        (
            "https://bao.example/a?soc_src=x&soc_trk=y&feedType=RSS&feedName=news&id=4",
            "https://bao.example/a?id=4",
        ),
        (
            "https://bao.example/a?INTCMP=x&trk=y&Echobox=1&_x_tr_sl=vi&gaa_at=z&p=2",
            "https://bao.example/a?p=2",
        ),
        (
            "https://bao.example/a?share=12&partner=ttxvn&mod=view&feature=9&emc=2",
            "https://bao.example/a?share=12&partner=ttxvn&mod=view&feature=9&emc=2",
        ),
        (
            "https://bao.example/a?gbraid=1&srsltid=2&_hsenc=3&id=4",
            "https://bao.example/a?id=4",
        ),
        (
            "https://bao.example/a?ref=4711&source=12&cid=7",
            "https://bao.example/a?ref=4711&source=12&cid=7",
        ),
        (
            "https://bao.example/a?at=1&format=x&ns=3",
            "https://bao.example/a?at=1&format=x&ns=3",
        ),
        (
            "https://bao.example/a?id=7&PHPSESSID=5d41402abc4b2a76b9719d911017c592",
            "https://bao.example/a?id=7",
        ),
        (
            "https://bao.example/a.jsp;jsessionid=1A2B3C?id=7",
            "https://bao.example/a.jsp?id=7",
        ),
        ("https://bao.example/a?sid=1234", "https://bao.example/a?sid=1234"),
        ("https://bao.example/a?p=2&UTM_Medium=x&q=", "https://bao.example/a?p=2&q="),
        ("https://bao.example/a?b=1&a=%C3%A9", "https://bao.example/a?b=1&a=%C3%A9"),
        ("https://bao.example/a?p=1+2", "https://bao.example/a?p=1+2"),
        ("https://bao.example/%C3%A9/../x", "https://bao.example/%C3%A9/../x"),
        (" https://bao.example/a\n", "https://bao.example/a"),
        ("http://[broken/a", "http://[broken/a"),
        ("http://bao.example:port/a", "http://bao.example:port/a"),
    ],
)
def test_an_address_has_one_spelling(url, expected):
    assert normalise_url(url) == expected


def test_the_user_of_an_address_is_no_part_of_its_identity():
    assert normalise_url("https://me:pass@bao.example/a") == "https://bao.example/a"


@given(st.from_regex(r"https?://[a-z0-9.]{1,9}(:\d{1,4})?/[!-~]{0,20}", fullmatch=True))
def test_normalising_twice_changes_nothing(url):
    once = normalise_url(url)
    assert normalise_url(once) == once


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("www.gov.uk", "gov.uk"),
        ("co.uk", "co.uk"),
        ("Www2.NhanDan.vn.", "nhandan.vn"),
        ("a.b.example.github.io", "example.github.io"),
        ("city.kawasaki.jp", "city.kawasaki.jp"),
        ("a.foo.kawasaki.jp", "a.foo.kawasaki.jp"),
        ("báo.xn--p1ai", "báo.xn--p1ai"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("paper.internal", "paper.internal"),
        ("", ""),
    ],
)
def test_a_site_is_one_label_more_than_its_public_suffix(host: str, site: str) -> None:
    assert site_of(f"https://{host}/") == site


def test_the_list_of_suffixes_is_read_as_the_library_reads_it() -> None:
    from courlan import extract_domain

    rules = [rule for rule in sorted(_public_suffixes()) if "/" not in rule and rule]
    for rule in rules[::23]:
        host = "a.example." + rule.replace("*", "star")
        if "!" not in rule:
            assert site_of(f"https://{host}") == extract_domain(f"https://{host}")


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("bao.example", {"bao.example", "www.bao.example"}),
        ("www.bao.example", {"bao.example", "www.bao.example"}),
        ("127.0.0.1", {"127.0.0.1"}),
        ("::1", {"::1"}),
    ],
)
def test_a_name_of_a_site_comes_with_and_without_www_an_address_alone(host, names):
    assert hosts_of(host) == names
