from __future__ import annotations

import gzip
import zlib
from email.utils import parsedate_to_datetime

import pytest

from scraper.demo import server
from tests.unit.demo.kit import Client


@pytest.fixture
def client(served):
    with Client(served.base) as client:
        yield client


@pytest.fixture(scope="module")
def paths(served):
    return [served.portal.headline(n).path for n in range(len(served.portal))]


def test_many_pages_come_over_one_connection(client, paths):
    for path in paths[:20]:
        reply = client.get(path)
        assert reply.status == 200
        assert reply.headers["Connection"] == "keep-alive"
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        assert reply.body.rstrip().endswith(b"</html>")


def test_requests_sent_at_once_are_answered_in_order(client, paths):
    request = "GET {} HTTP/1.1\r\nHost: x\r\n\r\n"
    client.send("".join(request.format(path) for path in paths[:30]).encode())
    for path in paths[:30]:
        assert path.encode() in client.reply().body


def test_gzip_holds_the_bytes_of_the_identity(client, paths):
    for path in [*paths[:9], paths[-1], "/", "/tin-moi-nhat.rss", "/khong-co.htm"]:
        packed = client.get(path, Accept_Encoding="br, gzip;q=0.8")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(packed.body) == client.get(path).body


def test_gzip_is_a_single_stream(client, paths):
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    page = reader.decompress(client.get(paths[0], Accept_Encoding="gzip").body)
    assert reader.eof
    assert reader.unused_data == b""
    assert page == client.get(paths[0]).body


@pytest.mark.parametrize(
    "path", ["/", "/tin-moi-nhat.rss", "/the-gioi-130ct0.htm", "article"]
)
def test_a_page_that_is_known_is_not_sent_again(client, paths, path):
    path = paths[0] if path == "article" else path
    first = client.get(path)
    for known in (first.headers["ETag"], f'"other", {first.headers["ETag"]}', "*"):
        reply = client.get(path, If_None_Match=known)
        assert (reply.status, reply.body) == (304, b"")
        assert reply.headers["ETag"] == first.headers["ETag"]
    assert client.get(path, If_None_Match='W/"0"').status == 200


def test_the_time_of_a_page_makes_it_known_too(client, served, paths):
    first = client.get(paths[3])
    modified = parsedate_to_datetime(first.headers["Last-Modified"])
    assert modified == served.portal.published(3)
    later = client.get(paths[3], If_Modified_Since=first.headers["Last-Modified"])
    assert later.status == 304
    early = client.get(paths[3], If_Modified_Since="Thu, 01 Jan 2015 00:00:00 GMT")
    assert early.status == 200
    assert client.get(paths[3], If_Modified_Since="yesterday").status == 200


def test_the_tag_goes_before_the_time(client, paths):
    modified = client.get(paths[3]).headers["Last-Modified"]
    reply = client.get(paths[3], If_None_Match='"x"', If_Modified_Since=modified)
    assert reply.status == 200


def test_head_gives_the_length_without_the_body(client, paths):
    length = client.get(paths[0]).headers["Content-Length"]
    assert client.get(paths[0], method="HEAD").headers["Content-Length"] == length
    assert client.get(paths[1]).status == 200


def test_a_missing_page_is_404_with_a_page_and_no_tag(client):
    reply = client.get("/khong-co.htm", If_None_Match="*")
    assert reply.status == 404
    assert "Không tìm thấy trang".encode() in reply.body
    assert "ETag" not in reply.headers


def test_other_methods_are_refused(client):
    reply = client.get("/", method="DELETE")
    assert reply.status == 405
    assert reply.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "raw",
    [
        b"HELLO\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"GET nowhere HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"G\x00T / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 4000,
    ],
)
def test_a_malformed_request_is_400_and_ends_the_connection(client, raw):
    client.send(raw)
    reply = client.reply()
    assert reply.status == 400
    assert client.stream.read() == b""


@pytest.mark.parametrize(
    "raw", ["GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"]
)
def test_a_connection_is_closed_when_the_client_wants(client, raw):
    client.send(raw.encode())
    reply = client.reply()
    assert reply.status == 200
    assert reply.headers["Connection"] == "close"
    assert client.stream.read() == b""


def test_an_old_client_may_keep_its_connection():
    request = server.parse(b"GET / HTTP/1.0\r\nConnection: keep-alive")
    assert request.keep


def test_an_address_may_be_absolute_and_quoted(client, served):
    reply = client.get(f"{served.base}/tags/h%C3%A0+n%E1%BB%99i.htm")
    assert reply.status == 200
    assert "hà nội" in reply.body.decode()


def test_a_request_may_come_in_pieces(client):
    client.send(b"GET /robots.txt HT")
    client.send(b"TP/1.1\r\n\r")
    client.send(b"\n")
    assert client.reply().body.startswith(b"User-agent")
