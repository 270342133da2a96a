"""The chrome that all pages of a portal share, written as the portal writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from scraper.demo.markup import attribute, escape, quoted
from scraper.demo.pages import icons
from scraper.demo.sections import ADVERTORIALS, SECTIONS, Section, children
from scraper.demo.story import slug_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.demo.look import Shown
    from scraper.demo.story import Headline


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_BRANDS = _listed(
    "Ngân hàng Sông Lam|Sữa Thảo Mộc Xanh|Hàng không Cánh Én|Điện máy Hoàng Gia Phát|"
    "Chung cư Bến Trăng|Xe điện Tia Chớp|Bảo hiểm An Tâm Việt|Viễn thông Sóng Mới|"
    "Dược phẩm Lá Ngải|Siêu thị Chợ Nhà"
)
_OFFERS = (
    "{brand} ưu đãi đến {percent}% cho khách hàng mới",
    "{brand} khai trương điểm giao dịch thứ {percent}",
)
_TOPICS = _listed(
    "Tinh gọn bộ máy|Xóa nhà tạm, nhà dột nát|Ứng phó thiên tai|Chuyển đổi số quốc gia|"
    "Đàm phán thuế quan|Mùa thi và tuyển sinh|Bảo vệ chủ quyền biển đảo|Chống hàng giả"
)
_FILMS = (
    "Bản tin sáng: {percent} tin đáng chú ý",
    "Toàn cảnh {percent} giờ qua bằng hình",
    "Thời tiết tuần tới: {percent} tỉnh có mưa",
)
ADVERT_COUNT = 20
VIDEO_COUNT = 12


@dataclass(frozen=True, slots=True)
class Extra:
    title: str
    path: str
    published: datetime


def advertorials(now: datetime) -> list[Extra]:
    """Return the advertorials that every page links, newest first."""
    extras = []
    for k in range(ADVERT_COUNT):
        title = _OFFERS[k // 10].format(brand=_BRANDS[k % 10], percent=11 + k * 3)
        moment = now - timedelta(minutes=97 * k + 31)
        path = f"/{ADVERTORIALS.slug}/{slug_of(title)}-{_stamp(moment, k)}.htm"
        extras.append(Extra(title, path, moment))
    return extras


def videos(now: datetime) -> list[Extra]:
    extras = []
    for k in range(VIDEO_COUNT):
        title = _FILMS[k % 3].format(percent=12 + k)
        moment = now - timedelta(minutes=211 * k + 47)
        path = f"/video/{slug_of(title)}-v{_stamp(moment, k)}.htm"
        extras.append(Extra(title, path, moment))
    return extras


def topics(now: datetime) -> list[Extra]:
    return [
        Extra(name, f"/dong-su-kien/{slug_of(name)}-e{630 - k}.htm", now)
        for k, name in enumerate(_TOPICS)
    ]


def _stamp(moment: datetime, k: int) -> str:
    return f"{moment:%Y%m%d%H%M%S}{k * 37 % 1000:03}"


@dataclass(frozen=True)
class Churn:
    """A counter and two lists as they stand at one moment; the default shows none."""

    views: int = 0
    read: Sequence[Headline] = ()
    latest: Sequence[Headline] = ()

    @property
    def counter(self) -> str:
        if not self.views:
            return ""
        return f'<span class="views">{self.views:,} lượt xem</span>'.replace(",", ".")

    @property
    def boxes(self) -> str:
        if not self.views:
            return ""
        read = news_box("đọc nhiều trong giờ", self.read)
        return read + news_box("vừa đăng", self.latest)


STILL = Churn()


CDN = "https://cdnthumb.example"


def image_of(item: Headline | Extra, width: int, k: int = 0) -> str:
    name = item.path.rpartition("/")[2].partition(".")[0]
    month = f"{item.published.year}/{item.published.month:02}"
    return f"{CDN}/ha_w/{width}/Upload/{month}/{name[-24:]}-{k}.jpg"


def toolbar() -> str:
    contacts = (
        "0900.000.000",
        "Email: toasoan@portal.example",
        "Rss",
        "Fanpage",
        "Bản mobile",
    )
    links = ("", "", "/rss.htm", "", "/?removecookie=true")
    items = []
    for k, (label, link) in enumerate(zip(contacts, links, strict=True)):
        inner = f"""
                            <span class="icon">
                                {icons.line(600 + k)}
                            </span>
                            <span class="txt">{label}</span>"""
        if link:
            inner = f'<a href="{link}" class="actionlink" rel="nofollow">{inner}</a>'
        items.append(
            f"                        <li>{inner}\n                        </li>"
        )
    return f"""<div class="header">
    <div class="header_wrapper">
        <div class="toolbar">
            <div class="toolbar_wrapper w1040">
                <ul>
{chr(10).join(items)}
                </ul>
                <div class="input-search">
                    <input type="text" class="input-info" placeholder="Từ khóa tìm kiếm" id="searchkey">
                    <a href="javascript:void(0);" class="icon-search">{icons.line(539)}</a>
                </div>
            </div>
        </div>
        <div class="headerlogo">
            <div class="headerlogo_wrapper w1040">
                <a href="/" class="logo"></a>
                <div class="bannertop">
{advert("Web-Top-01", "banner-dau-trang")}
                </div>
            </div>
        </div>"""


def advert(position: str, name: str) -> str:
    categories = ",".join(str(number) for number in SECTIONS)
    return (
        f"<!--{name}: AllowCatAds: -1,{categories}: AdsPosition: {position}-->"
        f'<zone id="{name}"></zone>\n<script>\narfAsync.push("{name}");\n</script>\n'
        f'<div id="admzone-{name}"></div>'
    )


def navigation(tops: Iterable[Section]) -> str:
    """Return the menu: every section and its children."""
    return f"""
        <div class="navbar" id="menu">
            <div class="navbar_wrapper w1040">
                <a href="/" class="iconhome">
                    <img src="/web_images/home.svg" alt="Báo tin tức" />
                </a>
                <ul class="list-navbar">
{chr(10).join(map(_menu, tops))}
                    <li class="nav-item"><a href="/video.htm" title="VIDEO" id="menu_482">VIDEO</a></li>
                    <li class="nav-item"><a href="/anh.htm" title="ẢNH" id="menu_485">ẢNH</a></li>
                </ul>
            </div>
        </div>"""


def _menu(top: Section) -> str:
    drops = "".join(
        f"""
                            <li>
                                <a title="{child.name}" href="{child.path}">
                                    <span class="txt">{child.name}
                                    </span>
                                </a>
                            </li>"""
        for child in children(top)
    )
    label = top.name.upper()
    return f"""                    <li class="nav-item">
                        <a href="{top.path}" title="{label}" id="menu_{top.id}">{label}</a>
                        <ul class="droplist-info">{drops}
                        </ul>
                    </li>"""


def topic_bar(items: Iterable[Extra]) -> str:
    slides = "".join(
        f"""
                        <div class="swiper-slide"><a href="{item.path}" title="{item.title}">{item.title}</a></div>"""
        for item in items
    )
    return f"""
        <div class="threadbar">
            <div class="threadbar_wrapper w1040">
                <div class="list-threadbar"><div class="swiper-container toppic-dsk-sw">
                    <div class="swiper-wrapper">{slides}
                    </div></div>
                </div>
                <div class="time-header"><span id="miniclock"><span class="date"></span><span class="time"></span></span></div>
            </div>
        </div>
    </div>
