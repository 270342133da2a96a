"""The sites of the park: their make, their addresses and what lists their articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from worlds.park import makes

if TYPE_CHECKING:
    from worlds.park.layouts import Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Address forms hold {section}, {slug}, {number}, {stamp}, {at}, {k} and {page}.

    *feed* and *sitemap* are empty for none; *pages* says whether sections have further
    pages, *archive* whether day archives reach what these do not; *delay* is robots.txt's.
    """

    layout: type[Layout]
    article: str
    section: str = "/{section}/"
    page: str = "/{section}/?p={page}"
    static: str = "/{slug}.html"
    language: str = "vi"
    feed: str = ""
    encoding: Literal["utf-8", "utf-16"] = "utf-8"
    sitemap: Literal["", "index", "plain", "lies"] = ""
    pages: bool = True
    archive: bool = False
    traps: bool = False
    delay: float = 0.0


PLANS = {
    "semantic": Plan(
        layout=makes.Semantic,
        article="/{at:%Y/%m/%d}/{slug}/",
        feed="/feed/",
        sitemap="index",
    ),
    "soup": Plan(layout=makes.Soup, article="/{slug}-{number}.html", sitemap="plain"),
    "tables": Plan(
        layout=makes.Tables,
        article="/tin.asp?id={number}",
        section="/muc.asp?cat={k}",
        page="/muc.asp?cat={k}&trang={page}",
        static="/trang.asp?ten={slug}",
    ),
    "utility": Plan(
        layout=makes.Utility,
        article="/{section}/{slug}",
        section="/{section}",
        static="/about/{slug}",
        feed="/feed.xml",
        pages=False,
        archive=True,
    ),
    "json_ld": Plan(
        layout=makes.JsonLdOnly,
        article="/bai-viet/{number}/{slug}",
        feed="/rss/moi-nhat.rss",
        sitemap="plain",
        delay=0.05,
    ),
    "split": Plan(
        layout=makes.Split, article="/{section}/{slug}-a{number}.html", feed="/rss.xml"
    ),
    "post": Plan(
        layout=makes.Post,
        article="/{slug}-post{number}.vnp",
        page="/{section}/trang{page}.vnp",
        static="/{slug}.vnp",
        feed="/rss/home.rss",
        sitemap="index",
    ),
    "stamp": Plan(
        layout=makes.Stamp,
        article="/{slug}-{stamp}.htm",
        section="/{section}.htm",
        page="/{section}/trang-{page}.htm",
        static="/{slug}.htm",
        feed="/rss/home.rss",
    ),
    "express": Plan(
        layout=makes.Express,
        article="/{slug}-{number}.html",
        section="/{section}",
        page="/{section}-p{page}",
        feed="/rss/tin-moi-nhat.rss",
    ),
    "english": Plan(
        layout=makes.Semantic,
        article="/{section}/{number}/{slug}.html",
        language="en",
        feed="/rss/latest.rss",
    ),
    "french": Plan(
        layout=makes.Split,
        article="/{slug}/{number}.html",
        page="/{section}/page/{page}/",
        language="fr",
        sitemap="plain",
    ),
    "bare": Plan(
        layout=makes.Bare,
        article="/{slug}/{number}.html",
        section="/{section}/{k}/",
        page="/{section}/{k}/trang-{page}.html",
        feed="/rss/tin-moi.rss",
        encoding="utf-16",
    ),
    "unlisted": Plan(layout=makes.Soup, article="/{section}/{slug}.html"),
    "trapped": Plan(layout=makes.Utility, article="/{slug}-{number}.html", traps=True),
    "lying": Plan(
        layout=makes.Semantic,
        article="/{section}/{slug}-{number}.html",
        sitemap="lies",
    ),
}
