"""Pages that send on, and the cookies that are set on the way."""

from __future__ import annotations

import pytest

from scraper.crawling.fetch import fetch_results

TARGET = "<html><p>Bài."


def refresh(content: str) -> str:
    return f'<html><meta http-equiv="refresh" content="{content}"><p>Chờ.'


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_a_page_that_sends_on_soon_is_followed(site, answer) -> None:
    site.put("/new", TARGET)
    followed = [
        site.put("/at-once", refresh("0; url=/new")),
        site.put("/soon", refresh("5;URL=new")),
        site.put("/header", answer("<p>x", headers={"Refresh": "0; url=/new"})),
        site.put("/twice", refresh("0; url=/at-once")),
    ]
    stays = [
        site.put("/late", refresh("1800; url=/new")),
        site.put("/itself", refresh("0; url=/itself")),
        site.put("/reload", refresh("5")),
        site.put("/script", refresh("0; url=javascript:x")),
    ]
    answers = fetch_results([*followed, *stays])
    assert [answer.url for answer in answers] == [site.base + "/new"] * 4 + stays
    assert {answer.body for answer in answers[:4]} == {TARGET.encode()}


def test_a_page_that_sends_on_is_refused_what_a_redirect_is(
    site, answer, monkeypatch
) -> None:
    site.put("/a", refresh("0; url=/b"))
    site.put("/b", refresh("0; url=/a"))
    site.put("/inner", refresh("0; url=http://169.254.169.254/latest"))
    site.put("/moved", answer(status=302, headers={"Location": "/inner"}))
    asked = [site.base + path for path in ("/a", "/inner", "/moved")]
    monkeypatch.setenv("TINSACH_ALLOW_PRIVATE", "0")
    monkeypatch.setenv("http_proxy", site.base)
    through = [url.replace(site.base, "http://portal.example.org") for url in asked]
    for path in ("/a", "/b", "/inner", "/moved"):
        site.answers[f"http://portal.example.org{path}"] = site.answers[path]
    refused = [answer.refused for answer in fetch_results(through)]
    assert "max redirections reached" in refused[0]
    assert all("private address" in each for each in refused[1:])


def test_a_cookie_is_sent_along_the_redirects_that_set_it_and_no_further(
    site, answer
) -> None:
    wall = answer(
        status=302, headers={"Location": "/wall", "Set-Cookie": "seen=1; Path=/"}
    )
    step = answer(refresh("0; url=/last"), headers={"Set-Cookie": "step=2; Path=/"})
    cross = answer(
        status=302,
        headers={
            "Location": site.base.replace("127.0.0.1", "localhost") + "/no",
            "Set-Cookie": "own=3; Path=/",
        },
    )
    site.put("/wall", wall, TARGET)
    site.put("/step", step)
    site.put("/last", TARGET)
    site.put("/cross", cross)
    site.put("/no", TARGET)
    site.put("/plain", answer(TARGET, headers={"Set-Cookie": "id=4; Path=/"}), TARGET)
    urls = [f"{site.base}{path}" for path in ("/wall", "/step", "/cross")]
    plain = f"{site.base}/plain"
    answers = fetch_results([*urls, plain, plain])
    sent = site.cookies
    assert answers[0].body == TARGET.encode()
    assert ("/wall", "seen=1") in sent
    assert ("/last", "step=2") in sent
    assert ("/no", None) in sent
    assert {cookie for _, cookie in sent if cookie} == {"seen=1", "step=2"}
