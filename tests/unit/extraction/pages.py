"""Whole pages of every sort, written for these tests."""

from __future__ import annotations

from tests.unit.extraction.kit import (
    ENGLISH,
    FRENCH,
    VIETNAMESE,
    page,
    paragraphs,
    story,
)

RELATED = "Lớp học bên suối mở cửa trở lại sau mùa lũ"
TAIL = (
    "Chia sẻ:",
    "Rao vặt",
    "doanh nghiệp - Sản phẩm - Dịch vụ",
    "Thông cáo báo chí",
    "Các đơn vị thông tin của TTXVN",
    "Chú thích ảnh",
    RELATED,
)
CAPTION = "Trẻ em bản Nà Sang chọn sách trên xe. Ảnh: Mạnh Tú/TTXVN"
BYLINE = "Tin, ảnh: Mạnh Tú (TTXVN)"
SEED_BODY = (
    '<figure><img src="/a.jpg" alt="Chú thích ảnh"><p>Chú thích ảnh</p>'
    f"<figcaption>{CAPTION}</figcaption></figure>{paragraphs()}<p>{BYLINE}</p>"
)
SEED_TAIL = (
    f'<div class="box"><p><a href="/1">{RELATED}</a></p><h3>{RELATED}</h3>'
    "<p>Nước rút, bàn ghế đã khô, thầy trò trở lại lớp từ đầu tuần.</p></div>"
    "<div><span>Chia sẻ:</span></div>"
    "<div>doanh nghiệp - Sản phẩm - Dịch vụ <a>Thông cáo báo chí</a> <a>Rao vặt</a></div>"
    "<div><h4>Các đơn vị thông tin của TTXVN</h4><ul><li>Bản tin</li></ul></div>"
    "<footer><p>Giấy phép số 12/GP. Tổng biên tập: Nguyễn Văn Ví Dụ</p></footer>"
)
SEED = story(SEED_BODY, after=SEED_TAIL)
TEASERS = "".join(
    f'<li><a href="/tin-{n}.htm">Một tin khác trong ngày, số {n}, đáng chú ý</a></li>'
    for n in range(40)
)
QUESTIONS = ("Xe sách ra đời thế nào?", "Bao giờ xe trở lại?")


def interview():
    first, second = (f"<p><b>{question}</b></p>" for question in QUESTIONS)
    return story(
        first + paragraphs(VIETNAMESE[:2]) + second + paragraphs(VIETNAMESE[2:])
    )


def table():
    rows = "<tr><th>Huyện</th><th>Số xe</th></tr><tr><td>Mường La</td><td>3</td></tr>"
    return story(
        f"{paragraphs(VIETNAMESE[:2])}<table>{rows}</table>{paragraphs(FRENCH)}"
    )


PAGES = {
    "seed": SEED,
    "interview": interview(),
    "table": table(),
    "english": story(
        paragraphs(ENGLISH * 2), title="A bus full of books", lead="", lang="en"
    ),
    "french": story(paragraphs(FRENCH), title="Un car de livres", lead="", lang="fr"),
    "listing": page(f"<ul>{TEASERS}</ul>", url="https://bao.example/van-hoa.htm"),
    "wall": page("<h1>Vui lòng đăng nhập để tiếp tục</h1>"),
    "empty": page("<p></p>"),
}


def text_of(*parts):
    return "\n\n".join(parts)
