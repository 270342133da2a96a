"""A page, articles, and a way to run the command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scraper.items import Article, Block, BlockKind, Kind
from worlds import VIETNAM

ADDRESS = "https://bao.example/thoi-su/khai-truong-thu-vien-20250711140623717.htm"
TITLE = "Khai trương thư viện lưu động ở vùng cao"
LEAD = "Sáng 11/7, thư viện lưu động đầu tiên của tỉnh bắt đầu phục vụ các bản xa."
BODY = (
    "Chiếc xe chở hơn hai nghìn cuốn sách sẽ dừng ở mười hai điểm trường mỗi tháng.",
    "Ông Lò Văn Pành, người dân bản Nà Sang, cho biết trẻ em trong bản rất háo hức.",
    "Theo kế hoạch, đến cuối năm tỉnh sẽ có thêm ba xe như vậy cho các huyện vùng cao.",
)
MENU = ("Thời sự", "Thế giới", "Kinh tế", "Văn hóa", "Thể thao")
PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>{TITLE}</title><link rel="canonical" href="{ADDRESS}">
<meta property="og:type" content="article"><meta property="og:title" content="{TITLE}">
<meta property="article:published_time" content="2025-07-11T14:06:23+07:00">
</head><body><nav><ul>{"".join(f'<li><a href="/{n}">{n}</a></li>' for n in MENU)}
</ul></nav><article><h1>{TITLE}</h1><h2 class="sapo">{LEAD}</h2>
<div class="content">{"".join(f"<p>{p}</p>" for p in BODY)}
<p>Tin, ảnh: Mạnh Tú (TTXVN)</p></div></article>
<footer><p>Bản quyền thuộc về Báo Ví dụ</p></footer></body></html>""".encode()


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
    """Start ``tinsach`` in a process of its own, by *python* if it is given."""
    python = options.pop("python", sys.executable)
    command = [python, "-c", "from scraper.cli import main; exit(main())"]
    environment = os.environ | options.pop("env", {})
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*command, *map(str, arguments)], env=environment, **(pipes | options)
    )


def run_apart(*arguments: object, given: bytes = b"", **options: object) -> Result:
    """Run ``tinsach`` in a process of its own; *given* is its standard input."""
    with start(*arguments, stdin=subprocess.PIPE, **options) as child:
        out, err = child.communicate(given, timeout=300)
    return Result(child.returncode, out.decode(), err.decode())


def make_article(number: int = 1, **fields: object) -> Article:
    url = f"https://bao.example/tin-{number}.htm"
    values = {
        "url": url,
        "canonical_url": url,
        "site": "bao.example",
        "kind": Kind.ARTICLE,
        "title": f"Bộ Công an điều động tin số {number}",
        "lead": LEAD,
        "blocks": tuple(Block(BlockKind.PARAGRAPH, text) for text in BODY),
        "section": "Thời sự",
        "published_at": datetime(2025, 7, 11, 14, number % 60, tzinfo=VIETNAM),
    }
    return Article(**(values | fields))
