"""What mutated inputs are made of: small pages, feeds and texts of every kind."""

from __future__ import annotations

from functools import lru_cache

from scraper.demo import Portal
from scraper.demo.pages import plain
from scraper.demo.site import Site
from worlds.faults import pages

URL = "https://site.example/thoi-su/bai-20261101100000000.htm"
_ROWS = "".join(f"<tr><td>{n}</td><td>{n * n}</td></tr>" for n in range(4))
_JSON_LD = """<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",
"headline": "Bài", "datePublished": "2026-11-01T10:00:00+07:00", "author": [{"name":
"Linh Sơn"}], "keywords": "a, b", "isAccessibleForFree": false, "articleBody": "Đoạn"},
{"@type": "BreadcrumbList", "itemListElement": [{"position": 1, "name": "Thời sự"}]}]}</script>"""
_BODY = f"""<h1>Bài</h1><p class="sapo">Tóm tắt <b>của</b> bài.</p><div class="detail">
<p>Đoạn một, có <a href="/x.htm">liên kết</a>.</p><blockquote>Lời dẫn</blockquote><ul><li>a
<li>b</ul><figure><img src="a.jpg" alt="x"><figcaption>Ảnh: A/TTXVN</figcaption></figure>
<table>{_ROWS}</table><h2>Tiêu đề</h2><p>Đoạn hai.</p><p class="author">Linh Sơn (TTXVN)</p>
</div><time datetime="2026-11-01T10:00">Chủ nhật, 01/11/2026 10:00 (GMT+7)</time>
<div class="related"><a href="/y.htm">Bài khác</a></div><p>Chia sẻ: Rao vặt</p>"""
PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Bài | Báo</title>
<meta property="og:title" content="Bài"><meta name="author" content="A">{_JSON_LD}
</head><body>{_BODY}</body></html>""".encode()
DATES = [
    *(b"2026-11-01T10:00:00+07:00", b"20261101", b"2026-11-01 10:00"),
    "Chủ nhật, 01/11/2026 10:00 (GMT+7)".encode(),
    "Thứ Hai, ngày 2 tháng 11 năm 2026".encode(),
    *(b"November, 25/2026 - 10:12", b"Sun, 01 Nov 2026 10:00:00 GMT", b"3 hours ago"),
]
BYLINES = [
    *(
        "Linh Sơn (TTXVN)",
        "Bài và ảnh: Trần A - Lê B",
        "Theo Reuters, AFP",
        "By JOHN DOE",
    ),
    *("Tác giả: Nguyễn Văn A/Báo Tin tức", "Video: TTXVN phát", "(Tổng hợp)"),
]
FEED = pages.feed(["https://site.example/a.htm", "https://site.example/b.htm"])
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title>
<link href="/a"/><updated>2026-11-01T10:00:00Z</updated></entry></feed>"""
SITEMAP = pages.sitemap(["https://site.example/a.htm"])
NEWS = b"""<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>/a
</loc><lastmod>2026-11</lastmod><n:news><n:publication_date>2026-11-01</n:publication_date>
</n:news></url></urlset>"""
NASTY = [
    b"<div>" * 300,
    b"<!--" + PAGE,
    PAGE.replace(b"<p>", b"<p\x00>"),
    b"<script>" + PAGE,
    b'<meta charset="utf-16">' + PAGE,
    "\ufeff\u202e\u200b\U000e0041Bài".encode() + PAGE,
    PAGE.decode().encode("utf-16"),
]


@lru_cache
def replica_pages(count: int = 12) -> tuple[tuple[str, bytes], ...]:
    """Return the newest articles of the replica portal, address and bytes."""
    portal = Portal(count, seed=1, base="https://replica.example")
    site = Site(portal)
    urls = [truth.url for truth in portal.truths()]
    return tuple(
        (url, b"".join(plain(site.answer(url.removeprefix(portal.base)).parts)))
        for url in urls
    )
