"""Pages written for these tests, and the stages of extraction run over them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scraper.extraction.blocks import iter_blocks
from scraper.extraction.body import Base, article_blocks, group_blocks
from scraper.extraction.document import parse_page
from scraper.extraction.head import read_head
from scraper.extraction.json_ld import extract_structured_data
from scraper.items import Page
from worlds import VIETNAM

ADDRESS = "https://bao.example/van-hoa/mo-thu-vien-luu-dong-20250711140623717.htm"
BASE = Base(ADDRESS, ADDRESS)
FETCHED = datetime(2025, 7, 12, 8, 0, tzinfo=VIETNAM)
TITLE = "Thư viện lưu động đến với bản xa"
LEAD = (
    "Sáng 11/7, chuyến xe sách đầu tiên của tỉnh đã lăn bánh lên mười hai bản vùng cao."
)
VIETNAMESE = (
    (
        "Chiếc xe chở hơn hai nghìn cuốn sách dừng lại ở sân trường Nà Sang từ sớm, khi sương "
        "còn phủ kín các mái nhà ven suối."
    ),
    (
        "Ông Lò Văn Pành, một người dân trong bản, kể rằng bọn trẻ đã háo hức hỏi về chuyến "
        "xe từ nhiều ngày trước đó."
    ),
    (
        "Theo kế hoạch, mỗi tháng xe sẽ trở lại một lần, mang theo sách mới và nhận lại những "
        "cuốn mà học sinh đã đọc xong."
    ),
    (
        "Đến cuối năm, tỉnh dự kiến có thêm ba chiếc xe như vậy để phục vụ các huyện giáp "
        "biên giới, nơi đường đi còn nhiều khó khăn."
    ),
)
ENGLISH = (
    (
        "The bus full of books pulled into the schoolyard before sunrise, and a queue of "
        "children had already formed along the wet stone wall."
    ),
    (
        "Teachers in the valley say that the nearest bookshop is four hours away, so most "
        "families own little more than a calendar and a hymn book."
    ),
    (
        "The council expects three more buses before winter, each of them fitted with a small "
        "heater, two benches and a shelf for returned volumes."
    ),
)
FRENCH = (
    (
        "Le car rempli de livres est arrivé dans la cour de l'école avant l'aube, et les "
        "enfants attendaient déjà le long du mur mouillé."
    ),
    (
        "Les institutrices de la vallée racontent que la librairie la plus proche se trouve à "
        "quatre heures de route, par un chemin étroit."
    ),
    (
        "La commune espère trois autres cars avant l'hiver, chacun équipé d'un petit poêle, "
        "de deux bancs et d'une étagère pour les retours."
    ),
)


def paragraphs(texts=VIETNAMESE):
    return "".join(f"<p>{text}</p>" for text in texts)


def markup(body, *, head="", lang="vi"):
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head>'
        f"<body>{body}</body></html>"
    )


def page(body, *, head="", lang="vi", url=ADDRESS, fetched_at=FETCHED, status=200):
    raw = markup(body, head=head, lang=lang).encode()
    return Page(url, raw, "text/html", "utf-8", status, fetched_at)


def story(body, *, title=TITLE, lead=LEAD, after="", head="", **options):
    """Return a page whose article holds *body*; *after* follows the article."""
    declared = f'<title>{title}</title><meta property="og:title" content="{title}">'
    sapo = f'<h2 class="sapo">{lead}</h2>' if lead else ""
    return page(
        f'<div class="main"><h1>{title}</h1>{sapo}<div class="contents">{body}</div>'
        f"</div>{after}",
        head=declared + head,
        **options,
    )


def tree(body, **options):
    return parse_page(page(body, **options))


def blocks_of(body):
    return iter_blocks(tree(body))


def record_blocks(body, base=BASE):
    """Return the blocks of the record that *body* makes, all of it kept."""
    return article_blocks(group_blocks(blocks_of(body)), base)


def texts_of(body):
    return [block.text for block in blocks_of(body)]


def only_block(body):
    (block,) = blocks_of(body)
    return block


def head_of(head="", data=None):
    """Return what the markup *head* states, with *data* in place of its JSON-LD."""
    read = read_head(tree("<p>x</p>", head=head), "")
    return read if data is None else replace(read, data=data)


def data_of(*scripts):
    head = "".join(f'<script type="application/ld+json">{s}</script>' for s in scripts)
    return extract_structured_data(tree("<p>x</p>", head=head))
