from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

import scraper
from tests.unit.cli.kit import ADDRESS, LEAD, PAGE, TITLE, Result, run_apart

if TYPE_CHECKING:
    from pathlib import Path


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.out.splitlines()]


def write_manifest(folder: Path, *entries: object) -> Path:
    path = folder / "list.jsonl"
    path.write_text(
        "".join(e if isinstance(e, str) else json.dumps(e) + "\n" for e in entries),
        encoding="utf-8",
    )
    return path


def test_a_file_gives_one_article(tinsach, home) -> None:
    (home / "tin.html.gz").write_bytes(gzip.compress(PAGE))
    result = tinsach("extract", "tin.html.gz")
    [record] = lines(result)
    assert result.code == 0
    assert record["id"] == "tin"
    assert (record["title"], record["lead"]) == (TITLE, LEAD)
    assert record["canonical_url"] == ADDRESS


def test_the_answer_is_the_python_api_s_for_the_same_bytes(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    [record] = lines(tinsach("extract", "tin.html"))
    again = scraper.extract(PAGE, url=ADDRESS).to_dict()
    assert record | {"id": ""} == again | {"id": ""}


LINKED = PAGE.replace("mười hai".encode(), '<a href="/12">mười hai</a>'.encode())
LINK = "https://bao.example/12"


@pytest.mark.parametrize(
    ("fmt", "shown"),
    [
        ("markdown", f"[mười hai]({LINK})"),
        ("html", f'<a href="{LINK}">mười hai</a>'),
        ("json", f'{{"text": "mười hai", "url": "{LINK}", "start": 47}}'),
    ],
)
def test_links_are_kept_when_asked_for(tinsach, home, fmt, shown) -> None:
    (home / "tin.html").write_bytes(LINKED)
    assert shown in tinsach("extract", "tin.html", "-f", fmt, "--links").out
    assert shown not in tinsach("extract", "tin.html", "-f", fmt, "--images").out
    assert tinsach("extract", "tin.html", "-f", fmt, "--links", "-o", "b/").code == 0
    (file,) = (home / "b").iterdir()
    assert LINK in file.read_text("utf-8")


@pytest.mark.parametrize("out", ["b/", "b.txt"])
def test_text_holds_no_links_and_no_images(tinsach, home, out) -> None:
    (home / "tin.html").write_bytes(LINKED)
    asked = ("-f", "text", "--links", "--images", "-o", out)
    result = tinsach("extract", "tin.html", *asked)
    assert (result.code, result.out) == (2, "")
    assert (
        "text holds no links and images: use --format html, json or markdown"
        in result.err
    )
    assert not (home / out).exists()


def test_a_manifest_gives_its_ids_in_its_order(tinsach, home) -> None:
    (home / "pages").mkdir()
    for name in ("c", "a", "b"):
        (home / "pages" / f"{name}.html").write_bytes(PAGE)
    manifest = write_manifest(home, *({"id": name, "url": ADDRESS} for name in "cab"))
    result = tinsach("extract", manifest, "--model", "none", "--workers", "2")
    assert [record["id"] for record in lines(result)] == ["c", "a", "b"]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tinsach, home) -> None:
    (home / "good.html").write_bytes(PAGE)
    (home / "pdf.html").write_bytes(b"%PDF-1.7 \x00\x01\x02")
    manifest = write_manifest(
        home,
        "{broken\n",
        {"id": "missing", "url": "https://bao.example/1"},
        {"id": "pdf", "path": "pdf.html"},
        {"id": "good", "path": "good.html"},
        {"id": "late", "path": "none.html"},
    )
    result = tinsach("extract", manifest)
    assert result.code == 1
    assert [(r["id"], r["kind"]) for r in lines(result)] == [
        ("missing", "error"),
        ("pdf", "error"),
        ("good", "article"),
        ("late", "error"),
    ]
    assert lines(result)[0]["url"] == "https://bao.example/1"
    assert "No such file" in lines(result)[0]["error"]
    assert f"tinsach: {manifest}, line 1: " in result.err
    assert "4 failed, 4 written" in result.err


def test_standard_input_is_a_page() -> None:
    result = run_apart("extract", "-", given=PAGE)
    [record] = lines(result)
    assert (result.code, record["title"]) == (0, TITLE)
    assert len(record["id"]) == 16


def test_empty_standard_input_is_an_error() -> None:
    result = run_apart("extract", "-")
    assert result.code == 1
    assert lines(result)[0]["kind"] == "error"


def test_a_warc_file_gives_its_pages_only(tinsach, home) -> None:
    (home / "a.warc").write_bytes(
        warc_record("https://bao.example/tin-1.htm", PAGE, "text/html")
        + warc_record("https://bao.example/a.jpg", b"\xff\xd8\xff", "image/jpeg")
    )
    result = tinsach("extract", "a.warc")
    assert [record["title"] for record in lines(result)] == [TITLE]
    assert result.code == 0
    assert result.err == "tinsach: skipped, not an HTML page: 1\n"


