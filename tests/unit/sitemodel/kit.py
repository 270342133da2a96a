"""An invented site: articles of one template, with chrome that the body holds."""

from __future__ import annotations

from itertools import cycle, islice

from scraper.items import Page
from scraper.reading import read, study
from scraper.sitemodel import learn

SITE = "bao.example"
NAMES = "Lan|Hùng|Mai|Tuấn|Hoa|Bình|Thảo|Dũng|Yến|Khôi|Trang|Phúc"
PLACES = "Sa Pa|Đà Lạt|Hội An|Cần Thơ|Vinh|Huế|Pleiku|Hà Giang|Mỹ Tho|Phú Yên"
THINGS = "cây cầu|ngôi chợ|thư viện|lễ hội|con đường|trường học|bệnh viện|dòng sông"
PROMOTION = (
    "Nhấn nút theo dõi để không bỏ lỡ câu chuyện nào của chúng tôi trong tuần này."
)


def sentences(number, count=6):
    """Return *count* paragraphs that no other *number* has."""
    names, places, things = (
        list(islice(cycle(listed.split("|")), number + at, number + at + count))
        for at, listed in enumerate((NAMES, PLACES, THINGS))
    )
    return [
        f"Sáng ngày thứ {number * 31 + at}, bà {names[at]} ở {places[at]} kể rằng {things[at]} "
        f"số {number * 17 + at} đã giúp {number * 7 + at * 3} gia đình vượt qua mùa mưa lũ."
        for at in range(count)
    ]


def title(number):
    name, place, thing = (
        listed.split("|")[number % (listed.count("|") + 1)]
        for listed in (NAMES, PLACES, THINGS)
    )
    return f"{name} và {thing} thứ {number} ở {place}"


def markup(
    number, *, body=None, after="", inside="", headline=None, tag="div class='story'"
):
    paragraphs = "".join(f"<p>{text}</p>" for text in body or sentences(number))
    name = tag.split()[0]
    headline = headline or title(number)
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{headline}</title>'
        f'<meta property="og:title" content="{headline}"></head><body>'
        "<ul class='menu'><li><a href='/a'>Trang chủ</a></li></ul>"
        f"<main><h1>{headline}</h1><{tag}>{paragraphs}{inside}</{name}>{after}</main>"
        "<div class='foot'><p>Cơ quan chủ quản của tờ báo này</p></div></body></html>"
    )


def page(number, **options):
    url = f"https://{SITE}/tin/mot-bai-viet-rat-hay-{10000 + number}.html"
    return Page(url, markup(number, **options).encode(), "text/html", "utf-8")


def pages(count, **options):
    return [page(number, **options) for number in range(1, count + 1)]


def digests(pages):
    return [study(each).digest for each in pages]


def model_of(pages):
    model = learn(SITE, digests(pages))
    assert model is not None
    return model


def rules(article):
    """Return the rule, its evidence, and whether it kept, by text."""
    return {e.text: (e.rule, e.evidence, e.kept) for e in article.ledger}


def read_with(model, page):
    return read(page, model)
