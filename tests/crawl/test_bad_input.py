"""A portal that misbehaves in every way at once: what is healthy is stored."""

from __future__ import annotations

import gzip

import pytest

FEED = "/tin-moi-nhat.rss"
GOOD = [f"/thoi-su/bai-tot-{n}-2026110110{n:02}00000.htm" for n in range(3)]


def path_of(name: str) -> str:
    return f"/thoi-su/{name}-20261101090000000.htm"


@pytest.fixture(scope="module")
def run(site, crawls, write_article, write_feed, answer):
    """One crawl of three healthy articles among a dozen that are not."""
    bad = {
        "loi-500": [answer("lỗi", status=500)],
        "loi-403": [answer("cấm", status=403)],
        "loi-404": [answer("không có", status=404)],
        "da-go-410": [answer("đã gỡ", status=410)],
        "ban-429": [
            answer("từ từ", status=429, headers={"Retry-After": "1"}),
            answer(write_article("Bài chờ một giây")),
        ],
        "cham": [answer(write_article("Chậm"), stall=30)],
        "pdf": [answer(b"%PDF-1.7 ...", content_type="application/pdf")],
        "pdf-nhu-html": [answer(b"%PDF-1.7 ...")],
        "json": [answer('{"a": 1}', content_type="application/json")],
        "rong": [answer(b"")],
        "nhi-phan": [answer(bytes(range(256)) * 100)],
        "sau": [answer("<html>" + "<div>" * 100_000 + "Sâu")],
        "qua-to": [answer(b"x", declared_length=50_000_000)],
        "qua-to-khi-nen": [
            answer(
                gzip.compress(b"x" * 25_000_000), headers={"Content-Encoding": "gzip"}
            )
        ],
        "cut": [answer(b"<html>", declared_length=1000)],
        "hong-gzip": [
            answer(b"\x1f\x8b\x08damaged", headers={"Content-Encoding": "gzip"})
        ],
        "ra-ngoai": [
            answer(status=302, headers={"Location": "ftp://example.org/a.htm"})
        ],
        "sang-nha-khac": [
            answer(status=302, headers={"Location": "http://example.org/a.htm"})
        ],
    }
    for n, path in enumerate(GOOD):
        site.put(path, write_article(f"Bài tốt số {n}"))
    for name, answers in bad.items():
        site.put(path_of(name), *answers)
    site.put(FEED, write_feed([site.base + p for p in [*map(path_of, bad), *GOOD]]))
    site.put("/kinh-te.rss", "<!DOCTYPE html><html><body>Trang RSS</body></html>")
    return crawls(arguments={"portal": site.base}, timed=[path_of("cham")])


def test_every_healthy_article_is_stored(run, site) -> None:
    assert {site.base + path for path in GOOD} <= set(run.stored())


def test_an_article_behind_429_is_stored_once_the_time_is_over(run, site) -> None:
    path = path_of("ban-429")
    assert site.base + path in run.stored()
    first, second = (at for hit, at in site.times if hit == path)
    assert second - first >= 1


def test_nothing_else_is_stored(run) -> None:
    assert len(run.stored()) == len(GOOD) + 1


@pytest.mark.parametrize(
    ("reason", "count"),
    [
        ("http_403", 1),
        ("http_404", 1),
        ("http_410", 1),
        ("http_500", 1),
        ("timeout", 1),
        ("too_large", 2),
        ("cut_short", 1),
        ("damaged", 1),
        ("redirect", 2),
        ("UndecodablePage", 5),
    ],
)
def test_failures_are_counted_by_reason(run, reason: str, count: int) -> None:
    assert run.report["failed"][reason] == count


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("loi-403", "HTTP 403 Forbidden; the host forbids it"),
        ("loi-404", "HTTP 404 Not Found"),
        ("loi-500", "HTTP 500 Internal Server Error; the host failed"),
        ("cham", "no response in time"),
        ("qua-to", "larger than the limit"),
        ("cut", "the connection ended before the response did"),
        ("hong-gzip", "the compressed response is damaged"),
        ("pdf", "a PDF, not an HTML page"),
        ("pdf-nhu-html", "a PDF, not an HTML page"),
        ("json", "JSON, not an HTML page"),
        ("rong", "empty answer"),
        ("ra-ngoai", "ftp://example.org/a.htm: not http or https"),
        ("sang-nha-khac", "redirects to another site"),
    ],
)
def test_a_failure_is_one_line_with_address_and_reason(run, name, said) -> None:
    lines = [line for line in run.stderr.splitlines() if path_of(name) in line]
    assert any(said in line for line in lines), lines


def test_no_traceback_is_printed(run) -> None:
    assert "Traceback" not in run.stderr


def test_a_feed_that_answers_html_is_counted_and_the_others_are_read(run) -> None:
    assert run.report["source_failures"]["unreadable"] == 1
    assert run.stats["sources/read/feed"] == 1


def test_a_server_error_is_tried_again_and_a_missing_page_is_not(run, site) -> None:
    assert site.count(path_of("loi-500")) == 2
    assert site.count(path_of("loi-404")) == 1


def test_the_client_says_who_it_is(run, site) -> None:
    (agent,) = site.agents
    assert agent.startswith("Mozilla/5.0 (X11; Linux")
    assert "tinsach/" in agent
    assert agent.endswith(" (+mailto:toi@bao.example)")


def test_progress_ends_with_what_was_stored(run) -> None:
    done, queued, stored = run.progress[-1]
    assert (queued, stored) == (0, len(GOOD) + 1)
    assert done >= len(GOOD)


def test_a_run_with_many_failures_is_unhealthy(run) -> None:
    assert (run.status, run.verdict) == (4, "16 of 21 pages failed")


@pytest.mark.slow
def test_a_page_that_takes_too_long_is_quarantined_and_the_others_go_on(
    make_site, new_crawls, write_article, write_feed, heavy_page
) -> None:
    site = make_site()
    addresses = [
        site.put(path_of("nang"), heavy_page),
        site.put(GOOD[0], write_article("Bài tốt")),
    ]
    site.put("/thoi-su.rss", write_feed(addresses))
    run = new_crawls(
        arguments={"portal": site.base, "section": "thoi-su"},
        settings={"TINSACH_READ_TIMEOUT": 0.8},
    )
    assert run.report["quarantined"] == {"ExtractionTimeout": 1}
    assert list(run.stored()) == [addresses[1]]
    assert any((new_crawls.folder / "quarantine").iterdir())


def test_a_store_that_is_no_database_ends_the_crawl_before_it_fetches(
    site, new_crawls, monkeypatch
) -> None:
    path = new_crawls.folder / "notes.txt"
    path.write_text("no database" * 100, "utf-8")
    monkeypatch.setitem(new_crawls.environment, "TINSACH_STORE", f"sqlite:///{path}")
    before = len(site.hits)
    run = new_crawls(arguments={"portal": site.base})
    assert (run.status, run.report["reason"]) == (1, "store_failed")
    assert str(path) in run.stderr
    assert len(site.hits) == before
