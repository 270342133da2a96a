"""An older template: its chrome is what a careless extraction left of a page of 2020.

The related headline stands twice after the body, then its lead; then "Chia sẻ:", the
bar of classified ads and the sister papers. Captions follow a line "Chú thích ảnh",
and the byline is the last line of the body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.demo.markup import Chrome, Part, attribute, entities, escape, quoted
from scraper.demo.pages import body, icons
from scraper.demo.pages import furniture as part
from scraper.demo.pages.body import bottom, footer
from scraper.demo.pages.current import print_path, printed_time, section_path
from scraper.demo.pages.furniture import STILL, Churn
from scraper.demo.pages.head import ADS, assets

if TYPE_CHECKING:
    from scraper.demo.story import Headline, Story

_CLASSIFIED = (
    ("/san-pham-dich-vu-545ct0.htm", "doanh nghiệp - Sản phẩm - Dịch vụ"),
    ("/rss.htm", "Thông cáo báo chí"),
    ("/rss.htm", "Rao vặt"),
)


class Older:
    """The template with the chrome of *stock*, prepared once."""

    def __init__(self, stock: part.Stock) -> None:
        self.base = stock.base
        self._head = Chrome(f'{assets()}\n</head>\n<body>\n<form id="form1">\n')
        self._top = Chrome(
            part.toolbar() + part.navigation(stock.tops) + part.topic_bar(stock.topics)
        )
        self._after = Chrome(_share() + _classified() + _boxes(stock))
        self._end = Chrome(bottom(stock.adverts) + footer(stock.tops) + ADS)

    def render(
        self, story: Story, related: list[Headline], churn: Churn = STILL
    ) -> list[Part]:
        """Return the page of *story*; the first of *related* is its stray tail."""
        return [
            self._metas(story).encode(),
            self._head,
            self._top,
            _article(story, related).encode(),
            self._after,
            churn.counter.encode(),
            self._end,
        ]

    def _metas(self, story: Story) -> str:
        head, changed = story.headline, story.modified.isoformat()
        url, time = self.base + head.path, head.published.isoformat()
        tags = "".join(
            f'<meta property="article:tag" content="{t}"/>' for t in head.tags
        )
        return f"""<!DOCTYPE html>
<html lang="vi">
<head><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />
<title>{escape(head.title)} | baotintuc.vn</title>
<meta name="keywords" content="{", ".join(head.tags)}" />
<meta name="description" content="{quoted(head.lead)}" />
<meta property="og:type" content="article" />
<meta property="og:url" content="{url}" />
<meta property="og:title" content="{quoted(head.title)}" />
<meta property="og:description" content="{escape(head.lead)}" />
<meta property="og:image" content="{part.image_of(head, 460)}" />
<meta property="article:published_time" content="{time}" />
<meta property="article:modified_time" content="{changed}" />
<meta property="article:section" content="{head.page_section.name}" />{tags}
<link rel="canonical" href="{url}" />"""


def _article(story: Story, related: list[Headline]) -> str:
    head, section = story.headline, story.headline.page_section
    return f"""
<div class="detail-content w1040">
<div class="detail-left">
    <div class="cate"><a href="{section_path(section)}" title="{section.name}">{section.name}</a></div>
    <h1 class="title">{escape(head.title)}</h1>
    <div class="date"><span class="txt">{printed_time(head)}</span> <a href="{print_path(head)}" rel="nofollow">{icons.PRINT}</a></div>
    <h2 id="plhMain_NewsDetail1_divSapoLive" class="sapo">{escape(head.lead)}</h2>
    <div id="plhMain_NewsDetail1_divContentLive" class="content-live">
{_body(story)}
<p style="text-align:right"><strong>{entities(story.byline.printed)}</strong></p>
    </div>
{"".join(map(_stray, related[:1]))}"""


def _body(story: Story) -> str:
    head = story.headline

    def picture(text: str, k: int) -> str:
        return _figure(head, text, k)

    if head.shape == "split":
        runs = body.split(story.blocks, encode=entities, picture=picture)
    else:
        runs = body.render(
            story.blocks,
            encode=entities,
            heading="<p><strong>{}</strong></p>",
            picture=picture,
        )
    return "\n".join(runs)


def _figure(head: Headline, text: str, k: int) -> str:
    return (
        f'<figure class="image"><img alt="{body.ALT}" src="{body.photo(head, k)}" />\n'
        f"<p>{body.ALT}</p>\n<figcaption>{entities(text)}</figcaption>\n</figure>"
    )


def _stray(item: Headline) -> str:
    return f"""    <div class="box-related">
        <a href="{item.path}" title="{quoted(item.title)}"><img src="{part.image_of(item, 150)}" alt="{attribute(item.title)}" /><span>{escape(item.title)}</span></a>
        <a href="{item.path}"><h4>{escape(item.title)}</h4></a>
        <p>{escape(item.lead)}</p>
    </div>
"""


def _share() -> str:
    links = "".join(
        f'<a href="javascript:void(0)" rel="nofollow">{icon}</a>'
        for icon in (icons.FACEBOOK, icons.ZALO, icons.TWITTER, icons.MAIL)
    )
    return f"""    <div class="likeshare">
        Chia sẻ:
    </div>
    <div class="share">{links}{links}</div>
"""


def _classified() -> str:
    links = " ".join(f'<a href="{link}">{name}</a>' for link, name in _CLASSIFIED)
    return f'    <div class="classified-bar">{links}</div>\n</div>\n'


def _boxes(stock: part.Stock) -> str:
    return (
        '<div class="right-bar">'
        + part.news_box("tin đọc nhiều nhất", stock.latest[5:10])
        + part.news_box("tin mới nhất", stock.latest[:5])
        + part.media_boxes(stock.films, stock.photos)
        + "</div>\n</div>\n"
    )
