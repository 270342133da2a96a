"""An invented site: articles of one template, with chrome that the body holds."""

from __future__ import annotations

from dataclasses import replace
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
    return page_of(number, markup(number, **options))


def page_of(number, markup):
    url = f"https://{SITE}/tin/mot-bai-viet-rat-hay-{10000 + number}.html"
    return Page(url, markup.encode(), "text/html", "utf-8")


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


LEAD = "Nhiều gia đình ở vùng cao đã có một mùa mưa yên ổn hơn nhờ việc thứ {}."


def rich(number, *, body=None, inside=""):
    """Return a page with all that an article may have around its container.

    Its lead and picture stand between headline and container, its credit line after it;
    breadcrumbs, section and tags elsewhere; the headline's classes change by page.
    """
    paragraphs = "".join(f"<p>{text}</p>\n" for text in body or sentences(number))
    place = PLACES.split("|")[number % 8]
    markup = f"""<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><title>{title(number)}</title>
<meta property="og:title" content="{title(number)}">
<meta name="description" content="{LEAD.format(number)}">
<meta property="article:published_time" content="2025-07-1{number % 10}T15:13:00+07:00">
<link rel="stylesheet" href="/a.css"><style>.box > p {{ color: red }}</style></head><body>
<nav class="breadcrumb"><ul><li><a href="/">Trang chủ</a></li>
<li><a href="/xa-hoi">Xã hội</a></li></ul></nav>
<div class="content"><h1 class="title t{number}" data-id="{number}">{title(number)}</h1>
<div class="date">1{number % 10}/07/2025 15:13</div>
<h2 class="sapo">{LEAD.format(number)}</h2>
<div class="detail"><div class="box" data-id="{number}">{paragraphs}
<figure><img src="/{number}.jpg"><figcaption>Đường về {place} sau cơn mưa số {number}.</figcaption></figure>
{inside}</div><div class="author">Linh Sơn (TTXVN)</div></div>
<div class="tags"><a href="/t/1">mùa mưa</a><a href="/t/2">{place}</a></div></div>
<div class="river">{"".join(teaser(number, n) for n in range(4))}</div>
<div class="foot"><p>Cơ quan chủ quản của tờ báo này</p></div></body></html>"""
    return page_of(number, markup)


def teaser(number, at):
    return (
        f"<div class='item'><a href='/x{at}.html'>{title(number + at + 40)}</a></div>"
    )


def changed(page, *pairs, **fields):
    """Return *page* with each old text of *pairs*, which it has, replaced by the new."""
    body = page.body
    for old, new in pairs:
        assert old.encode() in body, old
        body = body.replace(old.encode(), new.encode())
    return replace(page, body=body, **fields)


def rich_pages(count):
    return [rich(number) for number in range(1, count + 1)]


def listing(number):
    """Return a section page: a heading, teasers with a line each."""
    items = "".join(
        f"<div class='teaser'><a href='/tin/x-{n}.html'>{title(number * 50 + n)}: "
        f"{sentences(number * 50 + n, 1)[0]}</a></div>"
        for n in range(20)
    )
    markup = (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Chuyên mục {number}</title>'
        f"</head><body><h1>Chuyên mục {number}</h1><div class='list'>{items}</div></body></html>"
    )
    return Page(f"https://{SITE}/muc/{number}/", markup.encode(), "text/html", "utf-8")
