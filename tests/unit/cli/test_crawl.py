from __future__ import annotations

import json
import os
import signal
import socket
import time
import urllib.request
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from scraper.options import NO_CONTACT
from scraper.storage import open_store
from tests.unit.cli.kit import Result, run_apart, start

if TYPE_CHECKING:
    from pathlib import Path

FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=False")


def crawl(*arguments: object) -> Result:
    return run_apart("crawl", "baotintuc", *FAST, *arguments)


def test_new_articles_are_stored_and_a_second_run_says_nothing_new(
    home, replica
) -> None:
    portal = ("-a", f"portal={replica.base}")
    first = crawl(*portal, "--workers", "1")
    assert (first.code, first.err) == (0, "")
    assert "baotintuc: done" in first.out
    with open_store(create=False) as store:
        assert store.count() == len(replica.portal)
    second = crawl(*portal)
    assert second.code == 3
    assert second.err == "tinsach: baotintuc: nothing new\n"
    with open_store(create=False) as store:
        assert store.count() == len(replica.portal)


def test_a_crawl_that_reads_no_page_starts_no_workers(home, replica) -> None:
    portal = ("-a", f"portal={replica.base}", "-s", "LOG_LEVEL=DEBUG")
    assert "reading in 1 processes" in crawl(*portal, "--workers", "1").err
    crawl(*portal)  # visits the sections again
    quiet = crawl(*portal)
    assert "no URL was due" in quiet.err
    assert "reading in" not in quiet.err


def test_the_first_crawl_asks_for_a_contact_and_the_second_does_not(
    home, replica, monkeypatch
) -> None:
    monkeypatch.delenv("TINSACH_CONTACT")
    portal = ("-a", f"portal={replica.base}", "--limit", 1)
    first = crawl(*portal)
    assert (first.code, first.err) == (0, f"tinsach: {NO_CONTACT}\n")
    assert crawl(*portal).err == ""
    monkeypatch.setenv("TINSACH_CONTACT", "toi@bao.example")
    assert crawl(*portal, "--store", "b.db").err == ""


def test_a_setting_names_the_store_as_the_option_does(home) -> None:
    crawl = ("crawl", "baotintuc", "-a", "portal=http://127.0.0.1:9", "-a", "limit=1")
    quick = ("-s", "RETRY_TIMES=0", "-s", "TINSACH_ALLOW_PRIVATE=1")
    result = run_apart(*crawl, *quick, "-s", "TINSACH_STORE=other.db")
    assert result.code == 4, result.err
    assert (home / "other.db").exists()


def test_a_site_in_this_network_is_refused_once_and_before_all_else(
    home, replica, monkeypatch
) -> None:
    monkeypatch.setenv("TINSACH_ALLOW_PRIVATE", "0")
    result = crawl("-a", f"portal={replica.base}")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        f"tinsach: {replica.base} is a private address; --allow-private or"
        " TINSACH_ALLOW_PRIVATE=1 permits requests to it\n"
    )
    assert not (home / "tinsach-home").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["-a", "sit=https://bao.example"],
            "unknown argument sit; news needs a site: ",
        ),
        ([], "news needs a site: write -a site=https://example.com"),
        (["-a", "site=ftp://x"], "site=ftp://x is not a URL"),
        (["-a", "site=bao.example", "-a", "sit=x"], "unknown argument sit; valid are "),
    ],
)
def test_news_names_the_argument_that_is_wrong(home, arguments, said) -> None:
    result = run_apart("crawl", "news", *arguments)
    assert result.code == 2
    assert result.err.splitlines()[-1].startswith(f"tinsach: {said}")


def test_the_store_may_be_another_file(home, replica) -> None:
    result = crawl("-a", f"portal={replica.base}", "--limit", 2, "--store", "b.db")
    assert result.code == 0
    assert not (home / "tinsach-home" / "articles.db").exists()
    with open_store(f"sqlite:///{home / 'b.db'}", create=False) as store:
        assert store.count() == 2


def test_saved_pages_stand_in_for_the_network(home, replica) -> None:
    manifest = save_pages(home, [replica.portal.truth(n).url for n in range(3)])
    result = crawl("--replay", manifest, "-a", f"portal={replica.base}")
    assert (result.code, result.err) == (0, "")
    with open_store(create=False) as store:
        assert store.count() == 3


def save_pages(folder: Path, urls: list[str]) -> Path:
    manifest = folder / "saved.jsonl"
    with manifest.open("w", encoding="utf-8") as file:
        for number, url in enumerate(urls):
            with urllib.request.urlopen(url) as answer:
                (folder / f"{number}.html").write_bytes(answer.read())
            entry = {"id": number, "url": url, "path": f"{number}.html"}
            file.write(json.dumps(entry) + "\n")
    return manifest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "no spider nowhere; there are baotintuc"),
        (["https://example.org"], "tinsach crawl news -a site=https://example.org"),
        (["baotintuc", "-a", "limit"], "-a limit: write it as key=value"),
        (["baotintuc", "-a", "limit=x"], "limit=x is not a number above 0"),
        (
            ["baotintuc", "--limit", "2", "-a", "limit=3"],
            "are the same option: give one",
        ),
        (["baotintuc", "-a", "section=x"], "unknown section x; valid are "),
        (["baotintuc", "--replay", "none"], "none: no such file or folder"),
    ],
)
def test_an_argument_that_makes_no_sense_exits_2(
    tinsach, arguments: list[str], message: str
) -> None:
    result = tinsach("crawl", *arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err


def test_a_portal_that_cannot_be_reached_exits_4(home) -> None:
    result = crawl("-a", "portal=http://127.0.0.1:9", "-s", "RETRY_ENABLED=False")
    assert result.code == 4
    assert "tinsach: baotintuc: the portal cannot be reached" in result.err


def test_a_store_that_is_no_database_exits_1(home, replica) -> None:
    (home / "b.db").write_bytes(b"no database" * 100)
    result = crawl("-a", f"portal={replica.base}", "--store", "b.db")
    assert result.code == 1
    assert "b.db" in result.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_run_ends_loses_no_report_of_it(home, number) -> None:
    """It comes while an alert is sent; Scrapy stops the engine without waiting for that."""
    with socket.create_server(("127.0.0.1", 0)) as api:
        env = {
            "TINSACH_ALERTS": f"json://127.0.0.1:{api.getsockname()[1]}/",
            "TINSACH_ALLOW_PRIVATE": "1",
        }
        with start("crawl", "news", "-a", "site=http://127.0.0.1:9", env=env) as child:
            api.settimeout(30)
            asked, _ = api.accept()
            child.send_signal(number)
            time.sleep(1)
            asked.close()
            _, err = child.communicate(timeout=60)
    assert b"Traceback" not in err
    assert child.returncode == 4
    assert "no source could be read" in run_apart("runs", "list").out


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
def test_a_signal_ends_a_crawl_in_order(home, replica, number, code) -> None:
    told = (
        "-a",
        f"portal={replica.base}",
        *FAST,
        "-s",
        "LOG_LEVEL=DEBUG",
        "-s",
        "DOWNLOAD_DELAY=0.2",
    )
    with start("crawl", "baotintuc", *told, start_new_session=True) as child:
        answers = (line for line in child.stderr if b"Crawled (200)" in line)
        assert len(list(islice(answers, 2))) == 2
        os.killpg(child.pid, number)
        _, err = child.communicate(timeout=300)
    assert child.returncode == code
    assert b"Traceback" not in err
