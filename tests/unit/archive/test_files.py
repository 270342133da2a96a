from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from scraper.archive import MAX_PAGE_BYTES, SavedPage, iter_saved
from scraper.archive.files import iter_manifest
from scraper.errors import ConfigurationError

HTML = b"<html><head><title>Tin</title></head><body><p>Xin</p></body></html>"
WITH_CANONICAL = (
    b'<link rel="canonical" href="https://bao.example/tin.htm?a=1&amp;b=2"/>' + HTML
)


def load(path: Path) -> list[SavedPage]:
    return list(iter_saved(path))


def write_manifest(folder: Path, *lines: object) -> Path:
    path = folder / "list.jsonl"
    text = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(text) + "\n", encoding="utf-8")
    return path


def write_warc(path: Path, *records: tuple[str, bytes, str]) -> Path:
    parts = [_record(*record) for record in records]
    if path.suffix == ".gz":
        parts = [gzip.compress(part) for part in parts]
    path.write_bytes(b"".join(parts))
    return path


def _record(url: str, body: bytes, header: str) -> bytes:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {header}\r\n\r\n".encode() + body
    head = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:of-a-record>\r\n"
        f"WARC-Date: 2025-07-11T07:06:23Z\r\nWARC-Target-URI: {url}\r\n"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"


def test_a_file_is_one_page_named_after_it(tmp_path: Path) -> None:
    (tmp_path / "tin.html").write_bytes(HTML)
    [saved] = load(tmp_path / "tin.html")
    assert saved.id == "tin"
    assert saved.page is not None
    assert saved.page.body == HTML


def test_a_file_has_the_address_that_its_page_declares(tmp_path: Path) -> None:
    (tmp_path / "tin.html").write_bytes(WITH_CANONICAL)
    assert load(tmp_path / "tin.html")[0].url == "https://bao.example/tin.htm?a=1&b=2"


def test_a_page_saved_by_a_browser_has_the_address_of_its_comment(
    tmp_path: Path,
) -> None:
    comment = b"<!-- saved from url=(0030)https://bao.example/goc.htm -->"
    (tmp_path / "tin.html").write_bytes(comment + WITH_CANONICAL)
    assert load(tmp_path / "tin.html")[0].url == "https://bao.example/goc.htm"


def test_a_file_without_a_declared_address_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "tin.html").write_bytes(HTML + b'<link rel="canonical" href="/tin">')
    assert load(tmp_path / "tin.html")[0].url == (tmp_path / "tin.html").as_uri()


def test_gzip_is_told_by_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "tin.htm.gz").write_bytes(gzip.compress(HTML))
    (tmp_path / "plain.html").write_bytes(gzip.compress(HTML))
    for saved in load(tmp_path):
        assert saved.page is not None
        assert saved.page.body == HTML


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(HTML * 50)[:-30], "cut short"),
        (gzip.compress(HTML)[:-8] + b"\xff" * 8, "damaged gzip file"),
        (b"\x1f\x8b\x00nothing", "damaged gzip file"),
        (gzip.compress(b" " * (MAX_PAGE_BYTES + 1), 1), "larger than 20 MB"),
    ],
    ids=["cut", "wrong sum", "wrong method", "large"],
)
def test_an_unreadable_file_is_an_error_that_names_it(
    tmp_path: Path, body: bytes, reason: str
) -> None:
    path = tmp_path / "tin.html.gz"
    path.write_bytes(body)
    [saved] = load(path)
    assert saved.page is None
    assert str(path) in saved.error
    assert reason in saved.error


def test_standard_input_is_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(buffer=io.BytesIO(gzip.compress(WITH_CANONICAL)))
    monkeypatch.setattr(sys, "stdin", stdin)
    [saved] = load(Path("-"))
    assert saved.id == "-"
    assert saved.page is not None
    assert saved.page.body == WITH_CANONICAL


def test_empty_standard_input_is_an_empty_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO()))
    [saved] = load(Path("-"))
    assert saved.page is not None
    assert saved.page.body == b""
    assert saved.url == ""


