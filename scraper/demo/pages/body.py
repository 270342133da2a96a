"""Blocks of a story as the HTML of a body."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from scraper.demo.markup import entities, escape
from scraper.demo.pages import icons
from scraper.demo.pages.furniture import CDN, advert, picture_item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from scraper.demo.pages.furniture import Extra
    from scraper.demo.sections import Section
    from scraper.demo.story import Block, Headline


PARTNERS = (
    ("https://news.vnanet.vn", "news.vnanet.vn"),
    ("http://vietnamplus.vn", "vietnamplus.vn"),
    ("http://vietnam.vnanet.vn", "vietnam.vnanet.vn"),
    ("https://lecourrier.vn/", "lecourrier.vnanet.vn"),
    ("https://vietnamnews.vn/", "vietnamnews.vnanet.vn"),
    ("http://vietnamlawmagazine.vn/", "VIETNAMLAW and LEGAL FORUM"),
    ("https://happyvietnam.vnanet.vn/", "happyvietnam"),
    ("http://sachthongtan.vn/", "NXB Thông Tấn:"),
    ("http://bnews.vn", "bnews.vn"),
)
PARTNERS_TITLE = "Các đơn vị thông tin của TTXVN"


def bottom(adverts: Iterable[Extra]) -> str:
    """Return ``.content_bottom``: the advertorials and the sister papers."""
    rows = "".join(picture_item(ad, "item-cb swiper-slide", 300) for ad in adverts)
    papers = "".join(
        f"""
            <li class="partner-item"><a href="{link}" target="_blank">
                <img src="{CDN}/Images/partner/{k}.gif" alt="{name}" /></a></li>"""
        for k, (link, name) in enumerate(PARTNERS)
    )
    return f"""
<div class="content_bottom">
    <div class="cb-container fw">
        <h2><span class="txt"><a href="/san-pham-dich-vu-545ct0.htm">doanh nghiệp - Sản phẩm - Dịch vụ</a></span></h2>
        <ul class="list-cb swiper-wrapper">{rows}
        </ul>
    </div>
    <div class="partner">
        <h2><span class="txt" style="background: #f6f6f6; color: #363636">{PARTNERS_TITLE}</span></h2>
        <ul class="list-partner" id="scroller">{papers}
        </ul>
    </div>
</div>"""


def footer(tops: Iterable[Section]) -> str:
    items = "".join(
        f"""
                <li class="nav-item">
                    <a href="{top.path}" title="{top.name.upper()}">{top.name.upper()}</a>
                </li>"""
        for top in tops
    )
    return f"""
<div class="footer">
    <div class="navbar">
        <div class="navbar_wrapper w1040">
            <a href="/" class="iconhome">{icons.line(443)}</a>
            <ul class="list-navbar">{items}
            </ul>
        </div>
    </div>
    <div class="footer-info w1040">
        <h2>KÊNH THÔNG TIN CỦA CHÍNH PHỦ DO TTXVN PHÁT HÀNH</h2>
        <div class="info_wrapper">
            <div class="info-logo">
                <a href="/" class="logo-footer"></a>
                <p class="editor-txt">
                    Tổng biên tập: <b>Trần Bản Mẫu</b><br />
                    Phó Tổng biên tập: <b>Lê Thị Thử, Phạm Văn Nghiệm</b>
                </p>
            </div>
            <div class="info-copyright">
                <p>
                    Giấy phép số 00/GP-BVHTTDL cấp ngày 01-01-2025.<br />
                    <b>Trụ sở chính: </b>Số 1 đường Mô Phỏng, Hà Nội<br />
                    <b>Điện thoại: </b>024.00000000; Fax: 024.00000001<br />
                    <b>Email: </b>toasoan@portal.example<br />
                    © Bản quyền thuộc về Báo Tin tức và Dân tộc - TTXVN<br />
                    Cấm sao chép dưới mọi hình thức nếu không có sự chấp thuận bằng văn bản.<br />
                </p>
            </div>
        </div>
    </div>
