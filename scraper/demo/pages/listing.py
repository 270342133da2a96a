"""Pages that list articles: sections, days, topics, tags, the home page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper.demo.markup import Chrome, Part, attribute, escape, quoted
from scraper.demo.pages import furniture as part
from scraper.demo.pages import icons
from scraper.demo.pages.body import bottom, footer
from scraper.demo.pages.head import ADS, assets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.demo.pages.furniture import Extra
    from scraper.demo.sections import Section
    from scraper.demo.story import Headline

PER_PAGE = 20


@dataclass(frozen=True)
class Leaf:
    """One page of a list: *page* of *pages*, ``{stem}/trang-<n>.htm`` the others."""

    title: str
    stem: str
    items: Sequence[Headline | Extra]
    focus: Sequence[Headline] = ()
    top: Section | None = None
    page: int = 1
    pages: int = 1


class Listing:
    """The template with the chrome of *stock*, prepared once."""

    def __init__(self, stock: part.Stock) -> None:
        self.base = stock.base
        self._head = Chrome(f'{assets()}\n</head>\n<body>\n<form id="form1">\n')
        self._top = Chrome(
            part.toolbar() + part.navigation(stock.tops) + part.topic_bar(stock.topics)
        )
        self._end = Chrome(
            '\n<div class="right-bar">'
            + _focus_box(stock.latest[:5])
            + part.news_box("tin đọc nhiều nhất", stock.latest[5:10])
            + part.media_boxes(stock.films, stock.photos)
            + "</div>\n</div>"
            + icons.picture(35_000)
            + bottom(stock.adverts)
            + "\n</div>"
            + footer(stock.tops)
            + ADS
        )

    def render(self, leaf: Leaf) -> list[Part]:
        return [
            self._metas(leaf).encode(),
            self._head,
            self._top,
            _content(leaf).encode(),
            self._end,
        ]

    def _metas(self, leaf: Leaf) -> str:
        title = quoted(leaf.title)
        return f"""<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml">
<head id="Head1"><meta http-equiv="Content-Type" content="text/html; charset=utf-8" /><title>{escape(leaf.title)} | baotintuc.vn</title>
<meta name="description" content="Tin tức mới nhất: {title}" /><meta name="robots" content="index, follow" />
<meta property="og:type" content="website" /><meta property="og:url" content="{self.base}" /><meta property="og:title" content="{title}" />
<meta property="article:section" content="{title}" />"""


def _content(leaf: Leaf) -> str:
    bar = part.sub_bar(leaf.top) if leaf.top else ""
    rows = "".join(map(_item, leaf.items))
    return f"""
<div class="list-content w1040">
{bar}<div class="lc-top">
<div class="lct-left">
{_focus(leaf.focus)}</div>
</div>
<div class="lc-bottom">
<div class="lcb-left">
    <h2><span class="txt">tin mới</span></h2>
    <ul class="list-newsest">{rows}
    </ul>
    <div class="pagination">
        <div class="boxbydate">
            Xem theo ngày:
            <select id="ddNgay"><option value="0">[Ngày]</option></select><select id="ddThang"><option value="0">[Tháng]</option></select><select id="ddNam"><option value="0">[Năm]</option></select><input id="btnViewByDate" value="xem" type="button" />
        </div>
        <ul class="list-pagination">{_pagination(leaf)}
        </ul>
    </div>
</div>"""


def _item(item: Headline | Extra) -> str:
    lead = escape(getattr(item, "lead", ""))
    return f"""
        <li class="item">
            <a href="{item.path}" title="{quoted(item.title)}" class="thumb">
                <img src="{part.image_of(item, 260)}" alt="{attribute(item.title)}" />
            </a>
            <div class="item-info">
                <a href="{item.path}" title="{quoted(item.title)}" class="title"><h3>{escape(item.title)} </h3></a>
                <p class="des">
                    {lead}
                </p>
            </div>
            <ul class="ul-relation"></ul>
        </li>"""


def _focus(items: Sequence[Headline]) -> str:
    if not items:
        return ""
    first, *others = items
    rest = "".join(
        f"""
    <li class="item"><a href="{item.path}" title="{quoted(item.title)}" class="thumb"><img src="{part.image_of(item, 260)}" alt="{attribute(item.title)}" /></a><a href="{item.path}" title="{quoted(item.title)}" class="title"><h3>{escape(item.title)}</h3></a></li>"""
        for item in others
    )
    return f"""<div id="plhMain_ctl00_divFocus" class="newsest"><a href="{first.path}" title="{quoted(first.title)}" class="thumb"><img src="{part.image_of(first, 600)}" alt="{attribute(first.title)}" /></a><div class="item-info"><a href="{first.path}" title="{quoted(first.title)}" class="title"><h2>{escape(first.title)}</h2></a><p class="des">
        {escape(first.lead)}
    </p></div></div>
<ul class="list-ul">{rest}
</ul>
"""


def _focus_box(items: Sequence[Headline]) -> str:
    rows = "".join(
        f"""
        <li class="boxnews-item"><span class="number">
            {k}
        </span><a href="{item.path}" title="{quoted(item.title)}" class="item_title_focus"><h4>{escape(item.title)}</h4></a></li>"""
        for k, item in enumerate(items, 1)
    )
    return f"""
<div class="boxnews"><h2>Tin tiêu điểm</h2>
    <ul class="list-boxnews">{rows}
    </ul>
</div>"""


def _pagination(leaf: Leaf) -> str:
    first = max(1, leaf.page - 2)
    rows = [_page_item(leaf, n) for n in range(first, min(first + 6, leaf.pages + 1))]
    if leaf.page < leaf.pages:
        rows.append(_page_link(leaf, leaf.page + 1, "Tiếp"))
    return "".join(rows)


def _page_item(leaf: Leaf, n: int) -> str:
    if n == leaf.page:
        return f"""
            <li class="pagination-item"><a class="active" href="javascript:void(0)">{n}</a></li>"""
    return _page_link(leaf, n, str(n))


def _page_link(leaf: Leaf, n: int, label: str) -> str:
    address = f"{leaf.stem}/trang-{n}.htm" if n > 1 else f"{leaf.stem}.htm"
    return f"""
            <li class="pagination-item"><a href="{address}">{label}</a></li>"""