def test_a_folder_yields_its_pages_and_archives_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.html", "b/a.HTM", "a.html", "notes.txt"):
        (tmp_path / name).write_bytes(HTML)
    write_warc(tmp_path / "d.warc.gz", ("http://x.example/1", HTML, "text/html"))
    names = [s.id for s in load(tmp_path)]
    assert names[:3] == ["a", "a", "c"]
    assert len(names) == 4


def test_a_folder_with_a_manifest_is_read_through_it(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(HTML)
    (tmp_path / "b.html").write_bytes(HTML)
    write_manifest(tmp_path, {"id": "b"}).rename(tmp_path / "manifest.jsonl")
    assert [s.id for s in load(tmp_path)] == ["b"]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no \.html"):
        load(tmp_path)


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such file"):
        load(tmp_path / "none")


def test_a_manifest_keeps_its_order_ids_and_addresses(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/2.html.gz").write_bytes(gzip.compress(HTML))
    (tmp_path / "one.html").write_bytes(WITH_CANONICAL)
    manifest = write_manifest(
        tmp_path,
        {"id": 2, "url": "https://bao.example/2"},
        "",
        {"id": "1", "path": "one.html"},
    )
    assert [(s.id, s.url, s.line) for s in load(manifest)] == [
        ("2", "https://bao.example/2", 1),
        ("1", "https://bao.example/tin.htm?a=1&b=2", 3),
    ]


def test_a_page_that_is_not_wanted_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_bytes(HTML)
    manifest = write_manifest(tmp_path, {"id": "missing"}, {"id": "b"})
    assert [s.id for s in iter_manifest(manifest, wants={"b"}.__contains__)] == ["b"]


def test_a_manifest_may_state_what_the_answer_declared(tmp_path: Path) -> None:
    (tmp_path / "1.html").write_bytes(HTML)
    manifest = write_manifest(
        tmp_path,
        {
            "id": "1",
            "encoding": "windows-1258",
            "content_type": "text/html",
            "status": 403,
            "fetched_at": "2025-07-11T14:06:23+00:00",
        },
    )
    page = load(manifest)[0].page
    assert page is not None
    assert (page.encoding, page.content_type) == ("windows-1258", "text/html")
    assert page.status == 403
    assert page.fetched_at == datetime(2025, 7, 11, 14, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "Expecting property name"),
        ("[1]", "a JSON object is wanted, found list"),
        ("{}", 'neither "id" nor "url" nor "path"'),
        ('{"path": 3}', '"path" is not a text'),
        ('{"id": "1", "fetched_at": "2025-07-11"}', "no UTC offset"),
        (
            '{"id": "1", "fetched_at": "soon"}',
            '"fetched_at" is not an ISO 8601 time: soon',
        ),
        ('{"id": "1", "status": "200"}', '"status" is not a number'),
        ("[" * 200_000, "nested too deep"),
    ],
)
def test_an_unreadable_manifest_line_is_named_and_the_rest_goes_on(
    tmp_path: Path, line: str, reason: str
) -> None:
    (tmp_path / "1.html").write_bytes(HTML)
    manifest = write_manifest(tmp_path, line, {"id": "1"})
    bad, good = load(manifest)
    assert bad.id == ""
    assert f"{manifest}, line 1: " in bad.error
    assert reason in bad.error
    assert good.page is not None


def test_a_manifest_line_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    manifest = tmp_path / "list.jsonl"
    manifest.write_bytes(b'{"id": "\xff"}\n')
    [bad] = load(manifest)
    assert "line 1" in bad.error


@pytest.mark.parametrize("name", ["a\0b.html", "\ud800.html", "x" * 5000])
@pytest.mark.parametrize("field", ["path", "id"])
def test_a_listed_page_that_no_file_can_be_named_like_is_an_error(
    tmp_path: Path, field: str, name: str
) -> None:
    [saved] = load(write_manifest(tmp_path, {"id": "7", field: name}))
    assert saved.page is None
    assert saved.error