def warc_record(url: str, body: bytes, media: str) -> bytes:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{url}>\r\n"
        f"WARC-Date: 2025-07-11T07:06:23Z\r\nWARC-Target-URI: {url}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def test_the_output_file_appears_whole(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    result = tinsach("extract", "tin.html", "-o", "out.jsonl")
    assert (result.code, result.out) == (0, "")
    assert json.loads((home / "out.jsonl").read_text("utf-8"))["title"] == TITLE
    assert sorted(path.name for path in home.iterdir()) == ["out.jsonl", "tin.html"]


@pytest.mark.parametrize(
    ("fmt", "extension", "start"),
    [("markdown", ".md", "# "), ("text", ".txt", ""), ("html", ".html", "<h1>")],
)
def test_saved_pages_become_pages_to_read(tinsach, home, fmt, extension, start) -> None:
    (home / "tin.html").write_bytes(PAGE)
    printed = tinsach("extract", "tin.html", "-f", fmt)
    assert f"{start}{TITLE}" in printed.out
    for out in (f"all{extension}", "texts/"):
        assert tinsach("extract", "tin.html", "-f", fmt, "-o", out).code == 0
    assert (home / f"all{extension}").read_text("utf-8").count(TITLE) >= 1
    assert f"{start}{TITLE}" in (home / "texts" / f"tin{extension}").read_text("utf-8")


def test_the_extension_of_the_file_names_the_format(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    assert tinsach("extract", "tin.html", "-o", "tin.md").code == 0
    assert (home / "tin.md").read_text("utf-8").startswith(f"# {TITLE}")


def test_a_folder_holds_a_file_a_page_whatever_the_pages_are_called(
    tinsach, home
) -> None:
    for folder in ("a", "b"):
        (home / "pages" / folder).mkdir(parents=True)
        (home / "pages" / folder / "Index.html").write_bytes(PAGE)
    names = ["../out", "index", "bài số 1?", ".", "-", "x" * 300]
    paths = {"path": "pages/a/Index.html"}
    manifest = write_manifest(home, *({"id": name, **paths} for name in names))
    assert tinsach("extract", "pages", manifest, "-f", "text", "-o", "texts/").code == 0
    written = {path.name for path in (home / "texts").iterdir()}
    address = scraper.extract(PAGE).id
    assert written == {
        *("Index.txt", "Index-2.txt", "index-3.txt", "out.txt", "bài_số_1.txt"),
        *(f"{address}.txt", f"{address}-2.txt", f"{'x' * 200}.txt"),
    }


def test_a_file_of_a_folder_holds_the_record_of_the_line(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    [record] = lines(tinsach("extract", "tin.html"))
    (home / "records").mkdir()
    assert tinsach("extract", "tin.html", "-o", "records").code == 0
    assert json.loads((home / "records" / "tin.json").read_bytes()) == record


def test_texts_leave_out_what_holds_no_article_and_say_so(tinsach, home) -> None:
    (home / "pages").mkdir()
    (home / "pages" / "empty.html").write_bytes(b"<html><body></body></html>")
    (home / "pages" / "pdf.html").write_bytes(b"%PDF-1.7 \x00\x01\x02")
    (home / "pages" / "tin.html").write_bytes(PAGE)
    for out in ("all.txt", "texts/"):
        result = tinsach("extract", "pages", "-f", "text", "-o", out)
        assert result.code == 1
        assert "skipped, no article: 1" in result.err
        assert "tinsach: pdf: " in result.err
        assert "1 failed, 1 written" in result.err
    assert [path.name for path in (home / "texts").iterdir()] == ["tin.txt"]


def test_a_folder_that_cannot_be_made_is_refused(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    result = tinsach("extract", "tin.html", "-o", "tin.html/texts/")
    assert (result.code, result.out) == (2, "")
    assert "cannot be created" in result.err


def test_an_address_is_told_which_command_to_use(tinsach) -> None:
    result = tinsach("extract", "https://bao.example/tin.html?a=1")
    assert result.code == 2
    assert "tinsach fetch https://bao.example/tin.html?a=1" in result.err


def test_a_missing_input_is_refused_before_anything_is_written(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    result = tinsach("extract", "tin.html", "none.html", "-o", "out.jsonl")
    assert result.code == 2
    assert result.err.startswith("tinsach: none.html: no such file or folder")
    assert not (home / "out.jsonl").exists()


def test_an_output_that_cannot_be_made_is_refused(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    assert tinsach("extract", "tin.html", "-o", "no/out.jsonl").code == 2


def test_the_gold_pages_come_out_as_articles_and_listings(
    tinsach, shared_data: Path
) -> None:
    gold = shared_data / "vietnamese" / "gold.jsonl"
    wanted = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
    found = lines(tinsach("extract", gold))
    assert [(r["id"], r["kind"]) for r in found] == [
        (g["id"], g.get("kind", "article")) for g in wanted
    ]
