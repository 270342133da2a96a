"""Pages that state dates, and what is read of them."""

from __future__ import annotations

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.dates.choice import extract_dates
from scraper.extraction.document import parse_page, strip_unseen
from scraper.extraction.head import read_head
from scraper.extraction.kind import Evidence
from tests.unit.extraction.kit import FETCHED, page

PLAIN = "https://bao.example/van-hoa/mo-thu-vien.htm"
TITLE = "Thư viện mở cửa trở lại sau hai năm"
H1 = f"<h1>{TITLE}</h1>"
STAMPED = "https://bao.example/van-hoa/mo-thu-vien-20250711140623717.htm"
JULY_4 = (2025, 7, 4)
ARTICLE = (
    f"<article>{H1}{{}}<p>Ban quản lý thư viện cho biết đã sửa xong mái.</p></article>"
)


def dates_of(body="<p>x</p>", *, head="", url=PLAIN, lang="vi", fetched_at=FETCHED):
    given = page(body, head=head, url=url, lang=lang, fetched_at=fetched_at)
    root = parse_page(given)
    stated = read_head(root, url)
    strip_unseen(root)
    blocks = iter_blocks(root)
    headline = next((b.index for b in blocks if b.element.tag == "h1"), -1)
    near = blocks[max(0, headline - 3) : max(0, headline) + 5]
    return extract_dates(
        Evidence(given, blocks, [], stated),
        root,
        near_title=near,
        headline=headline,
        language=lang,
    )


def meta(content, name="article:published_time"):
    return f'<meta property="{name}" content="{content}">'


def json_ld(**fields):
    values = ",".join(f'"{name}": "{value}"' for name, value in fields.items())
    return (
        '<script type="application/ld+json">{"@type": "NewsArticle", '
        f"{values}}}</script>"
    )


def published(body, *, head="", lang="en", url=PLAIN, **options):
    return dates_of(body, head=head, lang=lang, url=url, **options).published_at


def day_of(body, **options):
    found = published(body, **options)
    return found and (found.year, found.month, found.day)