def test_a_listed_page_that_is_missing_keeps_its_id(tmp_path: Path) -> None:
    [saved] = load(write_manifest(tmp_path, {"id": "7", "url": "https://x.example/7"}))
    assert (saved.id, saved.url, saved.line) == ("7", "https://x.example/7", 1)
    assert "No such file" in saved.error


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "unnamed"])
def test_a_warc_file_yields_its_answers_with_their_headers(
    tmp_path: Path, name: str
) -> None:
    path = write_warc(
        tmp_path / name,
        ("https://bao.example/1", HTML, "text/html; charset=utf-8"),
        ("https://bao.example/rss", b"<rss/>", "application/rss+xml"),
    )
    first, second = load(path)
    assert first.page is not None
    assert first.page.body == HTML
    assert first.page.url == "https://bao.example/1"
    assert first.page.content_type == "text/html"
    assert first.page.encoding == "utf-8"
    assert first.page.fetched_at == datetime(2025, 7, 11, 7, 6, 23, tzinfo=UTC)
    assert second.page is not None
    assert second.page.content_type == "application/rss+xml"


def test_a_cut_warc_file_yields_what_it_holds_then_an_error(tmp_path: Path) -> None:
    path = write_warc(
        tmp_path / "a.warc.gz",
        ("https://bao.example/1", HTML, "text/html"),
        ("https://bao.example/2", HTML * 9, "text/html"),
    )
    path.write_bytes(path.read_bytes()[:-60])
    whole, cut = load(path)
    assert whole.page is not None
    assert cut.page is None
    place = "the record of https://bao.example/2 at byte 244"
    assert cut.error == f"{path}: {place} is cut short"


@pytest.mark.parametrize(
    "damage",
    [b"garbage", gzip.compress(b"WARC/1.1\r\nWARC-Da")],
    ids=["no gzip", "a cut record"],
)
def test_a_damaged_record_is_an_error_and_those_around_it_are_read(
    tmp_path: Path, damage: bytes
) -> None:
    path = write_warc(
        tmp_path / "a.warc.gz", ("https://b.example/1", HTML, "text/html")
    )
    content = path.read_bytes()
    path.write_bytes(content + damage + content)
    whole, damaged, behind = load(path)
    assert whole.page == behind.page is not None
    place = f"the record at byte {len(content):,} is damaged"
    assert f"{path}: {place}" in damaged.error


def test_a_file_that_is_cut_in_a_record_yields_what_is_whole(tmp_path: Path) -> None:
    path = write_warc(
        tmp_path / "a.warc.gz", ("https://b.example/1", HTML, "text/html")
    )
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-9])
    page, cut = load(path)
    assert page.page is not None
    assert f"{path}: " in cut.error


def test_a_file_that_is_one_compressed_member_is_read(tmp_path, monkeypatch) -> None:
    path = write_warc(
        tmp_path / "a.warc.gz", ("https://b.example/1", HTML, "text/html")
    )
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(content * 9))
    assert sum(saved.page is not None for saved in load(path)) == 9
    monkeypatch.setattr("scraper.archive.members.LARGEST_MEMBER", 3 * len(content))
    assert sum(saved.page is not None for saved in load(path)) == 9


def test_a_resource_record_is_a_page_too(tmp_path: Path) -> None:
    head = (
        "WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:r>\r\n"
        "WARC-Date: 2025-07-11T07:06:23Z\r\nWARC-Target-URI: <https://bao.example/1>"
        f"\r\nContent-Type: text/html\r\nContent-Length: {len(HTML)}\r\n\r\n"
    )
    (tmp_path / "a.warc").write_bytes(head.encode() + HTML + b"\r\n\r\n")
    [saved] = load(tmp_path / "a.warc")
    assert saved.page is not None
    assert saved.page.url == "https://bao.example/1"
    assert saved.page.content_type == "text/html"
    assert saved.page.status == 200
    assert saved.page.body == HTML


def test_a_record_above_the_limit_is_refused_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    path = write_warc(
        tmp_path / "a.warc.gz",
        ("https://bao.example/1", b" " * (MAX_PAGE_BYTES + 1), "text/html"),
        ("https://bao.example/2", HTML, "text/html"),
    )
    large, small = load(path)
    assert "https://bao.example/1: larger than 20 MB" in large.error
    assert small.page is not None