</div>
<div id="divpopup01">{advert("Ads-Popup-Left", "cua-so-noi")}</div>
<div id="scroll_top"></div>
"""


ALT = "Chú thích ảnh"
"""The portal's alt text of every picture; never a caption."""

_BREAK = "<br>\n<br>\n"


def figure(head: Headline, text: str, k: int) -> str:
    """Return a picture with its caption as the current template has it."""
    inner = (
        f'<figure class="image" style="display:inline-block"><img alt="{ALT}" '
        f'src="{photo(head, k)}" width="700" height="467" />\n'
        f"<figcaption>{entities(text)}{'&nbsp;' if text.endswith('.') else ''}</figcaption>\n"
        "</figure>"
    )
    return f'<div style="text-align:center">\n{inner}\n</div>' if k % 2 == 0 else inner


def photo(head: Headline, k: int) -> str:
    return f"{CDN}/Upload/files/{head.published.year}/{head.stamp}-{k}.jpg"


def table(text: str, encode: Callable[[str], str]) -> str:
    rows = "\n".join(
        "<tr>"
        + "".join(f"<td>{encode(cell)}</td>" for cell in row.split("\t"))
        + "</tr>"
        for row in text.split("\n")
    )
    return f'<table border="1" cellpadding="1" cellspacing="1" style="width:100%">\n<tbody>\n{rows}\n</tbody>\n</table>'


def items(blocks: Sequence[Block], encode: Callable[[str], str]) -> str:
    rows = "\n".join(f"\t<li>{encode(block.text)}</li>" for block in blocks)
    return f"<ul>\n{rows}\n</ul>"


_WRAPPED = {
    "paragraph": "<p>{}</p>",
    "answer": "<p>{}</p>",
    "question": "<p><strong>{}</strong></p>",
    "quote": "<blockquote>\n<p>{}</p>\n</blockquote>",
}


def render(
    blocks: Sequence[Block],
    *,
    encode: Callable[[str], str],
    heading: str,
    picture: Callable[[str, int], str],
) -> list[str]:
    """Return the HTML of each run of *blocks*; a list is one run.

    *heading* is a pattern with one ``{}``, *picture* makes a figure of a caption and
    its number.
    """
    wrapped = _WRAPPED | {"heading": heading}
    out: list[str] = []
    shots = 0
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        if kind == "list_item":
            out.append(items(list(run), encode))
        elif kind == "caption":
            for block in run:
                out.append(picture(block.text, shots))
                shots += 1
        elif kind == "table":
            out += (table(block.text, encode) for block in run)
        else:
            out += (wrapped[kind].format(encode(block.text)) for block in run)
    return out


def split(
    blocks: Sequence[Block],
    *,
    encode: Callable[[str], str],
    picture: Callable[[str, int], str],
) -> list[str]:
    """Return a body whose paragraphs are two ``p`` with breaks inside them."""
    shots = [block.text for block in blocks if block.kind == "caption"]
    texts = [encode(block.text) for block in blocks if block.kind != "caption"]
    half = (len(texts) + 1) // 2
    paragraphs = [
        f"<p>{_BREAK.join(part)}</p>" for part in (texts[:half], texts[half:])
    ]
    return [*(picture(text, k) for k, text in enumerate(shots)), *paragraphs]


def dress(html: str, head: Headline) -> str:
    """Return *html* with what editors add: a link, a stress, a hard space."""
    place = entities(head.tags[0])
    if head.n % 3 == 0:
        link = f'<a href="{tag_path(head.tags[0])}">{place}</a>'
        return html.replace(f" {place} ", f" {link} ", 1)
    if head.n % 3 == 1:
        return html.replace(f" {place} ", f" <em>{place}</em> ", 1)
    return html.replace(" v&agrave; ", "&nbsp;v&agrave; ", 1)


def tag_path(tag: str) -> str:
    return f"/tags/{escape(tag.lower()).replace(' ', '+')}.htm"
