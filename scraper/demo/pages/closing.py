"""The end of every page: advertorials, the sister papers, the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.demo.pages import icons
from scraper.demo.pages.furniture import CDN, advert, picture_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.demo.pages.extras import Extra
    from scraper.demo.sections import Section

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
