"""The kinds of page that portals print, each written here once."""

from __future__ import annotations

from scraper import extract
from scraper.items import Article, BlockKind, Kind
from tests.unit.extraction.kit import VIETNAMESE

HOST = "https://bao.example"
NUMBER = "20261125080000123.htm"
LEAD = "Ba nghìn héc ta rừng đã đứng chân trước sóng sau năm năm trồng mới."
FIGURE = (
    '<figure><img src="/a{n}.jpg" width="1200" height="800"><figcaption>Ảnh {n}: rừng'
    " non ở cửa sông sau ba năm. Ảnh: Linh Sơn</figcaption></figure>"
)


def read(title: str, body: str, *, path: str = "/tin/", head: str = "") -> Article:
    page = (
        f'<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        '<meta property="article:published_time" content="2026-11-25T08:00:00+07:00">'
        f'{head}</head><body><nav><a href="/">Trang chủ</a></nav><div class="p">'
        f'<h1>{title}</h1><h2 class="sapo">{LEAD}</h2>{body}</div>'
        "<footer><p>Giấy phép số 118/GP. Tổng biên tập: Lại Bá Tường.</p></footer>"
        "</body></html>"
    )
    return extract(page, url=f"{HOST}{path}bai-viet-moi-hom-nay-{NUMBER}")


def kinds(article: Article) -> list[BlockKind]:
    return [block.kind for block in article.blocks]


def test_an_e_magazine_is_an_article_of_text_pictures_and_quotes() -> None:
    rows = "".join(
        f'<section class="row"><div class="e-text"><p>{text}</p></div>'
        f"{FIGURE.format(n=n)}</section>"
        for n, text in enumerate(VIETNAMESE)
    )
    quote = "<blockquote>Còn rừng là còn đê, còn đê là còn làng.</blockquote>"
    signed = '<div class="credits"><p>Bài, ảnh: Linh Sơn</p></div>'
    article = read("Rừng ven đê", rows + quote + signed, path="/long-form/emagazine/")
    told = [BlockKind.PARAGRAPH, BlockKind.CAPTION] * len(VIETNAMESE)
    assert kinds(article) == [*told, BlockKind.QUOTE]
    assert (article.kind, article.lead) == (Kind.ARTICLE, LEAD)
    assert article.authors == ("Linh Sơn",)
    assert len(article.images) == len(VIETNAMESE)


def test_an_infographic_is_a_lead_and_the_picture_that_is_declared() -> None:
    head = '<meta property="og:image" content="/i.png">'
    body = '<div class="body"><img src="/i.png" width="900" height="3000"></div>'
    article = read("Mười điểm mới", body, path="/infographics/", head=head)
    assert (article.kind, article.text) == (Kind.ARTICLE, LEAD)
    assert [image.url for image in article.images] == [f"{HOST}/i.png"]


def test_a_video_page_is_its_description() -> None:
    body = '<div class="player"><video src="/v.mp4"></video></div>'
    article = read("Tàu ra đảo", body, path="/video/")
    assert (article.kind, article.text) == (Kind.VIDEO, LEAD)


def test_a_photo_story_is_its_captions() -> None:
    body = f'<div class="body">{"".join(FIGURE.format(n=n) for n in range(6))}</div>'
    article = read("Chợ nổi", body, path="/anh/")
    assert article.kind is Kind.GALLERY
    assert len(article.captions) == len(article.images) == 6


def test_an_interview_asks_and_answers() -> None:
    told = "".join(
        f"<p><strong>Điểm {n} của luật có gì mới?</strong></p><p>{text}</p>"
        for n, text in enumerate(VIETNAMESE)
    )
    article = read("Luật sư nói về luật", f'<div class="body">{told}</div>')
    assert kinds(article) == [BlockKind.QUESTION, BlockKind.ANSWER] * len(VIETNAMESE)


def test_a_live_page_is_entries_with_their_times() -> None:
    told = "".join(
        f'<div class="e"><span class="time">1{n}:30</span><p>{text}</p></div>'
        for n, text in enumerate(VIETNAMESE)
    )
    head = (
        '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline":'
        ' "Bão vào bờ", "datePublished": "2026-11-25T08:00:00+07:00"}</script>'
    )
    article = read("Bão vào bờ", f'<div class="body">{told}</div>', head=head)
    assert article.kind is Kind.LIVE
    assert kinds(article) == [BlockKind.ENTRY] * len(VIETNAMESE)
    assert [block.time for block in article.blocks] == [
        "10:30",
        "11:30",
        "12:30",
        "13:30",
    ]
