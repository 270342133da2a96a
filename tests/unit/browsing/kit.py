"""A running ``tinsach browse``, and articles to be seen through it."""

from __future__ import annotations

import http.client
import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from scraper.items import Block, BlockKind, Image
from tests.unit.cli.kit import BODY, make_article, start

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

SCRIPT = '<script>alert("x")</script>'
EDITED = "https://bao.example/sua.htm"
ATTACK = "https://bao.example/tan-cong.htm?a=1&b=%22"
ARTICLES = "/tinsach/articles"


@dataclass
class Browsed:
    port: int
    folder: str
    seconds: float = 300

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder}/articles.db"

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=self.seconds
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def titles(self, **query: str) -> list[str]:
        """Return the titles of the table, as it is filtered by *query*."""
        asked = urlencode({"_shape": "objects", **query})
        return [row["title"] for row in self.json(f"{ARTICLES}.json?{asked}")["rows"]]

    def json(self, path: str) -> dict:
        status, text = self.ask(path)
        assert status == 200, text
        return json.loads(text)

    def policy_of(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("GET", path)
        [policy] = connection.getresponse().headers.get_all("Content-Security-Policy")
        connection.close()
        return policy

    @property
    def peak_mib(self) -> float:
        """The most memory that the server has taken, as Linux counts it."""
        told = Path(f"/proc/{_listener(self.port)}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", told)[1]) / 1024

    def page_of(self, url: str) -> tuple[int, str]:
        return self.ask(f"/-/article?{urlencode({'url': url})}")


def _listener(port: int) -> int:
    """Return the process that listens on *port*: a warm one is not our child."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inode = next(r[9] for r in rows if r[1].endswith(f":{port:04X}") and r[3] == "0A")
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if link.readlink().name == f"socket:[{inode}]":
                return int(link.parts[2])
    raise LookupError(port)


@contextmanager
def browsing(*arguments: object) -> Iterator[tuple[object, str]]:
    """Run ``tinsach browse`` until the block ends; yield it and where it serves."""
    with start("browse", "--port", 0, *arguments) as child:
        try:
            said = first_line(child)
            assert said.startswith("tinsach: browse http"), said + str(child.poll())
            yield child, said.split()[2]
        finally:
            child.kill()


def first_line(child: subprocess.Popen[bytes]) -> str:
    alarm = threading.Timer(30, child.kill)
    alarm.start()
    try:
        return child.stderr.readline().decode()
    finally:
        alarm.cancel()


def edited(count: str = "ba xe"):
    last = BODY[2].replace("ba xe", count)
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in (*BODY[:2], last))
    caption = Block(BlockKind.CAPTION, "Xe ở bản. Ảnh: An")
    image = Image("https://anh.example/xe.jpg", "Xe ở bản. Ảnh: An", "An")
    blocks = (*blocks, caption)
    return make_article(
        3, url=EDITED, canonical_url=EDITED, blocks=blocks, images=(image,)
    )


def attack():
    fields = dict.fromkeys(("title", "lead", "byline", "agency"), SCRIPT)
    blocks = tuple(Block(kind, f"{SCRIPT}\n{SCRIPT}\t{SCRIPT}") for kind in BlockKind)
    made = make_article(4, url=ATTACK, canonical_url=ATTACK, blocks=blocks, **fields)
    image = Image("javascript:alert(1)", "ảnh", SCRIPT)
    return replace(made, images=(image,), authors=(SCRIPT,), language='"><script>')
