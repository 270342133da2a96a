from __future__ import annotations

import io
import json

import pytest

from scraper.cli import fetch
from scraper.cli.arguments import PageFormat
from scraper.crawling import downloader
from scraper.items import Kind
from tests.unit.cli.kit import make_article


def test_text_is_what_is_printed(tinsach, replica) -> None:
    truth = replica.portal.truth(0)
    result = tinsach("fetch", truth.url)
    assert (result.code, result.err) == (0, "")
    assert truth.title in result.out
    assert truth.lead in result.out


def test_json_is_one_object_for_other_tools(tinsach, replica) -> None:
    truth = replica.portal.truth(1)
    record = json.loads(tinsach("fetch", truth.url, "--format", "json").out)
    assert (record["url"], record["title"]) == (truth.url, truth.title)


def test_markdown_and_html_are_formats_too(tinsach, replica) -> None:
    url = replica.portal.truth(0).url
    assert tinsach("fetch", url, "-f", "markdown").out.startswith("# ")
    assert "<article" in tinsach("fetch", url, "-f", "html").out


def test_links_and_images_are_kept_when_asked_for(tinsach, replica) -> None:
    url = replica.portal.truth(3).url
    asked = ("fetch", url, "-f", "markdown")
    plain = tinsach(*asked).out
    assert "](" not in plain
    links, images = tinsach(*asked, "--links").out, tinsach(*asked, "--images").out
    assert (links.count("[") - links.count("\\["), "![" in links) == (1, False)
    (line,) = [line for line in images.split("\n") if line.startswith("![")]
    assert images.replace(f"{line}\n\n", "") == plain


def test_text_holds_no_links_and_is_not_fetched(tinsach) -> None:
    result = tinsach("fetch", "http://127.0.0.1:9/tin.htm", "--links")
    assert (result.code, result.out) == (2, "")
    assert "text holds no links: use --format html, json or markdown" in result.err


def test_a_listing_is_told_on_standard_error(tinsach, replica) -> None:
    result = tinsach("fetch", f"{replica.base}/thoi-su-472ct0.htm")
    assert (result.code, result.out) == (1, "")
    assert "thoi-su-472ct0.htm is a listing" in result.err


def test_json_of_a_listing_says_its_kind(tinsach, replica) -> None:
    result = tinsach("fetch", f"{replica.base}/thoi-su-472ct0.htm", "-f", "json")
    assert (result.code, json.loads(result.out)["kind"]) == (1, "listing")


def test_what_is_no_address_is_refused(tinsach) -> None:
    result = tinsach("fetch", "tin.html")
    assert result.code == 2
    assert "for a file use: tinsach extract tin.html" in result.err


def test_an_address_without_its_scheme_is_given_one(tinsach) -> None:
    result = tinsach("fetch", "bao.example/tin-1.html")
    assert result.code == 2
    assert "did you mean https://bao.example/tin-1.html?" in result.err


def test_a_file_is_not_taken_for_an_address(tinsach, home) -> None:
    (home / "tin.html").write_text("<p>Tin</p>")
    result = tinsach("fetch", "tin.html")
    assert (result.code, "did you mean" in result.err) == (2, False)


@pytest.mark.parametrize("url", ["http://", "http://[::1", "https:///tin.htm"])
def test_an_address_without_a_host_is_a_wrong_argument(tinsach, url: str) -> None:
    result = tinsach("fetch", url)
    assert result.code == 2
    assert f"{url} is not an http or https URL" in result.err


def test_a_portal_that_does_not_answer_is_one_line(tinsach) -> None:
    result = tinsach("fetch", "http://127.0.0.1:9/tin.htm")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("tinsach: http://127.0.0.1:9/tin.htm: ")
    assert result.err.count("\n") == 1


def test_a_page_that_is_not_there_is_one_line(tinsach, replica) -> None:
    result = tinsach("fetch", f"{replica.base}/khong-co.htm")
    assert result.code == 1
    assert "404" in result.err


def test_explain_asks_the_network_too(tinsach, replica) -> None:
    truth = replica.portal.truth(0)
    result = tinsach("explain", truth.url)
    assert result.code == 0
    assert truth.title in result.out


def test_many_addresses_are_printed_in_order_and_failures_named(
    tinsach, replica, home, tmp_path
) -> None:
    truth, missing = replica.portal.truth(0), f"{replica.base}/khong-co.htm"
    listed = tmp_path / "list.txt"
    listed.write_text(f"# what to read\n\n{missing}\n {truth.url} \nnot an address\n")
    result = tinsach("fetch", truth.url, "-i", str(listed), "-f", "json")
    urls = [json.loads(line)["url"] for line in result.out.splitlines()]
    assert (result.code, urls) == (1, [truth.url, truth.url])
    assert result.err.splitlines() == [
        f"tinsach: {missing}: HTTP 404 Not Found; no such page",
        "tinsach: not an address: not an http or https URL",
        "tinsach: 2 failed",
    ]


def test_addresses_come_from_standard_input_too(
    tinsach, replica, home, monkeypatch
) -> None:
    truth = replica.portal.truth(0)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{truth.url}\n{replica.base}/\n"))
    result = tinsach("fetch", "-i", "-", "--unordered")
    assert result.code == 1
    assert result.out.startswith(truth.title)
    assert "is a listing" in result.err


def test_a_list_that_is_none_is_said(tinsach, home, tmp_path) -> None:
    assert "gone.txt" in tinsach("fetch", "-i", str(tmp_path / "gone.txt")).err
    (tmp_path / "image.png").write_bytes(b"\x89PNG\xff")
    result = tinsach("fetch", "-i", str(tmp_path / "image.png"))
    assert (result.code, "not a list of URLs" in result.err) == (2, True)
    (tmp_path / "tin.html").write_text("<!DOCTYPE html>\n<p>Tin\n", encoding="utf-8")
    result = tinsach("fetch", "-i", str(tmp_path / "tin.html"))
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "not a list of URLs" in result.err


def test_a_downloader_that_nobody_needs_is_ended(tinsach, home, monkeypatch) -> None:
    started = []
    start = downloader._Child.__init__

    def remember(child: downloader._Child) -> None:
        start(child)
        started.append(child)

    monkeypatch.setattr(downloader._Child, "__init__", remember)
    assert tinsach("fetch", "http://127.0.0.1:9/", "--nothing").code == 2
    (child,) = started
    assert child._process.poll() is not None
    assert downloader._spare == []


@pytest.mark.parametrize(
    ("fields", "fmt", "printed", "failed"),
    [
        ({"kind": Kind.VIDEO, "lead": "", "blocks": ()}, PageFormat.TEXT, 1, 0),
        ({"kind": Kind.LISTING, "lead": "", "blocks": ()}, PageFormat.TEXT, 0, 1),
        ({"kind": Kind.LISTING, "lead": "", "blocks": ()}, PageFormat.JSON, 1, 1),
    ],
)
def test_each_of_several_pages_is_printed_or_named(
    fields, fmt, printed, failed
) -> None:
    failures: list[str] = []
    article = make_article(**fields)
    fetched = [(article.url, article)]
    assert len(list(fetch._iter_articles(fetched, fmt, failures))) == printed
    assert len(failures) == failed