</div>
{advert("Web-Masthread", "dau-trang-lon")}"""


def sub_bar(top: Section) -> str:
    """Return the bar of *top*'s children that stands above its pages."""
    items = "".join(
        f"""
            <li>
                <a href="{child.path}" id="sub_{child.id}">{child.name}</a>
            </li>"""
        for child in children(top)
    )
    return f"""<div class="lc-bar">
    <div class="ccr_threadbar">
        <a href="{top.path}" class="threadbar_topic" title="{top.name}">{top.name}</a>
        <ul class="threadbar_list">{items}
        </ul>
    </div>
</div>
"""


def picture_item(item: Headline | Extra, kind: str, width: int) -> str:
    """Return a list item of a picture and a title, *kind* its class."""
    return f"""
                <li class="{kind}">
                    <a href="{item.path}" class="item_thumb">
                        <img src="{image_of(item, width)}" alt="{attribute(item.title)}" />
                    </a>
                    <a href="{item.path}" title="{quoted(item.title)}" class="item_title">
                        {escape(item.title)}
                    </a>
                </li>"""


def news_box(label: str, items: Iterable[Headline]) -> str:
    """Return a box of the right bar."""
    rows = "".join(
        f"""
        <li class="boxnews-item">
            <a href="{item.path}" class="item_thumb">
                <img src="{image_of(item, 150)}" alt="{attribute(item.title)}" />
            </a>
            <a href="{item.path}" title="{quoted(item.title)}" class="item_title">
                <h4>{escape(item.title)}</h4>
            </a>
        </li>"""
        for item in items
    )
    return f"""
<div class="boxnews">
    <h2>{label}</h2>
    <ul class="list-boxnews">{rows}
    </ul>
</div>"""


def media_boxes(films: list[Extra], photos: list[Headline]) -> str:
    """Return ``.boxdata``: videos, then photo stories."""
    first, *others = films
    clips = "".join(picture_item(film, "item-cb", 260) for film in others[:2])
    shots = "".join(picture_item(s, "item-cb swiper-slide", 260) for s in photos)
    return f"""
        <div class="boxdata">
            <div class="cb-container">
                <h2><a href="/video.htm" class="topic-link"><span class="topic-icn">{icons.line(547)}</span><span class="link-txt">Video</span></a></h2>
                <div class="media-top">
                    <a href="{first.path}" title="{first.title}" class="first-topic">
                        <img src="{image_of(first, 320)}" alt="{attribute(first.title)}" />
                        <div class="iconvideo"><img src="/web_images/video-play-3-128.png" /></div>
                        <span class="first-topic-txt">{first.title}</span>
                    </a>
                </div>
                <div class="media-bot"><ul class="list-cb">{clips}
                </ul></div>
            </div>
            <div class="cb-container fw">
                <h2><a href="/anh.htm" class="topic-link"><span class="topic-icn">{icons.line(856)}</span><span class="link-txt">Ảnh</span></a></h2>
                <ul class="list-photo swiper-wrapper">{shots}
                </ul>
            </div>
        </div>"""


@dataclass(frozen=True)
class Stock:
    """What the chrome of one portal links: the same on every page."""

    base: str
    tops: Sequence[Section]
    latest: list[Headline]
    photos: list[Headline]
    adverts: list[Extra]
    films: list[Extra]
    topics: list[Extra]
    same: dict[int, list[Headline]]


def stock_of(portal: Shown, *, news: bool = True) -> Stock:
    """Return the stock of *portal*, without *news* what does not change with them."""
    now, tops = portal.now, portal.sections.top
    latest = [portal.headline(n) for n in islice(portal.newest(), 40 if news else 0)]
    return Stock(
        base=portal.base,
        tops=tops,
        latest=latest,
        photos=[item for item in latest if item.shape == "gallery"],
        adverts=advertorials(now),
        films=videos(now),
        topics=topics(now),
        same={top.id: portal.listed(top, 0, 5 if news else 0) for top in tops},
    )
