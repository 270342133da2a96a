"""Helpers of these tests: pages as trees, and a client that sees raw bytes."""

from __future__ import annotations

import socket
import unicodedata
from typing import NamedTuple

from lxml import html

from scraper.demo.pages import plain


def page_of(site, path):
    answer = site.answer(path)
    assert answer.status == 200, path
    return b"".join(plain(answer.parts)).decode()


def tree_of(site, path):
    return html.fromstring(page_of(site, path))


def text_of(element):
    """Return the text of *element* in NFC with single spaces."""
    return unicodedata.normalize("NFC", " ".join(element.text_content().split()))


def visible(tree):
    """Return all text of *tree* but scripts' and styles', NFC, single spaces."""
    words = tree.xpath("//text()[not(ancestor::script or ancestor::style)]")
    return unicodedata.normalize("NFC", " ".join(" ".join(words).split()))


class Reply(NamedTuple):
    status: int
    headers: dict
    body: bytes


class Client:
    """A keep-alive connection to *base*."""

    def __init__(self, base):
        host, port = base.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=300)
        self.stream = self.socket.makefile("rb")

    def send(self, raw):
        self.socket.sendall(raw)

    def get(self, path, method="GET", **fields):
        lines = [f"{method} {path} HTTP/1.1", "Host: replica"]
        lines += [
            f"{name.replace('_', '-')}: {value}" for name, value in fields.items()
        ]
        self.send("\r\n".join([*lines, "", ""]).encode())
        return self.reply(has_body=method != "HEAD")

    def reply(self, *, has_body=True):
        status = int(self.stream.readline().split()[1])
        headers = {}
        while line := self.stream.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        length = int(headers.get("Content-Length", 0)) if has_body else 0
        return Reply(status, headers, self.stream.read(length))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stream.close()
        self.socket.close()
